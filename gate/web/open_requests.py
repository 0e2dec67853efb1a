"""Requests under way, by session: a stream ends with its session, not when its reader leaves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from gate.app.clock import Clock
from gate.store import sessions
from gate.store.errors import StoreError
from gate.store.pool import Database

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""A stream of a session that was ended or locked elsewhere lasts no longer than this."""


class OpenRequests:
    """Tasks that answer requests now, by the session that asked."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._tasks: dict[UUID, set[asyncio.Task[object]]] = {}

    @contextmanager
    def of(self, session: UUID) -> Iterator[None]:
        """While inside, this task answers a request of the session."""
        task = asyncio.current_task()
        assert task is not None
        tasks = self._tasks.setdefault(session, set())
        tasks.add(task)
        try:
            yield
        finally:
            tasks.discard(task)
            if not tasks:
                self._tasks.pop(session, None)

    def cut(self, session: UUID) -> None:
        """Break off all requests of a session but the one that asks for this."""
        for task in tuple(self._tasks.get(session, ())):
            if task is not asyncio.current_task():
                task.cancel()

    async def keep_honest(self) -> None:
        """Cut, for ever, what belongs to sessions that may not go on."""
        while True:
            await asyncio.sleep(LOOK_S)
            asked = list(self._tasks)
            if not asked:
                continue
            try:
                usable = await sessions.usable(self._database, asked, self._clock.now())
            except StoreError as error:
                log.info("open streams were not checked: %s", error)
                continue
            for session in asked:
                if session not in usable:
                    self.cut(session)
