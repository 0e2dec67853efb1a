"""Uploads: read and shown first, filed when the firm says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from gate.app.clock import Clock
from gate.app.firms.bulk import sheets
from gate.app.firms.bulk.preview import Preview, PreviewRow, from_text, to_text
from gate.app.firms.bulk.rows import Gathered, columns_of, gather
from gate.app.firms.bulk.table import MOST_BYTES, MOST_ROWS, read_table
from gate.app.firms.checking import known_vehicle
from gate.app.firms.errors import FirmsError, Invalid, NotAllowedNow, UnknownRecord
from gate.app.firms.filing import Filing
from gate.app.firms.standing import must_be_approved
from gate.app.firms.wording import Translate
from gate.core.filing.check import Surroundings, check
from gate.core.filing.content import text_at
from gate.core.filing.problems import Problem
from gate.store import bulk_previews, vehicles
from gate.store.pool import Connection, Database

KEPT = timedelta(hours=1)
MOST_PREVIEWS = 10
"""Previews of one firm that are kept: the newest."""
SAME_TIME = 1
"""Files read at once: each may take a second of a core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledOne:
    """A declaration of an upload that was filed; ``number`` is empty for a draft."""

    reference: str
    row: int
    id: UUID
    number: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOne:
    """One that was not filed, and why."""

    reference: str
    row: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What became of an upload."""

    filed: tuple[FiledOne, ...]
    left: tuple[LeftOne, ...]


class Bulk:
    """Files many declarations at once. ``zone`` is of times that name none."""

    MOST_BYTES = MOST_BYTES
    MOST_ROWS = MOST_ROWS

    def __init__(
        self, database: Database, clock: Clock, site: str, filing: Filing, zone: ZoneInfo
    ) -> None:
        self._database = database
        self._clock = clock
        self._site = site
        self._filing = filing
        self._zone = zone
        self._slots = asyncio.Semaphore(SAME_TIME)

    def template(self, language: str) -> bytes:
        """The XLSX to fill in."""
        return sheets.template(language)

    def report(self, preview: Preview, language: str, translate: Translate) -> bytes:
        """The XLSX of everything that is wrong."""
        return sheets.report(preview, language, translate)

    async def preview(self, firm: UUID, name: str, data: bytes) -> Preview:
        """Read a file and say what would be filed; it is kept for an hour.

        Raises:
            UploadRefused: no table that can be read, or above a limit.
        """
        async with self._slots:
            table = await asyncio.to_thread(read_table, data)
            columns = columns_of(table)
            found = await asyncio.to_thread(gather, table, columns, self._zone, self._site)
        around = await self._around(firm, found)
        rows = tuple([await self._shown(one, around) for one in found])
        made = Preview(
            id=self._clock.fresh(), name=_plain_name(name), kind=table.kind,
            encoding=table.encoding, columns=tuple(h.path for _, h in columns.known),
            unknown_columns=columns.unknown, rows=rows, created_at=self._clock.now(),
        )  # fmt: skip
        text = await asyncio.to_thread(to_text, made)
        await bulk_previews.add(
            self._database, firm, made.id, made.name, text, made.created_at, MOST_PREVIEWS
        )
        return made

    async def shown(self, firm: UUID, preview: UUID) -> Preview:
        """A preview that is kept; raises ``UnknownRecord``."""
        async with self._database.connection() as connection:
            return await self._found(connection, firm, preview, lock=False)

    async def commit(
        self, firm: UUID, preview: UUID, *, actor: str, all_or_nothing: bool, submit: bool
    ) -> Committed:
        """File what a preview showed: as drafts, or submitted.

        ``all_or_nothing`` files nothing where one has a problem, in one transaction; else each
        good one is filed by itself, and what is left is named with its problems.

        Raises:
            UnknownRecord: no such preview, or it is over an hour old.
            NotAllowedNow: it was filed already.
            Invalid: all or nothing, and there are problems.
        """
        if all_or_nothing:
            async with self._database.transaction() as connection:
                made = await self._take(connection, firm, preview)
                if made.bad:
                    raise Invalid(made.bad[0].problems)
                filed = [await self._file(connection, firm, row, actor, submit)
                         for row in made.rows]  # fmt: skip
            return Committed(filed=tuple(filed), left=())
        async with self._database.transaction() as connection:
            made = await self._take(connection, firm, preview)
        done, left = [], [_left(row, row.problems) for row in made.bad]
        for row in made.good:
            try:
                async with self._database.transaction() as connection:
                    done.append(await self._file(connection, firm, row, actor, submit))
            except Invalid as error:
                left.append(_left(row, error.problems))
            except (FirmsError, asyncpg.IntegrityConstraintViolationError):
                left.append(_left(row, row.problems))
        return Committed(filed=tuple(done), left=tuple(left))

    async def forget(self) -> None:
        """Forget previews that are too old."""
        await bulk_previews.forget(self._database, self._clock.now() - KEPT)

    async def _around(self, firm: UUID, found: list[Gathered]) -> Surroundings:
        plates = {text_at(one.content, f"{group}.plate")
                  for one in found for group in ("tractor", "trailer")}  # fmt: skip
        async with self._database.connection() as connection:
            fleet = await vehicles.by_plates(connection, firm, sorted(plates - {""}))
        return Surroundings(
            now=self._clock.now(), gates=frozenset({self._site}),
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
        made = None if row is None else await asyncio.to_thread(from_text, *row)
        if made is None or made.created_at < self._clock.now() - KEPT:
            raise UnknownRecord("upload")
        return made

    async def _take(self, connection: Connection, firm: UUID, preview: UUID) -> Preview:
        await must_be_approved(connection, firm)
        made = await self._found(connection, firm, preview, lock=True)
        if made.committed_at is not None:
            raise NotAllowedNow("filed", "This upload was filed already")
        await bulk_previews.committed(connection, firm, preview, self._clock.now())
        return made

    async def _file(
        self, connection: Connection, firm: UUID, row: PreviewRow, actor: str, submit: bool
    ) -> FiledOne:
        draft, filed = await self._filing.file(
            connection, firm, row.content, actor=actor, submit=submit
        )
        return FiledOne(
            reference=row.reference, row=row.numbers[0], id=draft,
            number=filed.declaration.number if filed else "",
            status=filed.declaration.status if filed else "draft",
        )  # fmt: skip


def _left(row: PreviewRow, problems: tuple[Problem, ...]) -> LeftOne:
    return LeftOne(reference=row.reference, row=row.numbers[0], problems=problems)


def _plain_name(name: str) -> str:
    """The file's name for people: no folders, nothing that can't be printed."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable())[:120] or "upload"
