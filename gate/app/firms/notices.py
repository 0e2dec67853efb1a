"""Turns events into letters and web calls, all of one event in one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from gate.app.clock import Clock
from gate.app.firms import events, wording
from gate.app.firms.wording import Translate
from gate.store import deliveries, firms, letter_choices, letters, notices, webhooks
from gate.store.errors import StoreError
from gate.store.letters import LetterRow
from gate.store.notices import NoticeRow
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database

log = logging.getLogger(__name__)

PAUSE_S = 0.5
AT_ONCE = 100
KEPT = timedelta(days=90)
"""How long letters and deliveries with their attempts can be looked at."""
_AGAIN = timedelta(seconds=30)
Lines = Callable[[str, Translate], Sequence[str]]
"""(language, translate) -> what stands below a letter's sentences, line by line."""


class Notices:
    """Tells firms what happened. ``translate`` is set by the pages, which have the catalogues."""

    def __init__(self, database: Database, clock: Clock, site: str) -> None:
        self._database = database
        self._clock = clock
        self._site = site
        self.translate: Translate = wording.english

    async def letters(
        self, firm: UUID, *, after: Cursor | None = None, most: int = 50
    ) -> list[LetterRow]:
        """What the firm was written, the newest first."""
        return await letters.listing(self._database, firm, after=after, most=most)

    async def tell(
        self,
        connection: Connection,
        firm: UUID,
        event: str,
        facts: dict[str, str],
        lines: Lines | None = None,
    ) -> None:
        """Write a letter to a firm about something that is no declaration's event."""
        row = await firms.reached(connection, firm)
        if row is None or event in await letter_choices.unwanted(connection, firm):
            return
        email, language = row
        more = () if lines is None else lines(language, self.translate)
        await self._write(connection, firm, email, language, event, facts, more)

    async def forget(self) -> None:
        """Forget letters and web calls that are too old."""
        before = self._clock.now() - KEPT
        await letters.forget(self._database, before)
        await deliveries.forget(self._database, before)

    async def run(self) -> None:
        """Work for ever; a database that is away is waited for."""
        while True:
            try:
                count = await self.work()
            except StoreError as error:
                log.warning("events could not be told on: %s", error)
                count = 0
            if count < AT_ONCE:
                await asyncio.sleep(PAUSE_S)

    async def work(self) -> int:
        """Turn what is due into letters and web calls; returns how many events."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            found = await notices.take(connection, now, AT_ONCE)
            for notice in found:
                try:
                    async with connection.transaction():
                        await self._expand(connection, notice)
                        await notices.done(connection, notice.id)
                except (asyncpg.PostgresError, KeyError, ValueError) as error:
                    log.exception("event %s: %s", notice.id, error)
                    await notices.later(connection, notice.id, now, _AGAIN * (notice.tries + 1))
        return len(found)

    async def _expand(self, connection: Connection, notice: NoticeRow) -> None:
        name, now = events.name_of(notice), self._clock.now()
        for webhook in await webhooks.wanting(connection, notice.firm_id, name):
            delivery = self._clock.fresh()
            await deliveries.add(
                connection, delivery=delivery, webhook=webhook, firm=notice.firm_id, event=name,
                body=events.body_of(name, delivery, notice), at=now,
            )  # fmt: skip
        if notice.uploaded:
            return
        letter = events.letter_name(notice)
        if letter not in await letter_choices.unwanted(connection, notice.firm_id):
            await self._write(
                connection, notice.firm_id, notice.email, notice.language, letter,
                events.facts_of(notice),
            )  # fmt: skip

    async def _write(
        self,
        connection: Connection,
        firm: UUID,
        email: str,
        language: str,
        event: str,
        facts: dict[str, str],
        lines: Sequence[str] = (),
    ) -> None:
        text = wording.letter(event, facts, language, self.translate, self._site, lines)
        if not email or text is None:
            return
        await letters.add(
            connection, letter=self._clock.fresh(), firm=firm, recipient=email, language=language,
            subject=text[0], body=text[1], at=self._clock.now(),
        )  # fmt: skip
