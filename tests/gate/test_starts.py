"""A device that was started anew, and two devices with one key."""

from __future__ import annotations

from gate.app.starts import REMEMBERED, Starts


def test_a_start_that_comes_back_is_a_twin_and_a_new_one_is_not() -> None:
    starts, camera = Starts(), ("lane-1", "cam-front")
    said = [starts.returned(camera, boot) for boot in ("a", "a", "b", "b", "a", "b", "c", "a")]
    assert said == [False, False, False, False, True, True, False, True]
    assert not starts.returned(("lane-1", "cam-rear"), "a")
    for n in range(REMEMBERED):
        starts.returned(camera, f"new {n}")
    assert not starts.returned(camera, "b")
