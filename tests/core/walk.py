"""A lane to walk through by hand, event by event."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from gate.core.lane import effects as fx
from gate.core.lane import events as ev
from gate.core.lane import step
from gate.core.lane.events import OfficerAction
from gate.core.lane.state import Arm, Lane
from schemas.policy import Policy
from schemas.transit import Outcome, TransitEnd
from tests.core.builders import NOW

POLICY = Policy()


class Walk:
    """A lane with a clock: each ``do`` is one step, effects are collected."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.policy = policy
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
        self.lane, effects = step(self.lane, made, self.policy, self.fresh())  # type: ignore[arg-type]
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


def passing() -> Walk:
    """A released truck under the open arm."""
    walk = Walk().arrived()
    walk.decided()
    walk.arm(Arm.OPEN)
    walk.loop(False)
    walk.arm(Arm.OPEN, safety=True)
    return walk
