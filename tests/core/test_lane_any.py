"""What never happens at a lane, whatever comes in whatever order."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gate.core.lane import effects as fx
from gate.core.lane import events as ev
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Arm, Lane, Phase
from schemas.transit import Outcome
from tests.core.walk import Walk

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
        self.event: object = None
        self.restarted_at = 0

    def apply(self, event: object, later_ms: int = 100) -> None:
        self.before = self.walk.lane
        self.event = event(self.walk.now + timedelta(milliseconds=later_ms))  # type: ignore[operator]
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
                # I13: only a yes opens, never a fault, a deadline or the passing of time.
                yes = isinstance(self.event, ev.Decided) and self.event.outcome is Outcome.RELEASE
                asked = (
                    isinstance(self.event, ev.OfficerActed)
                    and self.event.action is OfficerAction.RELEASE
                )
                assert yes or asked
                assert not (yes and (self.before.manual or self.before.held_by))

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

    @rule(kg=st.sampled_from([0, 8_000, 30_000]), stable=st.booleans())
    def weigh(self, kg: int, stable: bool) -> None:
        self.apply(lambda at: ev.Weighed(at=at, device="scale", gross_kg=kg, stable=stable))

    @rule(seals=st.sampled_from([(), ("VN1234567",), ("HQ7654321",)]))
    def seals(self, seals: tuple[str, ...]) -> None:
        self.apply(lambda at: ev.SealsRead(at=at, device="seals", seals=seals))

    @rule(doubt=st.sampled_from(["", "a copy of the camera"]))
    def trouble(self, doubt: str) -> None:
        self.apply(lambda at: ev.PartTroubled(at=at, kind="DEVICE_TWICE", text="x", doubt=doubt))

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
    def after_a_restart_no_old_order_is_sent_and_the_arm_is_unknown(self) -> None:
        """I19: open transits continue with an officer's look."""
        if isinstance(self.event, ev.Restarted):
            lane = self.walk.lane
            assert lane.barrier.arm is Arm.UNKNOWN
            assert not lane.barrier.may_open
            if lane.transit is not None:
                assert lane.phase in (
                    Phase.WITH_OFFICER, Phase.PASSING, Phase.CLEARING, Phase.FAULT, Phase.RELEASING,
                )  # fmt: skip

    @invariant()
    def memory_is_bounded_by_what_came(self) -> None:
        """I20: an empty lane remembers no looks of trucks that went."""
        if self.walk.lane.transit is None:
            assert self.walk.lane.looks == ()
            assert self.walk.lane.weight is None
            assert self.walk.lane.seals is None

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
