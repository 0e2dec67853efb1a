"""What goes wrong at a lane: tailgating, power loss, backing out, work by hand, silence."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from gate.core.lane import effects as fx
from gate.core.lane import events as ev
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Arm, Phase
from schemas.transit import Outcome, TransitEnd
from tests.core.walk import POLICY, Walk, passing


def test_a_vehicle_under_the_arm_for_a_minute_alarms_once() -> None:
    walk = passing()
    limit = POLICY.deadlines.safety_ms
    walk.do(lambda at: ev.Tick(at=at), later_ms=limit - 200)
    walk.arm(Arm.OPEN, safety=True)
    assert "SAFETY_LOOP_OCCUPIED" not in walk.alarms()

    for _ in range(3):
        walk.do(lambda at: ev.Tick(at=at), later_ms=400)

    assert walk.alarms().count("SAFETY_LOOP_OCCUPIED") == 1


def test_a_free_safety_loop_never_alarms() -> None:
    walk = passing()
    walk.arm(Arm.OPEN, exit_=True)
    walk.do(lambda at: ev.Tick(at=at), later_ms=61_000)

    assert "SAFETY_LOOP_OCCUPIED" not in walk.alarms()


def test_somebody_under_the_arm_of_an_empty_lane_alarms_too() -> None:
    walk = Walk().online()
    walk.arm(Arm.CLOSED, safety=True)
    walk.do(lambda at: ev.Tick(at=at), later_ms=61_000)

    assert "SAFETY_LOOP_OCCUPIED" in walk.alarms()
    assert walk.lane.phase is Phase.IDLE


def test_after_a_tailgater_the_next_truck_is_the_officers_whatever_is_read() -> None:
    walk = passing()
    walk.arm(Arm.OPEN, exit_=True)
    walk.arm(Arm.OPEN)
    walk.arm(Arm.OPEN, safety=True)
    walk.arm(Arm.OPEN)
    walk.arm(Arm.CLOSING)
    walk.arm(Arm.CLOSED)
    assert walk.lane.phase is Phase.IDLE

    walk.loop(True)
    assert walk.lane.phase is Phase.WITH_OFFICER
    walk.picture()
    assert walk.lane.phase is Phase.WITH_OFFICER
    assert walk.lane.doubt == ""
    called = [e.why for e in walk.effects if isinstance(e, fx.CallOfficer)]
    assert "who went through" in called[-1]

    walk.act(OfficerAction.RELEASE, decision=UUID(int=999))
    assert walk.lane.phase is Phase.RELEASING


@pytest.mark.parametrize("phase", [Phase.RELEASING, Phase.PASSING, Phase.CLEARING])
def test_an_arm_that_loses_its_power_on_the_way_is_a_fault(phase: Phase) -> None:
    walk = Walk().arrived()
    walk.decided()
    if phase is not Phase.RELEASING:
        walk.arm(Arm.OPEN)
    if phase is Phase.CLEARING:
        walk.arm(Arm.CLOSING, exit_=True)
    assert walk.lane.phase is phase

    walk.arm(Arm.UNKNOWN)

    assert walk.lane.phase is Phase.FAULT
    assert "BARRIER_FAULT" in walk.alarms()
    walk.arm(Arm.CLOSED)
    expected = Phase.IDLE if phase is Phase.CLEARING else Phase.WITH_OFFICER
    assert walk.lane.phase is expected


def test_a_truck_that_backs_out_while_the_arm_is_up_has_turned_back() -> None:
    walk = Walk().arrived()
    walk.decided()
    walk.arm(Arm.OPEN)
    walk.loop(False)
    walk.arm(Arm.CLOSING)
    walk.arm(Arm.CLOSED)
    assert walk.lane.phase is Phase.WITH_OFFICER
    assert "DID_NOT_PASS" in walk.alarms()

    walk.do(lambda at: ev.Tick(at=at), later_ms=4_000)

    assert walk.ends() == [TransitEnd.TURNED_BACK]


@pytest.mark.parametrize("when", ["reading", "deciding", "decided"])
def test_a_lane_worked_by_hand_opens_only_on_an_officers_word(when: str) -> None:
    walk = Walk().online()
    take = lambda at: ev.LaneManual(at=at, by="lead", on=True)  # noqa: E731
    if when == "reading":
        walk.loop(True)
        walk.do(lambda at: ev.CaptureStored(at=at, capture=UUID(int=70), role="front"))
        walk.do(take)
    elif when == "deciding":
        walk = Walk().arrived()
        walk.do(take)
        walk.decided()
    else:
        walk.do(take)
        walk.loop(True)
        walk.picture("front")
        walk.picture("rear", "14R01234")
        walk.decided()

    assert walk.lane.phase is Phase.WITH_OFFICER
    assert not walk.opens()
    walk.act(OfficerAction.RELEASE, decision=UUID(int=999))
    assert len(walk.opens()) == 1


def test_a_lane_given_back_to_the_machine_opens_again() -> None:
    walk = Walk().online()
    for on in (True, False):
        walk.do(lambda at, on=on: ev.LaneManual(at=at, by="lead", on=on))
    walk.loop(True)
    walk.picture("front")
    walk.picture("rear", "14R01234")
    walk.decided()

    assert walk.lane.phase is Phase.RELEASING


def test_two_officers_at_the_same_instant_the_first_wins() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    walk.act(OfficerAction.RELEASE, decision=UUID(int=998))
    second = walk.act(OfficerAction.RELEASE, decision=UUID(int=999))

    assert [o.decision for o in walk.opens()] == [UUID(int=998)]
    assert isinstance(second[0], fx.Ignore)


def test_every_phase_with_a_truck_ends_by_itself_with_an_officer_or_a_fault() -> None:
    """I8, I13: time alone never opens, and never leaves a truck alone."""
    for phase in (Phase.ARRIVING, Phase.READING, Phase.DECIDING, Phase.RELEASING, Phase.PASSING,
                  Phase.CLEARING):  # fmt: skip
        walk = Walk().arrived()
        at = walk.now
        busy = walk.lane.barrier
        walk.lane = replace(walk.lane, phase=phase, since=at, barrier=busy, decision=UUID(int=3))
        before = len(walk.opens())
        for _ in range(200):
            walk.do(lambda at: ev.Tick(at=at), later_ms=1_000)
            if walk.lane.phase in (Phase.WITH_OFFICER, Phase.FAULT):
                break
            if walk.lane.phase is Phase.DECIDING and phase is not Phase.DECIDING:
                break
        expected = {Phase.READING: Phase.DECIDING, Phase.PASSING: Phase.FAULT,
                    Phase.CLEARING: Phase.FAULT}  # fmt: skip
        assert walk.lane.phase is expected.get(phase, Phase.WITH_OFFICER)
        assert len(walk.opens()) == before


def test_a_barrier_that_does_not_open_in_time_is_the_officers_to_the_millisecond() -> None:
    walk = Walk().arrived()
    walk.decided()
    limit = POLICY.deadlines.releasing_ms
    assert walk.do(lambda at: ev.Tick(at=at), later_ms=limit) == ()
    transit = walk.lane.transit

    effects = walk.do(lambda at: ev.Tick(at=at), later_ms=1)

    text = "the barrier did not open in time"
    assert effects == (
        fx.CallOfficer(transit=transit, why=text),
        fx.RaiseAlarm(kind="BARRIER_NO_ANSWER", text=text, transit=transit),
    )
    assert (walk.lane.phase, walk.lane.since) == (Phase.WITH_OFFICER, walk.now)


def test_a_lost_command_is_told_in_words_and_another_ones_is_ignored() -> None:
    walk = Walk().arrived()
    walk.decided()
    decision, transit = walk.lane.decision, walk.lane.transit
    assert decision is not None
    stray = walk.do(lambda at: ev.CommandLost(at=at, decision=UUID(int=4), why="x"))
    assert [type(e) for e in stray] == [fx.Ignore]
    assert walk.lane.phase is Phase.RELEASING

    effects = walk.do(lambda at: ev.CommandLost(at=at, decision=decision, why="none came"))

    text = "the barrier gave no answer: none came"
    assert effects == (
        fx.CallOfficer(transit=transit, why=text),
        fx.RaiseAlarm(kind="BARRIER_NO_ANSWER", text=text, transit=transit),
    )


@pytest.mark.parametrize("passed", [False, True])
def test_a_fault_that_is_over_clears_its_alarms_and_tells_what_became_of_the_truck(
    passed: bool,
) -> None:
    walk = Walk().arrived()
    walk.decided()
    walk.arm(Arm.OPEN)
    walk.arm(Arm.FAULT, safety=passed)
    transit = walk.lane.transit
    assert walk.arm(Arm.FAULT, exit_=passed) == ()

    effects = walk.arm(Arm.CLOSED)

    assert effects[:2] == (
        fx.ClearAlarm(kind="BARRIER_FAULT"),
        fx.ClearAlarm(kind="BARRIER_NOT_CLOSED"),
    )
    if passed:
        assert fx.EndTransit(transit=transit, end=TransitEnd.DEPARTED) in effects  # type: ignore[arg-type]
    else:
        why = "the barrier is well again; look at the truck"
        assert effects[2] == fx.CallOfficer(transit=transit, why=why)
        assert walk.lane.phase is Phase.WITH_OFFICER


def test_a_truck_sent_away_leaves_the_lane_clearing_until_its_loop_is_free() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    walk.act(OfficerAction.TURN_BACK)
    assert walk.lane.phase is Phase.CLEARING
    assert walk.arm(Arm.OPENING) != ()
    assert "BARRIER_OPEN_UNASKED" in walk.alarms()
    walk.loop(True)
    assert walk.lane.phase is Phase.CLEARING
    walk.do(lambda at: ev.LaneClosed(at=at, by="lead"))

    walk.loop(False)
    assert walk.lane.phase is Phase.CLEARING
    walk.do(lambda at: ev.Tick(at=at), 3_000)
    assert walk.lane.phase is Phase.CLEARING
    walk.do(lambda at: ev.Tick(at=at), 1)

    assert walk.lane.phase is Phase.CLOSED
