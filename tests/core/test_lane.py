"""The lane's state machine: the way of a truck, and what never happens whatever comes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gate.core.lane import effects as fx
from gate.core.lane import events as ev
from gate.core.lane import step
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Arm, Lane, Phase
from gate.core.lane.table import EVENTS, TABLE
from schemas.policy import Policy
from schemas.transit import Outcome, TransitEnd
from tests.core.builders import NOW

POLICY = Policy()


class Walk:
    """A lane with a clock: each ``do`` is one step, effects are collected."""

    def __init__(self) -> None:
        self.now = NOW
        self.lane = Lane(id="lane-1", since=NOW)
        self.effects: list[fx.Effect] = []
        self.n = 0

    def fresh(self) -> UUID:
        self.n += 1
        return UUID(int=self.n)

    def do(self, event: object, later_ms: int = 100) -> tuple[fx.Effect, ...]:
        self.now += timedelta(milliseconds=later_ms)
        made = event(self.now) if callable(event) else event
        self.lane, effects = step(self.lane, made, POLICY, self.fresh())  # type: ignore[arg-type]
        self.effects += effects
        return effects

    def online(self) -> Walk:
        self.do(lambda at: ev.BarrierPresence(at=at, online=True))
        self.arm(Arm.CLOSED)
        return self

    def arm(self, arm: Arm, safety: bool = False, exit_: bool = False) -> tuple[fx.Effect, ...]:
        return self.do(
            lambda at: ev.BarrierReported(at=at, arm=arm, loop_safety=safety, loop_exit=exit_)
        )

    def loop(self, occupied: bool) -> tuple[fx.Effect, ...]:
        return self.do(lambda at: ev.LoopEntry(at=at, occupied=occupied))

    def picture(self, role: str = "front", text: str = "14C12345") -> None:
        capture = self.fresh()
        self.do(lambda at: ev.CaptureStored(at=at, capture=capture, role=role))
        self.do(lambda at: ev.CaptureRead(at=at, capture=capture, text=text, confidence=0.99))

    def decided(self, outcome: Outcome = Outcome.RELEASE) -> tuple[fx.Effect, ...]:
        decision = self.fresh()
        serial = self.lane.serial
        return self.do(
            lambda at: ev.Decided(at=at, serial=serial, decision=decision, outcome=outcome)
        )

    def act(self, action: OfficerAction, decision: UUID | None = None) -> tuple[fx.Effect, ...]:
        transit = self.lane.transit or UUID(int=0)
        return self.do(
            lambda at: ev.OfficerActed(
                at=at, officer="ha", action=action, transit=transit, decision=decision
            )
        )

    def arrived(self) -> Walk:
        self.online()
        self.loop(True)
        self.picture("front")
        self.picture("rear", "14R01234")
        return self

    def ends(self) -> list[TransitEnd]:
        return [e.end for e in self.effects if isinstance(e, fx.EndTransit)]

    def opens(self) -> list[fx.OpenBarrier]:
        return [e for e in self.effects if isinstance(e, fx.OpenBarrier)]

    def alarms(self) -> list[str]:
        return [e.kind for e in self.effects if isinstance(e, fx.RaiseAlarm)]


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

    assert walk.lane.phase is Phase.IDLE
    assert walk.ends() == [TransitEnd.REFERRED_OUT]


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


ARMS = st.sampled_from(list(Arm))


class AnyLane(RuleBasedStateMachine):
    """Whatever comes in whatever order: the invariants of docs/safety.md hold."""

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk()
        self.releases: set[UUID] = set()
        self.ended: list[UUID] = []
        self.started: list[UUID] = []
        self.before: Lane = self.walk.lane

    def apply(self, event: object, later_ms: int = 100) -> None:
        self.before = self.walk.lane
        for effect in self.walk.do(event, later_ms):
            if isinstance(effect, fx.StartTransit):
                self.started.append(effect.transit)
            elif isinstance(effect, fx.EndTransit):
                self.ended.append(effect.transit)
            elif isinstance(effect, fx.OpenBarrier):
                assert effect.decision in self.releases
                assert self.walk.lane.phase is Phase.RELEASING
                assert self.walk.lane.transit == effect.transit
                assert self.before.barrier.may_open

    @rule(occupied=st.booleans())
    def loop(self, occupied: bool) -> None:
        self.apply(lambda at: ev.LoopEntry(at=at, occupied=occupied))

    @rule(role=st.sampled_from(["front", "rear"]))
    def stored(self, role: str) -> None:
        capture = self.walk.fresh()
        self.apply(lambda at: ev.CaptureStored(at=at, capture=capture, role=role))

    @rule(data=st.data(), text=st.sampled_from(["14C12345", ""]))
    def read(self, data: st.DataObject, text: str) -> None:
        looks = (*self.walk.lane.looks, *self.walk.lane.next_looks)
        if not looks:
            return
        capture = data.draw(st.sampled_from([look.capture for look in looks]))
        self.apply(lambda at: ev.CaptureRead(at=at, capture=capture, text=text))

    @rule(outcome=st.sampled_from(list(Outcome)), behind=st.integers(0, 1))
    def decided(self, outcome: Outcome, behind: int) -> None:
        decision, serial = self.walk.fresh(), self.walk.lane.serial - behind
        if outcome is Outcome.RELEASE:
            self.releases.add(decision)
        self.apply(lambda at: ev.Decided(at=at, serial=serial, decision=decision, outcome=outcome))

    @rule(action=st.sampled_from(list(OfficerAction)), other=st.booleans())
    def officer(self, action: OfficerAction, other: bool) -> None:
        decision = None
        if action is OfficerAction.RELEASE:
            decision = self.walk.fresh()
            self.releases.add(decision)
        transit = UUID(int=1) if other else self.walk.lane.transit or UUID(int=1)
        self.apply(
            lambda at: ev.OfficerActed(
                at=at, officer="ha", action=action, transit=transit, decision=decision
            )
        )

    @precondition(lambda self: self.walk.lane.decision is not None)
    @rule(result=st.sampled_from(["accepted", "done", "refused", "lost"]))
    def answer(self, result: str) -> None:
        decision = self.walk.lane.decision
        assert decision is not None
        if result == "lost":
            self.apply(lambda at: ev.CommandLost(at=at, decision=decision, why="test"))
        else:
            self.apply(lambda at: ev.CommandAnswered(at=at, decision=decision, result=result))

    @rule(arm=ARMS, safety=st.booleans(), exit_=st.booleans(), local=st.booleans())
    def barrier(self, arm: Arm, safety: bool, exit_: bool, local: bool) -> None:
        self.apply(
            lambda at: ev.BarrierReported(
                at=at, arm=arm, loop_safety=safety, loop_exit=exit_, local_control=local
            )
        )

    @rule(online=st.booleans())
    def presence(self, online: bool) -> None:
        self.apply(lambda at: ev.BarrierPresence(at=at, online=online))

    @rule(ms=st.sampled_from([250, 2_000, 16_000, 1_000_000]))
    def tick(self, ms: int) -> None:
        self.apply(lambda at: ev.Tick(at=at), ms)

    @rule(kind=st.sampled_from(["restart", "open", "close", "manual", "machine"]))
    def staff(self, kind: str) -> None:
        made = {
            "restart": lambda at: ev.Restarted(at=at),
            "open": lambda at: ev.LaneOpened(at=at, by="lead"),
            "close": lambda at: ev.LaneClosed(at=at, by="lead"),
            "manual": lambda at: ev.LaneManual(at=at, by="lead", on=True),
            "machine": lambda at: ev.LaneManual(at=at, by="lead", on=False),
        }[kind]
        self.apply(made)

    @invariant()
    def a_decision_opens_at_most_once(self) -> None:
        decisions = [o.decision for o in self.walk.opens()]
        assert len(decisions) == len(set(decisions))

    @invariant()
    def every_transit_ends_once_and_one_is_open(self) -> None:
        assert len(self.ended) == len(set(self.ended))
        still = [t for t in self.started if t not in self.ended]
        assert still == ([self.walk.lane.transit] if self.walk.lane.transit else [])

    @invariant()
    def a_phase_with_a_truck_has_a_transit(self) -> None:
        lane = self.walk.lane
        needs = {
            Phase.ARRIVING, Phase.READING, Phase.DECIDING, Phase.WITH_OFFICER, Phase.RELEASING,
            Phase.PASSING,
        }  # fmt: skip
        if lane.phase in needs:
            assert lane.transit is not None
        if lane.phase in (Phase.IDLE, Phase.CLOSED):
            assert lane.transit is None

    @invariant()
    def a_deadline_never_leads_to_releasing(self) -> None:
        if self.walk.lane.phase is Phase.RELEASING and self.before.phase is not Phase.RELEASING:
            assert self.before.phase in (Phase.DECIDING, Phase.WITH_OFFICER)


AnyLane.TestCase.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
TestAnyLane = AnyLane.TestCase
