"""Trucks that the lane must not take for new ones, and clocks that are put back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from gate.core.lane import events as ev
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Phase
from schemas.transit import Outcome, TransitEnd
from tests.core.builders import NOW
from tests.core.walk import POLICY, Walk

SENT_AWAY = [OfficerAction.REFER, OfficerAction.TURN_BACK]


def tick(walk: Walk, ms: int) -> Phase:
    walk.do(lambda at: ev.Tick(at=at), ms)
    return walk.lane.phase


def sent_away(action: OfficerAction) -> Walk:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    walk.act(action)
    assert walk.lane.phase is Phase.CLEARING
    return walk


@pytest.mark.parametrize("action", SENT_AWAY)
def test_a_truck_that_was_sent_away_and_stays_is_not_decided_on_anew(action: OfficerAction) -> None:
    """Its next picture would begin a transit, and the machine might open after all."""
    walk = sent_away(action)
    assert tick(walk, POLICY.deadlines.clearing_ms) is Phase.CLEARING
    assert tick(walk, 1) is Phase.IDLE

    walk.picture("front")
    walk.picture("rear", "14R01234")

    assert walk.lane.phase is Phase.WITH_OFFICER
    assert walk.lane.held_by == "the lane"
    assert not walk.opens()


@pytest.mark.parametrize("action", SENT_AWAY)
def test_a_gap_between_axles_does_not_make_a_new_truck_of_one_sent_away(
    action: OfficerAction,
) -> None:
    walk = sent_away(action)
    for _ in range(20):
        walk.loop(False)
        walk.loop(True)
        walk.picture("front")
        assert tick(walk, 50) is Phase.CLEARING
    walk.loop(False)
    assert tick(walk, 3_000) is Phase.CLEARING
    assert tick(walk, 1) is Phase.IDLE
    assert walk.lane.doubt == ""
    assert walk.lane.left_at is None


def test_a_loop_that_is_free_for_a_moment_does_not_hide_the_truck_sent_away() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    walk.loop(False)
    walk.act(OfficerAction.REFER)

    assert walk.lane.phase is Phase.CLEARING
    walk.loop(True)
    assert walk.lane.transit is None


def test_without_an_entry_loop_the_next_truck_may_be_the_one_sent_away() -> None:
    walk = Walk().online()
    walk.picture("front")
    walk.do(lambda at: ev.Tick(at=at), 9_000)
    walk.decided(Outcome.HOLD)
    walk.act(OfficerAction.REFER)
    assert walk.lane.phase is Phase.IDLE

    walk.picture("front")

    assert walk.lane.phase is Phase.WITH_OFFICER


def test_after_a_restart_late_evidence_does_not_open_without_the_officers_look() -> None:
    """I19, for as long as the truck stands there."""
    walk = Walk().online()
    walk.loop(True)
    captures = [walk.fresh() for _ in range(2)]
    for capture, role in zip(captures, ("front", "rear"), strict=True):
        walk.do(lambda at, c=capture, r=role: ev.CaptureStored(at=at, capture=c, role=r))
    walk.do(lambda at: ev.Restarted(at=at))
    walk.online()
    for capture in captures:
        walk.do(lambda at, c=capture: ev.CaptureRead(at=at, capture=c, text="14C12345"))
    walk.do(lambda at: ev.Weighed(at=at, device="scale", gross_kg=30_000, stable=True))
    walk.do(lambda at: ev.SealsRead(at=at, device="seals", seals=("VN1",)))

    assert walk.lane.phase is Phase.WITH_OFFICER
    walk.act(OfficerAction.RELEASE, decision=UUID(int=999))
    assert walk.lane.phase is Phase.RELEASING


@pytest.mark.parametrize(
    ("end", "passes"), [(TransitEnd.TURNED_BACK, False), (TransitEnd.DEPARTED, True)]
)
def test_the_lane_knows_when_a_truck_left_without_passing(end: TransitEnd, passes: bool) -> None:
    from gate.core.lane.moves import end as finish

    walk = Walk().arrived()
    lane, _ = finish(walk.lane, end, walk.now, walk.fresh())

    assert lane.freed_at == (None if passes else walk.now)
    after, _ = finish(
        Walk().arrived().lane, TransitEnd.DEPARTED, walk.now + timedelta(hours=1), walk.fresh()
    )
    assert after.freed_at is None


@pytest.mark.parametrize(
    ("made", "ms", "goes"),
    [
        (lambda: sent_away(OfficerAction.REFER), POLICY.deadlines.clearing_ms, Phase.IDLE),
        (lambda: Walk().arrived(), POLICY.deadlines.deciding_ms, Phase.WITH_OFFICER),
    ],
)
def test_a_clock_that_is_put_back_delays_no_deadline_by_the_hour(
    made: object, ms: int, goes: Phase
) -> None:
    walk = made()  # type: ignore[operator]
    phase = walk.lane.phase
    walk.now -= timedelta(hours=1)
    assert tick(walk, 0) is phase
    assert walk.lane.since == walk.now
    assert tick(walk, ms) is phase
    assert tick(walk, 1) is goes


def test_a_clock_that_is_put_back_forgets_neither_loop() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    walk.loop(False)
    walk.now = NOW - timedelta(hours=1)
    tick(walk, 0)
    assert walk.lane.left_at == walk.now
    tick(walk, 3_001)
    assert walk.ends() == [TransitEnd.TURNED_BACK]
