"""Files uploads beside the requests, piece by piece, each declaration exactly once.

What became of a declaration is written in the transaction that files it. So a service that ends
in the middle goes on after its start where it stood, and two services don't file the same twice.
One piece is filed at a time, and the firms take turns: none can fill the service.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

import asyncpg

from gate.app.clock import Clock
from gate.app.firms import many
from gate.app.firms.bulk.ending import EVENT, ending_of
from gate.app.firms.bulk.preview import Preview, PreviewRow, from_parts, problems_to_plain
from gate.app.firms.checking import Gate
from gate.app.firms.errors import FirmNotApproved, Invalid
from gate.app.firms.filing import Filing
from gate.app.firms.many import Outcome
from gate.app.firms.notices import Notices
from gate.core.filing.problems import error
from gate.store import bulk_commits, bulk_previews
from gate.store.bulk_commits import CommitRow, ResultRow
from gate.store.errors import StoreError
from gate.store.pool import Connection, Database

log = logging.getLogger(__name__)

PIECE = 100
"""Declarations of one transaction: enough that a statement a table pays, few enough that a lane's
own statements don't wait behind it."""
PAUSE_S = 1.0
_FAULTS = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, KeyError, ValueError,
           TypeError)  # fmt: skip
"""What one declaration of a piece can bring down the whole piece with."""


class _OneRefused(Exception):
    """All or nothing, and something has problems now."""

    def __init__(self, results: list[ResultRow]) -> None:
        super().__init__("something of an upload can't be filed")
        self.results = results


class Filer:
    """Files what was asked for; ``wake`` after something new was. ``pages``: where the pages are,
    for the link in the letter.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        gate: Gate,
        filing: Filing,
        notices: Notices,
        pages: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._gate = gate
        self._filing = filing
        self._notices = notices
        self._pages = pages
        self._asked = asyncio.Event()
        self._last: Preview | None = None

    def wake(self) -> None:
        """Look now: something new was asked for."""
        self._asked.set()

    async def run(self) -> None:
        """Work for ever; a database that is away is waited for."""
        while True:
            self._asked.clear()
            try:
                more = await self.work()
            except StoreError as problem:
                log.warning("uploads could not be filed on: %s", problem)
                more = False
            if not more:
                try:
                    async with asyncio.timeout(PAUSE_S):
                        await self._asked.wait()
                except TimeoutError:
                    continue

    async def work(self) -> bool:
        """File a piece of the upload that waited longest; False where nothing is to be done."""
        asked: CommitRow | None = None
        try:
            async with self._database.transaction() as connection:
                asked = await bulk_commits.take(connection)
                if asked is None:
                    self._last = None
                    return False
                await self._turn(connection, asked)
            return True
        except asyncpg.PostgresError as problem:
            if asked is None:
                raise
            log.exception("upload %s could not be filed on: %s", asked.upload_id, problem)
            async with self._database.transaction() as connection:
                await bulk_commits.had_turn(connection, asked.upload_id, self._clock.now())
            return False

    async def _turn(self, connection: Connection, asked: CommitRow) -> None:
        upload, now = asked.upload_id, self._clock.now()
        try:
            async with connection.transaction():
                more = await self._piece(connection, asked)
        except FirmNotApproved:
            await self._end(connection, asked, "firm_not_approved")
        except _OneRefused as refused:
            await bulk_commits.add_results(connection, asked.firm_id, upload, refused.results)
            await self._end(connection, asked, "row_refused")
        except ValueError as problem:
            log.exception("upload %s can't be read any more: %s", upload, problem)
            await self._end(connection, asked, "unreadable")
        else:
            if more:
                await bulk_commits.had_turn(connection, upload, now)
            else:
                await self._end(connection, asked)

    async def _end(self, connection: Connection, asked: CommitRow, stopped: str = "") -> None:
        """End it, and tell the firm in one letter: its declarations' first events send none."""
        await bulk_commits.end(connection, asked.upload_id, self._clock.now(), stopped)
        if not asked.submit:
            return
        known = self._last if self._last and self._last.id == asked.upload_id else None
        try:
            async with connection.transaction():
                told = await ending_of(connection, asked, known, stopped, self._pages)
                await self._notices.tell(connection, asked.firm_id, EVENT, told.facts, told.lines)
        except _FAULTS as problem:
            # What was filed stays filed: the upload's page says the same as the letter would.
            log.exception("no letter about upload %s: %s", asked.upload_id, problem)

    async def _piece(self, connection: Connection, asked: CommitRow) -> bool:
        """File a piece, or all where it is all or nothing; True where more is left."""
        preview = await self._preview(connection, asked)
        begun = await bulk_commits.last_line(connection, asked.upload_id)
        rows = [row for row in preview.good if row.numbers[0] > begun]
        while rows:
            piece, rows = rows[:PIECE], rows[PIECE:]
            outcomes = await self._outcomes(connection, asked, piece)
            results = [self._result(row, one)
                       for row, one in zip(piece, outcomes, strict=True)]  # fmt: skip
            if asked.all_or_nothing and any(one.id is None for one in outcomes):
                raise _OneRefused([one for one in results if one.declaration_id is None])
            await bulk_commits.add_results(connection, asked.firm_id, asked.upload_id, results)
            if not asked.all_or_nothing:
                break
        return bool(rows)

    async def _outcomes(
        self, connection: Connection, asked: CommitRow, rows: Sequence[PreviewRow]
    ) -> list[Outcome]:
        """File a piece at once, or where that can't be, each declaration by itself."""
        contents = [row.content for row in rows]
        try:
            async with connection.transaction():
                if not asked.submit:
                    return await many.draft_many(
                        connection, asked.firm_id, contents, actor=asked.actor, clock=self._clock
                    )
                return await many.submit_many(
                    connection, asked.firm_id, contents, actor=asked.actor, gate=self._gate,
                    tariff=self._filing.fees.tariff, clock=self._clock,
                )  # fmt: skip
        except _FAULTS as problem:
            log.info("a piece of upload %s is filed one by one: %s", asked.upload_id, problem)
        return [await self._alone(connection, asked, row) for row in rows]

    async def _alone(self, connection: Connection, asked: CommitRow, row: PreviewRow) -> Outcome:
        try:
            async with connection.transaction():
                draft, filed = await self._filing.file(
                    connection, asked.firm_id, row.content, actor=asked.actor, submit=asked.submit
                )
        except Invalid as invalid:
            return Outcome(problems=invalid.problems)
        except _FAULTS as problem:
            log.exception("row %s of upload %s: %s", row.numbers[0], asked.upload_id, problem)
            return Outcome(problems=(error("", "not_filed"),))
        if filed is None:
            return Outcome(id=draft, status="draft")
        made = filed.declaration
        return Outcome(id=made.id, number=made.number, status=made.status)

    def _result(self, row: PreviewRow, outcome: Outcome) -> ResultRow:
        problems = () if outcome.id is not None else outcome.problems
        return ResultRow(
            id=self._clock.fresh(), line=row.numbers[0], reference=row.reference,
            declaration_id=outcome.id, number=outcome.number, status=outcome.status,
            problems=problems_to_plain(problems),
        )  # fmt: skip

    async def _preview(self, connection: Connection, asked: CommitRow) -> Preview:
        """What shall be filed; the last one is kept, since reading thousands of rows takes long.

        Raises:
            ValueError: it can't be read.
        """
        if self._last is None or self._last.id != asked.upload_id:
            self._last = await _read(connection, asked.firm_id, asked.upload_id)
        return self._last


async def _read(connection: Connection, firm: UUID, upload: UUID) -> Preview:
    row = await bulk_previews.one(connection, firm, upload)
    if row is None:
        raise ValueError("there is no such upload")
    return await asyncio.to_thread(from_parts, *row)
