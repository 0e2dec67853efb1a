"""The lane's state machine: the way of a truck."""

from __future__ import annotations

from uuid import UUID

import pytest

from gate.core.lane import effects as fx
from gate.core.lane import events as ev
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Arm, Phase
from gate.core.lane.table import EVENTS, TABLE
from schemas.transit import Outcome, TransitEnd
from tests.core.walk import Walk


def test_every_phase_answers_every_event() -> None:
    assert set(TABLE) == {(phase, event) for phase in Phase for event in EVENTS}


def test_a_declared_truck_drives_through() -> None:
    walk = Walk().arrived()
    assert walk.lane.phase is Phase.DECIDING

    walk.decided()
    assert walk.lane.phase is Phase.RELEASING
    decision = walk.lane.decision
    assert decision is not None
    walk.do(lambda at: ev.CommandAnswered(at=at, decision=decision, result="accepted"))
    walk.arm(Arm.OPENING)
    walk.arm(Arm.OPEN)
    walk.loop(False)
    walk.arm(Arm.OPEN, safety=True)
    walk.arm(Arm.OPEN, safety=True, exit_=True)
    walk.arm(Arm.OPEN)
    walk.arm(Arm.CLOSING)
    assert walk.lane.phase is Phase.CLEARING
    walk.arm(Arm.CLOSED)

    assert walk.lane.phase is Phase.IDLE
    assert walk.ends() == [TransitEnd.DEPARTED]
    assert len(walk.opens()) == 1
    assert walk.alarms() == []


def test_a_hold_waits_for_the_officer_and_opens_on_his_word() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    assert walk.lane.phase is Phase.WITH_OFFICER
    assert not walk.opens()

    walk.act(OfficerAction.RELEASE, decision=UUID(int=999))

    assert walk.lane.phase is Phase.RELEASING
    assert walk.opens()[0].decision == UUID(int=999)


def test_a_release_without_a_stored_decision_opens_nothing() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)

    effects = walk.act(OfficerAction.RELEASE)

    assert isinstance(effects[0], fx.Ignore)
    assert not walk.opens()


def test_officer_and_machine_at_the_same_instant_the_first_wins() -> None:
    walk = Walk().arrived()
    serial = walk.lane.serial
    walk.act(OfficerAction.HOLD)

    effects = walk.do(
        lambda at: ev.Decided(at=at, serial=serial, decision=UUID(int=5), outcome=Outcome.RELEASE)
    )

    assert isinstance(effects[0], fx.Ignore)
    assert walk.lane.phase is Phase.WITH_OFFICER
    assert not walk.opens()


def test_a_barrier_that_is_offline_is_not_asked_to_open() -> None:
    walk = Walk().arrived()
    walk.do(lambda at: ev.BarrierPresence(at=at, online=False))
    walk.decided()

    assert walk.lane.phase is Phase.WITH_OFFICER
    assert not walk.opens()
    assert "BARRIER_NOT_READY" in walk.alarms()


def test_a_lost_answer_goes_to_the_officer_with_an_alarm() -> None:
    walk = Walk().arrived()
    walk.decided()
    decision = walk.lane.decision
    assert decision is not None
    walk.do(lambda at: ev.CommandLost(at=at, decision=decision, why="none within 3000 ms"))

    assert walk.lane.phase is Phase.WITH_OFFICER
    assert "BARRIER_NO_ANSWER" in walk.alarms()


def test_a_refusal_goes_to_the_officer_with_an_alarm() -> None:
    walk = Walk().arrived()
    walk.decided()
    decision = walk.lane.decision
    assert decision is not None
    walk.do(
        lambda at: ev.CommandAnswered(
            at=at, decision=decision, result="refused", reason="stale_token"
        )
    )

    assert walk.lane.phase is Phase.WITH_OFFICER
    assert "BARRIER_REFUSED" in walk.alarms()


def test_an_arm_that_opens_though_the_answer_was_lost_is_followed() -> None:
    walk = Walk().arrived()
    walk.decided()
    walk.arm(Arm.OPENING)

    assert walk.lane.phase is Phase.PASSING


def test_an_arm_that_rises_unasked_alarms() -> None:
    walk = Walk().online()
    walk.arm(Arm.OPENING)

    assert "BARRIER_OPEN_UNASKED" in walk.alarms()


def test_a_truck_that_does_not_pass_goes_to_the_officer() -> None:
    walk = Walk().arrived()
    walk.decided()
    walk.arm(Arm.OPEN)
    walk.arm(Arm.CLOSING)
    walk.arm(Arm.CLOSED)

    assert walk.lane.phase is Phase.WITH_OFFICER
    assert "DID_NOT_PASS" in walk.alarms()
    assert walk.ends() == []


def test_a_second_vehicle_in_one_opening_alarms() -> None:
    walk = Walk().arrived()
    walk.decided()
    walk.arm(Arm.OPEN)
    walk.arm(Arm.OPEN, safety=True)
    walk.arm(Arm.OPEN, safety=True, exit_=True)
    walk.arm(Arm.OPEN)
    walk.arm(Arm.OPEN, safety=True)

    assert "TAILGATING" in walk.alarms()


def test_the_next_truck_waits_and_begins_when_the_first_has_gone() -> None:
    walk = Walk().arrived()
    first = walk.lane.transit
    walk.decided()
    walk.arm(Arm.OPEN)
    walk.loop(False)
    walk.arm(Arm.OPEN, safety=True)
    walk.loop(True)
    walk.picture("front", "29H55555")
    walk.arm(Arm.OPEN, exit_=True)
    walk.arm(Arm.CLOSING)
    walk.arm(Arm.CLOSED)

    assert walk.lane.phase is Phase.READING
    assert walk.lane.transit not in (None, first)
    assert [look.text for look in walk.lane.looks] == ["29H55555"]


def test_a_truck_that_reverses_out_ends_its_transit() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    walk.loop(False)
    walk.do(lambda at: ev.Tick(at=at), later_ms=4_000)

    assert walk.ends() == [TransitEnd.TURNED_BACK]
    assert walk.lane.phase is Phase.IDLE


def test_a_chattering_loop_ends_nothing() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.HOLD)
    for _ in range(40):
        walk.loop(False)
        walk.loop(True)
        walk.do(lambda at: ev.Tick(at=at))

    assert walk.ends() == []


def test_a_referred_truck_leaves_before_the_next_begins() -> None:
    walk = Walk().arrived()
    walk.decided(Outcome.REFER)
    walk.act(OfficerAction.REFER)
    assert walk.lane.phase is Phase.CLEARING

    walk.loop(False)
    walk.do(lambda at: ev.Tick(at=at), later_ms=3_001)

    assert walk.lane.phase is Phase.IDLE
    assert walk.ends() == [TransitEnd.REFERRED_OUT]
    assert walk.lane.doubt == ""


def test_after_a_restart_the_truck_at_the_lane_goes_to_the_officer() -> None:
    walk = Walk().arrived()
    walk.do(lambda at: ev.Restarted(at=at))

    assert walk.lane.phase is Phase.WITH_OFFICER
    assert walk.lane.barrier.arm is Arm.UNKNOWN
    assert not walk.opens()


def test_a_closed_lane_calls_the_officer() -> None:
    walk = Walk().online()
    walk.do(lambda at: ev.LaneClosed(at=at, by="lead"))
    walk.loop(True)

    assert walk.lane.phase is Phase.WITH_OFFICER


@pytest.mark.parametrize("held", [False, True])
def test_a_late_reading_decides_anew_unless_an_officer_has_the_truck_in_hand(held: bool) -> None:
    walk = Walk().online()
    capture = UUID(int=7000)
    walk.do(lambda at: ev.CaptureStored(at=at, capture=capture, role="front"))
    walk.do(lambda at: ev.Tick(at=at), later_ms=9_000)
    walk.decided(Outcome.HOLD)
    if held:
        walk.act(OfficerAction.HOLD)

    walk.do(lambda at: ev.CaptureRead(at=at, capture=capture, text="14C12345"))

    assert walk.lane.phase is (Phase.WITH_OFFICER if held else Phase.DECIDING)
