"""One simulated lane: the lane's steps, a real barrier machine with an arm that takes its time,
loops, an officer, and the faults between them. Pure but for its random numbers: same seed,
same history.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from devices import barrier_machine as bm
from devices.barrier_orders import OrderMemory, judge, outcome
from gate.core.lane import effects as fx
from gate.core.lane import events as ev
from gate.core.lane import step
from gate.core.lane.state import Lane
from schemas.barrier_state import Arm
from schemas.commands import Action, AnswerResult, Command
from schemas.ids import uuid7
from schemas.policy import Policy
from schemas.stamp import Stamp

EPOCH = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
TRAVEL_MS = 1_500
TTL_MS = 3_000
TICK_MS = 250
TIMING = bm.Timing()
DELAY_MS = 20


@dataclass
class Arm3:
    """What the hardware really is: how far the arm is up, and who stands on the loops."""

    angle: float = 0.0
    safety: bool = False
    exit: bool = False


@dataclass
class World:
    """The lane and everything round it. ``decide`` answers the lane's requests, ``called``
    is told when the officer is needed, ``used`` says whether a release decision may still open.
    """

    rng: Random
    policy: Policy
    decide: Callable[[fx.Decide], None]
    called: Callable[[], None]
    used: Callable[[ev.Event], bool]
    now: int = 0
    lane: Lane = field(default_factory=lambda: Lane(id="lane-1", since=EPOCH))
    barrier: bm.Barrier = field(default_factory=lambda: bm.power_back(0))
    memory: OrderMemory = field(default_factory=OrderMemory)
    body: Arm3 = field(default_factory=Arm3)
    running: Command | None = None
    token: int = 1
    faults: set[str] = field(default_factory=set)
    started: list[UUID] = field(default_factory=list)
    ended: list[tuple[UUID, str]] = field(default_factory=list)
    raised: list[UUID] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    _due: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _serial: int = 0
    _last: tuple[object, ...] = ()

    def fresh(self) -> UUID:
        """A new id."""
        self._serial += 1
        return UUID(uuid7(1_790_000_000_000 + self.now, self._serial.to_bytes(10)))

    def at(self) -> datetime:
        """The centre's clock."""
        return EPOCH + timedelta(milliseconds=self.now)

    def later(self, ms: int, action: Callable[[], None]) -> None:
        """Do something after a while."""
        self._serial += 1
        heapq.heappush(self._due, (self.now + ms, self._serial, action))

    def run(self, ms: int = TICK_MS) -> None:
        """Let time pass: what is due, the arm, the barrier's own mind, the lane's clock."""
        end = self.now + ms
        while self._due and self._due[0][0] <= end:
            when, _, action = heapq.heappop(self._due)
            self.now = max(self.now, when)
            action()
        self.now = end
        self._move(ms)
        self._barrier(None)
        self.post(ev.Tick(at=self.at()))

    def post(self, event: ev.Event) -> tuple[fx.Effect, ...]:
        """One step of the lane, as the lane actor takes it."""
        if not self.used(event):
            event = self._refused(event)
        self.lane, effects = step(self.lane, event, self.policy, self.fresh())
        for effect in effects:
            self._perform(effect)
        return effects

    def loop(self, occupied: bool) -> None:
        """The entry loop changes."""
        self.post(ev.LoopEntry(at=self.at(), occupied=occupied))

    def restart(self) -> None:
        """The service takes the lane over anew: a higher token, and the barrier tells its state."""
        self.token += 1
        self.post(ev.Restarted(at=self.at()))
        self._tell_all()

    def power_loss(self) -> None:
        """The barrier starts anew; its memory of orders is on disk."""
        self.barrier = bm.power_back(self.now)
        self.running = None
        self._report()

    def presence(self, online: bool) -> None:
        """The barrier drops off the network, or is back and tells its state."""
        self.post(ev.BarrierPresence(at=self.at(), online=online))
        if online:
            self._report(again=True)

    def _tell_all(self) -> None:
        self.post(ev.BarrierPresence(at=self.at(), online=True))
        self._report(again=True)

    def _refused(self, event: ev.Event) -> ev.Event:
        if isinstance(event, ev.Decided):
            return ev.DecisionFailed(at=event.at, serial=event.serial, why="used meanwhile")
        assert isinstance(event, ev.OfficerActed)
        return replace(event, action=ev.OfficerAction.HOLD, decision=None)

    def _perform(self, effect: fx.Effect) -> None:
        match effect:
            case fx.StartTransit():
                self.started.append(effect.transit)
            case fx.EndTransit():
                self.ended.append((effect.transit, effect.end.value))
            case fx.Decide():
                self.decide(effect)
            case fx.CallOfficer():
                self.called()
            case fx.RaiseAlarm():
                self.alarms.append(effect.kind)
            case fx.OpenBarrier():
                self._order(effect)
            case _:
                pass

    def _order(self, effect: fx.OpenBarrier) -> None:
        stamp = Stamp(
            id=str(self.fresh()), seq=self._serial, boot=str(self.fresh()), at=self.now,
            key="centre",
        )  # fmt: skip
        command = Command(
            stamp=stamp, action=Action.OPEN, transit=str(effect.transit),
            decision=str(effect.decision), token=self.token, ttl_ms=TTL_MS, expect=Arm.CLOSED,
        )  # fmt: skip
        delays = {"late command": TTL_MS + 500}
        delay = next((ms for name, ms in delays.items() if name in self.faults), DELAY_MS)
        if "lost command" not in self.faults:
            self.later(delay, lambda: self._deliver(command))
        if "repeated command" in self.faults:
            for again in (40, 900, 15_000, 40_000):
                self.later(again, lambda: self._deliver(command))
        decision = effect.decision
        self.later(TTL_MS + 200, lambda: self._no_answer(decision))

    def _no_answer(self, decision: UUID) -> None:
        waiting = self.lane.decision == decision and self.lane.phase == "releasing"
        if waiting:
            self.post(ev.CommandLost(at=self.at(), decision=decision, why="no answer"))

    def _deliver(self, command: Command) -> None:
        verdict = judge(self.memory, command, self.barrier, self.now)
        self.memory = verdict.memory
        if verdict.obey:
            self.running = command
            before = self.barrier.arm
            self._barrier(bm.Order(action=command.action, command=command.stamp.id))
            if before is Arm.CLOSED and self.barrier.arm is Arm.OPENING:
                assert command.decision is not None
                self.raised.append(UUID(command.decision))
        self._answer(command, verdict.given.result, str(verdict.given.reason or ""))

    def _answer(self, command: Command, result: AnswerResult, reason: str) -> None:
        if "lost answer" in self.faults or command.decision is None:
            return
        decision = UUID(command.decision)
        self.later(
            DELAY_MS,
            lambda: (
                self.post(
                    ev.CommandAnswered(
                        at=self.at(), decision=decision, result=result.value, reason=reason
                    )
                )
                and None
            ),
        )

    def _move(self, ms: int) -> None:
        drive = bm.drive(self.barrier)
        change = {bm.Drive.UP: ms / TRAVEL_MS, bm.Drive.DOWN: -ms / TRAVEL_MS}.get(drive, 0.0)
        if "stuck arm" in self.faults and 0.3 < self.body.angle < 0.7:
            change = 0.0
        self.body.angle = min(1.0, max(0.0, self.body.angle + change))

    def _barrier(self, event: bm.Event) -> None:
        sensors = bm.Sensors(
            end_open=self.body.angle >= 1.0, end_closed=self.body.angle <= 0.0,
            safety=self.body.safety, exit=self.body.exit,
        )  # fmt: skip
        if sensors != self.barrier.sensors or self.barrier.arm is Arm.UNKNOWN:
            self.barrier = bm.step(self.barrier, sensors, self.now, TIMING)
        self.barrier = bm.step(self.barrier, event, self.now, TIMING)
        if self.running is not None:
            given = outcome(self.barrier, self.running)
            if given is not None:
                ended, self.running = self.running, None
                self.memory = self.memory.with_answer(given)
                self._answer(ended, given.result, str(given.reason or ""))
        self._report()

    def _report(self, *, again: bool = False) -> None:
        b = self.barrier
        said = (b.arm, b.sensors.safety, b.sensors.exit, b.local)
        if said == self._last and not again:
            return
        self._last = said
        self.post(
            ev.BarrierReported(
                at=self.at(), arm=b.arm, loop_safety=b.sensors.safety, loop_exit=b.sensors.exit,
                local_control=b.local,
            )
        )  # fmt: skip
