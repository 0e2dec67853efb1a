"""One actor a lane, the only writer of its state: an event, one transaction, then effects."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from gate.app.clock import Clock
from gate.app.metrics import Metrics
from gate.app.step_store import Made, StepStore
from gate.core.discretion import open_codes
from gate.core.lane import effects as fx
from gate.core.lane import step
from gate.core.lane.events import (
    Decided,
    DecisionFailed,
    Event,
    OfficerActed,
    OfficerAction,
    Restarted,
    Tick,
)
from gate.core.lane.state import Lane, Phase
from gate.store.commands import CommandRow
from gate.store.errors import LeaseLost, StoreError
from gate.store.lanes import LaneRow, Lease
from schemas.declarations import IllegalTransitionError
from schemas.policy import Policy

log = logging.getLogger(__name__)

TICK_S = 0.25
RETRY_S = (0.2, 0.5, 1.0, 2.0)
MOST_WAITING = 2_000
STALE = timedelta(seconds=5)
"""A yes that could not be written for this long opens nothing: the truck may be another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """An event with what the shell must store beside it, and who waits for the result."""

    event: Event
    made: Made | None = None
    done: asyncio.Future[tuple[fx.Effect, ...]] | None = None


class LaneActor:
    """Runs one lane under a lease. ``perform`` is called with effects after their commit."""

    def __init__(
        self,
        row: LaneRow,
        lease: Lease,
        state: Lane | None,
        *,
        policy: Callable[[], Policy],
        store: StepStore,
        clock: Clock,
        metrics: Metrics,
        decide: Callable[[LaneActor, fx.Decide, Lane], None],
        order: Callable[[LaneActor, CommandRow], None],
    ) -> None:
        self.id = row.id
        self.direction = row.direction
        self.lease = lease
        self.state = state or Lane(id=row.id, since=clock.now())
        self.lost = False
        self._policy = policy
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._decide = decide
        self._order = order
        self._inbox: asyncio.Queue[Posted] = asyncio.Queue(MOST_WAITING)
        self._show_phase()

    @property
    def waiting(self) -> int:
        """Events that wait for their step."""
        return self._inbox.qsize()

    def post(self, event: Event, made: Made | None = None) -> None:
        """Hand in an event. Evidence is never dropped: it is in the database already, and a
        full inbox (a lane whose database is away for minutes) is alarmed and re-read later.
        """
        try:
            self._inbox.put_nowait(Posted(event=event, made=made))
        except asyncio.QueueFull:
            log.error("lane %s: the inbox is full, %s is dropped", self.id, type(event).__name__)
            self._metrics.alarms.labels(kind="LANE_INBOX_FULL").inc()

    async def ask(self, event: Event, made: Made | None = None) -> tuple[fx.Effect, ...]:
        """Hand in an event and wait for its committed effects."""
        done: asyncio.Future[tuple[fx.Effect, ...]] = asyncio.get_running_loop().create_future()
        await self._inbox.put(Posted(event=event, made=made, done=done))
        return await done

    async def run(self) -> None:
        """Take events for ever; ends when the lease is lost."""
        await self._take(Posted(event=Restarted(at=self._clock.now())))
        while not self.lost:
            try:
                # Not wait_for: in Python 3.11 it can swallow a cancellation that comes
                # together with the event, and the lane would never stop.
                async with asyncio.timeout(TICK_S):
                    posted = await self._inbox.get()
            except TimeoutError:
                posted = Posted(event=Tick(at=self._clock.now()))
            await self._take(posted)

    async def _take(self, posted: Posted) -> None:
        began = self._clock.monotonic()
        tries = 0
        while True:
            current = self._unless_stale(posted)
            try:
                effects = await self._step(current)
                break
            except LeaseLost as error:
                log.error("%s; this process stops writing it", error)
                self.lost = True
                effects = (fx.Ignore(because="the lane is held by another process"),)
                break
            except IllegalTransitionError as error:
                posted = self._refuse_yes(current, str(error))
            except StoreError as error:
                self._metrics.database_errors.labels(code=error.code).inc()
                if tries == 0:
                    log.warning("lane %s waits for the database: %s", self.id, error)
                await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
                tries += 1
        if posted.done is not None and not posted.done.done():
            posted.done.set_result(effects)
        if not isinstance(posted.event, Tick):
            self._metrics.stage.labels(stage="step").observe(self._clock.monotonic() - began)

    async def _step(self, posted: Posted) -> tuple[fx.Effect, ...]:
        before = self.state
        after, effects = step(before, posted.event, self._policy(), self._clock.fresh())
        if after == before and not effects:
            return effects
        row = await self._store.commit(
            self.lease, self.direction, before, after, posted.event, effects, posted.made
        )
        self.state = after
        self._count(before, effects, posted)
        self._perform(after, effects, row)
        return effects

    def _perform(self, after: Lane, effects: tuple[fx.Effect, ...], row: CommandRow | None) -> None:
        for effect in effects:
            if isinstance(effect, fx.Decide):
                self._decide(self, effect, after)
        if row is not None:
            self._order(self, row)

    def _unless_stale(self, posted: Posted) -> Posted:
        """A yes from before an outage must not open now."""
        event = posted.event
        opening = isinstance(event, Decided) or (
            isinstance(event, OfficerActed) and event.action is OfficerAction.RELEASE
        )
        if not opening or self._clock.now() - event.at <= STALE:
            return posted
        return self._refuse_yes(posted, "the decision could not be stored in time")

    def _refuse_yes(self, posted: Posted, why: str) -> Posted:
        event = posted.event
        log.warning("lane %s: a decision opens nothing: %s", self.id, why)
        if isinstance(event, Decided):
            failed = DecisionFailed(at=self._clock.now(), serial=event.serial, why=why)
            return Posted(event=failed, done=posted.done)
        if isinstance(event, OfficerActed):
            held = replace(
                event, at=self._clock.now(), action=OfficerAction.HOLD, decision=None, note=why
            )
            return Posted(event=held, done=posted.done)
        raise AssertionError(f"{type(event).__name__} can't release")

    def _count(self, before: Lane, effects: tuple[fx.Effect, ...], posted: Posted) -> None:
        if before.phase is not self.state.phase:
            self._show_phase()
        ignored = any(isinstance(e, fx.Ignore) for e in effects)
        if posted.made is not None and not ignored:
            decision = posted.made.decision
            self._metrics.decisions.labels(outcome=decision.outcome.value).inc()
            for code in open_codes(decision.reasons):
                self._metrics.reasons.labels(code=code).inc()
        for effect in effects:
            if isinstance(effect, fx.EndTransit):
                self._metrics.transits.labels(lane=self.id, end=effect.end.value).inc()
            elif isinstance(effect, fx.RaiseAlarm):
                self._metrics.alarms.labels(kind=effect.kind).inc()
                log.warning("alarm on lane %s: %s: %s", self.id, effect.kind, effect.text)

    def _show_phase(self) -> None:
        for phase in Phase:
            value = 1 if phase is self.state.phase else 0
            self._metrics.lane_phase.labels(lane=self.id, phase=phase.value).set(value)
