"""LISTEN for changes of lanes on a connection of its own, which is probed and renewed.

A LISTEN connection can die without a word (asyncpg#519): it is asked every few seconds, and
after each gap the watcher is told to look at everything anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import asyncpg

from gate.store.lane_change import CHANNEL
from gate.store.pool import Database

log = logging.getLogger(__name__)

PROBE_S = 5.0
RENEW_S = 1.0
_GONE = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    TimeoutError,
)


class LaneListener:
    """Calls ``changed(lane)`` at each notification and ``gap()`` after each lost connection."""

    def __init__(
        self, database: Database, changed: Callable[[str], None], gap: Callable[[], None]
    ) -> None:
        self._database = database
        self._changed = changed
        self._gap = gap
        self.renewals = 0

    async def run(self) -> None:
        """Listen for ever."""
        while True:
            try:
                await self._listen_once()
            except _GONE as error:
                self.renewals += 1
                log.info("the LISTEN connection is renewed: %s", error)
                await asyncio.sleep(RENEW_S)

    async def _listen_once(self) -> None:
        connection = await asyncpg.connect(
            self._database.url, timeout=PROBE_S, server_settings=self._database.session
        )
        try:
            await connection.add_listener(CHANNEL, self._heard)
            self._gap()
            while True:
                await asyncio.sleep(PROBE_S)
                await connection.fetchval("SELECT 1", timeout=PROBE_S)
        finally:
            connection.terminate()

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        self._changed(payload)
