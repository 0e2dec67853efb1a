"""The two policies that ship: the default and that of the demonstration."""

from __future__ import annotations

from dataclasses import fields, replace

from config.policy_file import DEMO, load_policy
from schemas.policy import Policy


def test_the_shipped_default_is_the_default_of_every_rule() -> None:
    shipped = load_policy()

    assert replace(shipped, version=1) == Policy()
    assert shipped.same_plate_once
    assert shipped.require == ()


def test_the_demonstrations_policy_differs_where_its_lanes_do() -> None:
    shipped, demo = load_policy(), load_policy(DEMO)
    differing = {
        f.name for f in fields(Policy) if getattr(shipped, f.name) != getattr(demo, f.name)
    }

    assert differing == {"name", "version", "same_plate_once", "require"}
    assert not demo.same_plate_once
    assert demo.require == ("weight", "seal")
