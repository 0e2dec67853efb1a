"""Scale and seal reader at a lane: which truck a measure is of, and what waits for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gate.core.lane import effects as fx
from gate.core.lane import events as ev
from gate.core.lane.events import OfficerAction
from gate.core.lane.measures import APART_KG, EMPTY_KG
from gate.core.lane.state import Arm, Phase
from schemas.policy import Policy
from schemas.transit import Outcome, SeenWeight
from tests.core.walk import Walk, passing

MEASURED = Policy(require=("weight", "seal"))


def weigh(walk: Walk, kg: int, stable: bool = True) -> tuple[fx.Effect, ...]:
    return walk.do(lambda at: ev.Weighed(at=at, device="scale", gross_kg=kg, stable=stable))


def seals(walk: Walk, *found: str) -> tuple[fx.Effect, ...]:
    return walk.do(lambda at: ev.SealsRead(at=at, device="seals", seals=found))


def arriving(policy: Policy = MEASURED) -> Walk:
    walk = Walk(policy).online()
    walk.loop(True)
    return walk


def test_a_decision_waits_for_the_measures_that_the_policy_requires() -> None:
    walk = arriving()
    walk.picture("front")
    walk.picture("rear", "14R01234")
    assert walk.lane.phase is Phase.READING
    assert weigh(walk, 30_000) == ()
    assert walk.lane.phase is Phase.READING
    (asked,) = seals(walk, "VN1234567")
    assert isinstance(asked, fx.Decide)
    assert walk.lane.phase is Phase.DECIDING
    assert walk.lane.weight == SeenWeight(gross_kg=30_000, stable=True)
    assert walk.lane.seals == ("VN1234567",)


def test_settled_pictures_do_not_end_the_wait_but_the_deadline_does() -> None:
    walk = arriving()
    walk.picture("front")
    walk.do(lambda at: ev.Tick(at=at), 3_000)
    assert walk.lane.phase is Phase.READING
    walk.do(lambda at: ev.Tick(at=at), 6_000)
    assert walk.lane.phase is Phase.DECIDING


def test_without_such_a_rule_only_a_restless_scale_is_waited_for() -> None:
    walk = arriving(Policy())
    weigh(walk, 25_000, stable=False)
    walk.picture("front")
    walk.picture("rear", "14R01234")
    assert walk.lane.phase is Phase.READING
    weigh(walk, 30_000)
    assert walk.lane.phase is Phase.DECIDING


def test_an_empty_scale_and_a_repeat_change_nothing() -> None:
    walk = arriving()
    weigh(walk, EMPTY_KG - 1)
    assert walk.lane.weight is None
    weigh(walk, EMPTY_KG)
    assert walk.lane.weight == SeenWeight(gross_kg=EMPTY_KG)
    weigh(walk, 30_000)
    before = walk.lane
    assert weigh(walk, 30_000 + APART_KG - 1) == ()
    assert walk.lane == before
    weigh(walk, 30_000 + APART_KG)
    assert walk.lane.weight == SeenWeight(gross_kg=30_000 + APART_KG)
    weigh(walk, 31_000, stable=False)
    before = walk.lane
    weigh(walk, 35_000, stable=False)
    assert walk.lane == before


def test_a_measure_that_comes_while_deciding_is_decided_on_with_the_old_deadline() -> None:
    walk = Walk().arrived()
    since, serial = walk.lane.since, walk.lane.serial
    (asked,) = seals(walk, "VN1234567")
    assert isinstance(asked, fx.Decide)
    assert (asked.serial, walk.lane.since) == (serial + 1, since)
    assert walk.lane.phase is Phase.DECIDING


def test_a_measure_that_comes_while_the_officer_has_the_case_is_decided_on() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    assert weigh(walk, 30_000, stable=False) == ()
    assert walk.lane.phase is Phase.WITH_OFFICER
    weigh(walk, 30_000)
    assert walk.lane.phase is Phase.DECIDING
    assert walk.lane.since == walk.now


def test_not_where_an_officer_has_the_truck_in_hand_or_a_picture_is_still_read() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    walk.act(OfficerAction.HOLD)
    weigh(walk, 30_000)
    assert walk.lane.phase is Phase.WITH_OFFICER
    assert walk.lane.weight == SeenWeight(gross_kg=30_000)

    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    capture = walk.fresh()
    walk.do(lambda at: ev.CaptureStored(at=at, capture=capture, role="side"))
    seals(walk, "VN1234567")
    assert walk.lane.phase is Phase.WITH_OFFICER

    walk = Walk().online()
    walk.do(lambda at: ev.LaneClosed(at=at, by="lead"))
    walk.loop(True)
    walk.picture("front")
    walk.lane = replace(walk.lane, held_by="")
    seals(walk, "VN1234567")
    assert walk.lane.phase is Phase.WITH_OFFICER


def test_a_measure_before_any_picture_asks_for_nothing() -> None:
    walk = arriving(Policy())
    assert weigh(walk, 30_000) == ()
    assert walk.lane.phase is Phase.ARRIVING
    walk.do(lambda at: ev.Tick(at=at), 16_000)
    assert walk.lane.phase is Phase.WITH_OFFICER
    assert seals(walk, "VN1234567") == ()
    assert walk.lane.phase is Phase.WITH_OFFICER


def test_what_is_measured_while_a_truck_leaves_is_of_nobody() -> None:
    walk = passing()
    before = walk.lane
    assert weigh(walk, 30_000) == ()
    assert seals(walk, "VN1234567") == ()
    assert walk.lane == before


def test_the_next_truck_begins_unweighed() -> None:
    walk = Walk().arrived()
    weigh(walk, 30_000)
    seals(walk)
    walk.decided()
    walk.arm(Arm.OPEN)
    walk.loop(False)
    walk.arm(Arm.OPEN, safety=True)
    walk.arm(Arm.OPEN, exit_=True)
    walk.loop(True)
    walk.arm(Arm.CLOSING)
    walk.arm(Arm.CLOSED)
    assert walk.lane.transit is not None
    assert (walk.lane.weight, walk.lane.seals) == (None, None)


@pytest.mark.parametrize("where", ["arriving", "reading", "deciding"])
def test_a_troubled_part_sends_the_truck_at_hand_to_the_officer(where: str) -> None:
    walk = arriving(Policy())
    if where != "arriving":
        walk.picture("front")
    if where == "deciding":
        walk.picture("rear", "14R01234")
    effects = walk.do(
        lambda at: ev.PartTroubled(at=at, kind="DEVICE_TWICE", text="two starts", doubt="a copy?")
    )
    assert walk.lane.phase is Phase.WITH_OFFICER
    assert walk.lane.held_by == "the lane"
    transit = walk.lane.transit
    assert effects == (
        fx.CallOfficer(transit=transit, why="a copy?"),
        fx.RaiseAlarm(kind="DEVICE_TWICE", text="two starts", transit=transit),
    )


def test_a_troubled_part_holds_the_case_of_the_officer_in_hand() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    trouble = {"kind": "DEVICE_TWICE", "text": "two starts", "doubt": "a copy?"}
    walk.do(lambda at: ev.PartTroubled(at=at, **trouble))
    assert walk.lane.held_by == "the lane"
    weigh(walk, 30_000)
    assert walk.lane.phase is Phase.WITH_OFFICER
    walk.act(OfficerAction.HOLD)
    walk.do(lambda at: ev.PartTroubled(at=at, **trouble))
    assert walk.lane.held_by == "ha"


def test_a_troubled_part_while_nothing_is_decided_is_the_next_trucks_doubt() -> None:
    walk = Walk().online()
    trouble = {"kind": "DEVICE_TWICE", "text": "two starts"}
    walk.do(lambda at: ev.PartTroubled(at=at, doubt="a copy?", **trouble))
    walk.do(lambda at: ev.PartTroubled(at=at, doubt="again", **trouble))
    assert walk.lane.doubt == "a copy?"
    walk.loop(True)
    assert walk.lane.phase is Phase.WITH_OFFICER
    assert walk.lane.doubt == ""


def test_a_part_that_was_replaced_only_alarms() -> None:
    walk = Walk().arrived()
    walk.do(lambda at: ev.PartTroubled(at=at, kind="BROKER_RESTARTED", text="it was dead"))
    assert walk.lane.phase is Phase.DECIDING
    assert walk.alarms() == ["BROKER_RESTARTED"]
