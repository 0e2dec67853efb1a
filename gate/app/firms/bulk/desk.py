"""Uploads: read and shown first, filed when the firm says so."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms.bulk import sheets
from gate.app.firms.bulk.filer import Filer
from gate.app.firms.bulk.preview import (
    Preview,
    PreviewRow,
    from_parts,
    problems_from_plain,
    to_text,
)
from gate.app.firms.bulk.progress import Progress, progress_of
from gate.app.firms.bulk.rows import Gathered, columns_of, gather
from gate.app.firms.bulk.table import MOST_BYTES, MOST_ROWS, read_table
from gate.app.firms.checking import Gate, known_vehicle
from gate.app.firms.errors import Invalid, NotAllowedNow, StillFiling, UnknownRecord
from gate.app.firms.filing import Filing
from gate.app.firms.notices import Notices
from gate.app.firms.standing import must_be_approved
from gate.app.firms.wording import Translate
from gate.core.filing.check import Surroundings, check
from gate.core.filing.content import text_at
from gate.core.filing.problems import error, errors_in
from gate.store import bulk_commits, bulk_previews, vehicles
from gate.store.bulk_commits import CommitRow, ResultRow
from gate.store.pool import Connection, Database

KEPT = timedelta(hours=1)
KEPT_FILED = timedelta(hours=24)
"""How long what became of an upload can be looked at."""
MOST_TOLD = 50
"""Problems that a refusal names."""
MOST_UNDER_WAY = 3
"""Uploads of one firm that are filed at once; a fourth waits until one is done."""
MOST_PREVIEWS = 20
"""Uploads of one firm that are kept: the newest, and those that are being filed."""
SAME_TIME = 1
"""Files read at once: each may take a second of a core."""


class Bulk:
    """Files many declarations at once. Times that name no zone are the gate's."""

    MOST_BYTES = MOST_BYTES
    MOST_ROWS = MOST_ROWS

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
        self.filer = Filer(database, clock, gate, filing, notices, pages)
        self._slots = asyncio.Semaphore(SAME_TIME)

    def template(self, language: str) -> bytes:
        """The XLSX to fill in."""
        return sheets.template(language)

    async def report(
        self, firm: UUID, preview: Preview, language: str, translate: Translate
    ) -> bytes:
        """The XLSX of all problems; once it was filed, of those for which something was not."""
        asked = await self.progress(firm, preview.id)
        rows = preview.rows if asked is None else await self.wrong(firm, preview)
        return await asyncio.to_thread(sheets.report, rows, language, translate)

    async def preview(self, firm: UUID, name: str, data: bytes) -> Preview:
        """Read a file and say what would be filed; it is kept for an hour.

        Raises:
            UploadRefused: no table that can be read, or above a limit.
        """
        async with self._slots:
            table = await asyncio.to_thread(read_table, data)
            columns = columns_of(table)
            gate = self._gate
            found = await asyncio.to_thread(gather, table, columns, gate.zone, gate.site)
        made = Preview(
            id=self._clock.fresh(), name=_plain_name(name), kind=table.kind,
            encoding=table.encoding, columns=tuple(h.path for _, h in columns.known),
            unknown_columns=columns.unknown, rows=await self._checked(firm, found),
            created_at=self._clock.now(),
        )  # fmt: skip
        await self._keep(firm, made)
        return made

    async def take_up(
        self,
        firm: UUID,
        found: list[Gathered],
        *,
        actor: str,
        all_or_nothing: bool,
        submit: bool,
    ) -> Progress:
        """Check many declarations of a program and ask that they be filed; raises as ``commit``,
        and keeps nothing where it does.
        """
        rows = await self._checked(firm, found)
        made = Preview(
            id=self._clock.fresh(), name=actor, kind="api", encoding="", columns=(),
            unknown_columns=(), rows=rows, created_at=self._clock.now(),
        )  # fmt: skip
        if all_or_nothing and made.bad:
            wrong = [replace(problem, path=f"items.{row.numbers[0] - 1}.content.{problem.path}")
                     for row in made.bad for problem in errors_in(row.problems)]  # fmt: skip
            raise Invalid(wrong[:MOST_TOLD])
        async with self._database.connection() as connection:
            if await bulk_commits.under_way(connection, firm) >= MOST_UNDER_WAY:
                raise StillFiling
        await self._keep(firm, made)
        return await self.commit(
            firm, made.id, actor=actor, all_or_nothing=all_or_nothing, submit=submit
        )

    async def shown(self, firm: UUID, preview: UUID) -> Preview:
        """A preview that is kept; raises ``UnknownRecord``."""
        async with self._database.connection() as connection:
            return await self._found(connection, firm, preview, lock=False)

    async def commit(
        self, firm: UUID, preview: UUID, *, actor: str, all_or_nothing: bool, submit: bool
    ) -> Progress:
        """Ask that what a preview showed be filed: as drafts, or submitted. It goes on beside the
        requests (``Filer``); asking the same again changes nothing.

        ``all_or_nothing`` files nothing where one has a problem, in one transaction; else each
        good one is filed by itself, and what is left is named with its problems.

        Raises:
            UnknownRecord: no such preview, or it is over an hour old.
            FirmNotApproved.
            NotAllowedNow: something else was asked for it before.
            StillFiling: as many of the firm's are being filed as may be at once.
            Invalid: all or nothing, and there are problems.
        """
        async with self._database.transaction() as connection:
            made = await self._found(connection, firm, preview, lock=True)
            before = await bulk_commits.one(connection, firm, preview)
            if before is not None:
                if (before.all_or_nothing, before.submit) != (all_or_nothing, submit):
                    raise NotAllowedNow("filed", "This upload was filed already")
                return await progress_of(connection, before)
            await must_be_approved(connection, firm)
            if all_or_nothing and made.bad:
                raise Invalid(made.bad[0].problems)
            if await bulk_commits.under_way(connection, firm) >= MOST_UNDER_WAY:
                raise StillFiling
            asked = CommitRow(
                upload_id=preview, firm_id=firm, actor=actor, all_or_nothing=all_or_nothing,
                submit=submit, rows=len(made.good), left_out=len(made.bad),
                asked_at=self._clock.now(), ended_at=None, stopped="",
            )  # fmt: skip
            await bulk_commits.add(connection, asked)
            await bulk_previews.committed(connection, firm, preview, asked.asked_at)
            found = await progress_of(connection, asked)
        self.filer.wake()
        return found

    async def progress(self, firm: UUID, preview: UUID) -> Progress | None:
        """How far the filing of an upload is, or None where it was not asked for."""
        async with self._database.connection() as connection:
            asked = await bulk_commits.one(connection, firm, preview)
            return None if asked is None else await progress_of(connection, asked)

    async def recent(self, firm: UUID, most: int = 10) -> list[tuple[str, Progress]]:
        """The firm's uploads of the last day that were or are being filed, by their files' names,
        the newest first.
        """
        rows = await bulk_commits.recent(self._database, firm, most)
        async with self._database.connection() as connection:
            return [(name, await progress_of(connection, asked)) for asked, name in rows]

    async def results(
        self, firm: UUID, preview: UUID, *, after: int = 0, most: int = 200, refused: bool = False
    ) -> list[ResultRow]:
        """What became of the declarations whose first row comes after this one, in order."""
        return await bulk_commits.results(
            self._database, firm, preview, after=after, most=most, refused=refused
        )

    async def wrong(self, firm: UUID, preview: Preview) -> tuple[PreviewRow, ...]:
        """What was not filed, with its problems, in order; before filing what can't be."""
        done = await self.progress(firm, preview.id)
        if done is None:
            return preview.bad
        found = await self.results(firm, preview.id, most=MOST_ROWS)
        said = {one.line: one for one in found}
        left = []
        for row in preview.rows:
            one = said.get(row.numbers[0])
            if not row.good:
                left.append(row)
            elif one is not None and one.declaration_id is None:
                left.append(replace(row, problems=problems_from_plain(one.problems)))
            elif one is None and done.ended_at is not None:
                left.append(replace(row, problems=(error("", "not_filed"),)))
        return tuple(left)

    async def forget(self) -> None:
        """Forget what was read and not filed after an hour, and what was filed after a day."""
        now = self._clock.now()
        await bulk_previews.forget(self._database, now - KEPT, now - KEPT_FILED)

    async def _checked(self, firm: UUID, found: list[Gathered]) -> tuple[PreviewRow, ...]:
        around = await self._around(firm, found)
        return tuple([await self._shown(one, around) for one in found])

    async def _keep(self, firm: UUID, made: Preview) -> None:
        text = await asyncio.to_thread(to_text, made)
        await bulk_previews.add(
            self._database, firm, made.id, made.name, text, made.created_at, MOST_PREVIEWS
        )

    async def _around(self, firm: UUID, found: list[Gathered]) -> Surroundings:
        plates = {text_at(one.content, f"{group}.plate")
                  for one in found for group in ("tractor", "trailer")}  # fmt: skip
        async with self._database.connection() as connection:
            fleet = await vehicles.by_plates(connection, firm, sorted(plates - {""}))
        return Surroundings(
            now=self._gate.local(self._clock.now()), gates=frozenset({self._gate.site}),
            fleet={place: known_vehicle(row) for place, row in fleet.items()},
        )  # fmt: skip

    async def _shown(self, one: Gathered, around: Surroundings) -> PreviewRow:
        await asyncio.sleep(0)  # lanes of the same process go on between two rows
        problems = tuple(dict.fromkeys((*check(one.content, around), *one.problems)))
        places = {path: row for path, row in one.places.items() if row != one.rows[0]}
        return PreviewRow(
            reference=one.reference, numbers=tuple(one.rows), content=one.content,
            problems=problems, places=places,
        )  # fmt: skip

    async def _found(
        self, connection: Connection, firm: UUID, preview: UUID, *, lock: bool
    ) -> Preview:
        row = await bulk_previews.one(connection, firm, preview, lock=lock)
        made = None if row is None else await asyncio.to_thread(from_parts, *row)
        if made is None or (
            made.committed_at is None and made.created_at < self._clock.now() - KEPT
        ):
            raise UnknownRecord("upload")
        return made


def _plain_name(name: str) -> str:
    """The file's name for people: no folders, nothing that can't be printed."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable())[:120] or "upload"
