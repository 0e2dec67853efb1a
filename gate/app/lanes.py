"""The lanes that this process runs: taken by lease, renewed, given back, taken over from others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from gate.app.clock import Clock
from gate.app.commands import Commander
from gate.app.decider import Decider
from gate.app.lane import LaneActor
from gate.app.metrics import Metrics
from gate.app.register import Register
from gate.app.step_store import StepStore
from gate.store import commands as command_store
from gate.store import lanes as lane_store
from gate.store.errors import StoreError
from gate.store.lanes import LaneRow
from gate.store.pool import Database

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
RENEW_S = 4.0


class Lanes:
    """Holds the lane actors. ``taken`` is called with each new one, to run it."""

    def __init__(
        self,
        database: Database,
        register: Register,
        clock: Clock,
        metrics: Metrics,
        store: StepStore,
        holder: str,
        taken: Callable[[LaneActor], None],
    ) -> None:
        self._database = database
        self._register = register
        self._clock = clock
        self._metrics = metrics
        self._store = store
        self._holder = holder
        self._taken = taken
        self.actors: dict[str, LaneActor] = {}

    def get(self, lane: str) -> LaneActor | None:
        """The lane's actor, where this process holds the lane."""
        actor = self.actors.get(lane)
        return None if actor is None or actor.lost else actor

    async def take_free(self, decider: Decider, commander: Commander) -> None:
        """Take every lane that nobody holds: new ones, and those of a process that died."""
        for row in tuple(self._register.lanes.values()):
            if self.get(row.id) is None:
                await self._take(row, decider, commander)

    async def keep(self, decider: Decider, commander: Commander) -> None:
        """Renew what is held and take what is free, for ever."""
        while True:
            await asyncio.sleep(RENEW_S)
            try:
                for actor in tuple(self.actors.values()):
                    if not actor.lost:
                        await lane_store.renew_lease(
                            self._database, actor.lease, self._clock.now(), LEASE
                        )
                await self.take_free(decider, commander)
            except StoreError as error:
                log.warning("the lanes' leases were not renewed: %s", error)

    async def give_back(self) -> None:
        """End the leases, so that another process can take the lanes at once."""
        for actor in self.actors.values():
            try:
                await lane_store.give_back(self._database, actor.lease)
            except StoreError as error:
                log.info("the lease of lane %s runs out by itself: %s", actor.id, error)

    async def _take(self, row: LaneRow, decider: Decider, commander: Commander) -> None:
        now = self._clock.now()
        lease = await lane_store.take_lease(self._database, row.id, self._holder, now, LEASE)
        if lease is None:
            return
        state = await lane_store.load_state(self._database, row.id)
        await command_store.expire_pending(self._database, (row.id,), now)
        actor = LaneActor(
            row, lease, state, policy=lambda: decider.policy, store=self._store,
            clock=self._clock, metrics=self._metrics, decide=decider.start, order=commander.start,
        )  # fmt: skip
        self.actors[row.id] = actor
        log.info("lane %s is ours, token %s", row.id, lease.token)
        self._taken(actor)
