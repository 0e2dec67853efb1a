"""Counts how keys are used, in memory, and writes it down every few seconds."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import date
from uuid import UUID

from aiohttp import web

from gate.app.clock import Clock
from gate.store import api_keys, idempotency
from gate.store.errors import StoreError
from gate.store.pool import Database
from gate.web.api.repeats import KEPT

log = logging.getLogger(__name__)

PAUSE_S = 2.0
_FORGET_EVERY = 300
"""Rounds between two looks for answers that are too old: ten minutes."""


class Usage:
    """Calls and errors a key and day. What is not written yet is lost with the process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._counted: defaultdict[tuple[UUID, date], list[int]] = defaultdict(lambda: [0, 0])

    def count(self, key: UUID, *, error: bool) -> None:
        """Count one call."""
        counted = self._counted[key, self._clock.now().date()]
        counted[0] += 1
        counted[1] += error

    async def write(self) -> None:
        """Write down what was counted since the last time."""
        if not self._counted:
            return
        counted, self._counted = self._counted, defaultdict(lambda: [0, 0])
        try:
            plain = {place: (calls, errors) for place, (calls, errors) in counted.items()}
            await api_keys.count_uses(self._database, plain, self._clock.now())
        except StoreError as error:
            for place, (calls, errors) in counted.items():
                self._counted[place][0] += calls
                self._counted[place][1] += errors
            log.warning("usage could not be written: %s", error)

    async def run(self) -> None:
        """Write for ever, and put away answers that are too old."""
        rounds = 0
        while True:
            await asyncio.sleep(PAUSE_S)
            await self.write()
            rounds += 1
            if rounds % _FORGET_EVERY == 1:
                try:
                    await idempotency.forget(self._database, self._clock.now() - KEPT)
                except StoreError as error:
                    log.warning("old answers could not be put away: %s", error)


USAGE = web.AppKey("api_usage", Usage)
