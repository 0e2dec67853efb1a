"""Keeps the statistics: counts finished transits within seconds, and looks after the lenses.

It has connections of its own with a time limit of its own: a long question about a year can
never make a lane wait. Several processes may run it; one counts at a time.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from gate.app.alarms_lens import LensWatch
from gate.app.clock import Clock
from gate.app.metrics import Metrics
from gate.app.statistics_figures import Figures
from gate.core.operations.facts import Ended, TransitFacts, facts_of
from gate.store import statistics_roll
from gate.store.errors import StoreError
from gate.store.pool import Connection, Database

log = logging.getLogger(__name__)

POOL_SIZE = 3
ACQUIRE_MS = 2_000
COMMAND_MS = 5_000
"""The longest that a statement of the statistics may take."""
EVERY_S = 1.0
LENSES_EVERY_S = 30.0
BATCH = 200
PATIENCE = timedelta(seconds=60)
"""A picture that is still being read may keep its transit from being counted this long."""


class Statistics:
    """Counts for ever. ``database`` is for everybody who asks for figures, ``figures`` are
    those of the present.
    """

    def __init__(
        self, lanes: Database, site: str, zone: str, clock: Clock, metrics: Metrics
    ) -> None:
        self.database = lanes.beside(size=POOL_SIZE, acquire_ms=ACQUIRE_MS, command_ms=COMMAND_MS)
        self.zone = zone
        self.figures = Figures(self.database, site, zone, clock)
        self._clock = clock
        self._metrics = metrics
        self._lenses = LensWatch(self.database, clock, metrics)

    async def open(self) -> None:
        """Connect; raises ``DatabaseDown``."""
        await self.database.open()

    async def close(self) -> None:
        """Close the connections."""
        await self.database.close()

    async def run(self) -> None:
        """Count and judge for ever; a database that is away only delays it."""
        look_at = 0.0
        while True:
            try:
                while await self.count() == BATCH:
                    pass
                if self._clock.monotonic() >= look_at:
                    look_at = self._clock.monotonic() + LENSES_EVERY_S
                    await self._lenses.look()
            except StoreError as error:
                self._metrics.database_errors.labels(code=error.code).inc()
                log.warning("the statistics wait for the database: %s", error)
            await asyncio.sleep(EVERY_S)

    async def count(self) -> int:
        """Count what is due, at most a batch; returns how many transits were taken."""
        async with self.database.transaction() as connection:
            if not await statistics_roll.try_lock(connection):
                return 0
            patient = self._clock.now() - PATIENCE
            ids = await statistics_roll.due(connection, patient, BATCH)
            if not ids:
                return 0
            ended = await statistics_roll.gather(connection, ids)
            facts = [found for one in ended if (found := await self._facts(connection, one))]
            await statistics_roll.write(connection, facts, self.zone)
            await statistics_roll.taken(connection, ids)
            return len(ids)

    async def _facts(self, connection: Connection, one: Ended) -> TransitFacts | None:
        """The transit's facts; one whose record is not as it should be is set aside.

        Statistics must never stop a lane: this part of the service may not fail over a record.
        """
        try:
            return facts_of(one)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            log.exception("transit %s can't be counted; it is set aside", one.id)
            self._metrics.alarms.labels(kind="STATISTICS_FAILED").inc()
            await statistics_roll.set_aside(connection, one.id, repr(error))
            return None

    async def look_at_lenses(self) -> None:
        """Judge every camera now."""
        await self._lenses.look()
