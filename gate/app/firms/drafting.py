"""Drafts: begun, saved at every change, copied, thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms.checking import Gate, examine
from gate.app.firms.errors import ChangedMeanwhile, NotAllowedNow, TooMany, UnknownRecord
from gate.app.firms.standing import must_be_approved
from gate.core.filing import content as contents
from gate.core.filing import record
from gate.core.filing.content import Content
from gate.core.filing.problems import Problem
from gate.store import drafts, filing
from gate.store.drafts import DraftRow
from gate.store.filing import FiledRow
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database

MOST_DRAFTS = 2_000
"""Drafts that a firm may have: a bound, not a target."""

KEPT = timedelta(days=365)
"""How long a draft is kept that nobody touches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A draft as it is stored now, and everything that is wrong with it."""

    draft: DraftRow
    problems: tuple[Problem, ...]


class Drafting:
    """What a firm does with drafts."""

    def __init__(self, database: Database, clock: Clock, gate: Gate) -> None:
        self._database = database
        self._clock = clock
        self._gate = gate

    async def new_draft(
        self, firm: UUID, *, actor: str, content: dict[str, Any] | None = None
    ) -> DraftRow:
        """Begin a draft, empty or with a content from elsewhere, tidied; raises ``TooMany``."""
        made, _ = contents.tidied(content or {})
        made.setdefault("gate", self._gate.site)
        return await self._begin(firm, made, actor)

    async def copy(self, firm: UUID, declaration: UUID, *, actor: str) -> DraftRow:
        """Begin a draft with what a declaration (or draft) of the firm says, without its times,
        seals and papers; raises ``UnknownRecord``.
        """
        async with self._database.connection() as connection:
            row = await filing.one(connection, firm, declaration)
            draft = await drafts.one(connection, firm, declaration)
            if draft is not None:
                found = draft.content
            elif row is not None:
                found = await content_of(connection, row)
            else:
                raise UnknownRecord("declaration")
        return await self._begin(firm, record.for_copy(found), actor)

    async def drafts(
        self, firm: UUID, *, after: Cursor | None = None, most: int = 50
    ) -> list[DraftRow]:
        """The firm's drafts, the last changed first."""
        return await drafts.listing(self._database, firm, after=after, most=most)

    async def draft(self, firm: UUID, draft: UUID) -> DraftRow:
        """One draft; raises ``UnknownRecord``."""
        async with self._database.connection() as connection:
            return _there(await drafts.one(connection, firm, draft))

    async def save(
        self,
        firm: UUID,
        draft: UUID,
        changes: dict[str, Any],
        *,
        actor: str,
        version: int | None = None,
        remove: tuple[str, ...] | list[str] = (),
    ) -> Saved:
        """Set fields (None clears) and take lines out; what can't be read is kept as typed.

        Without ``version`` the fields are merged into whatever the draft is now.

        Raises:
            UnknownRecord: no such draft of this firm.
            ChangedMeanwhile: the draft has another version; nothing was changed.
        """
        now = self._clock.now()
        async with self._database.transaction() as connection:
            row = _there(await drafts.one(connection, firm, draft, lock=True))
            if version is not None and row.version != version:
                raise ChangedMeanwhile(row.version)
            made, wrong = contents.changed(row.content, changes, tuple(remove))
            await drafts.save(connection, firm, draft, made, actor, now)
            checked = await examine(connection, firm, draft, made, self._gate, now)
            saved = _there(await drafts.one(connection, firm, draft))
        return Saved(draft=saved, problems=tuple(dict.fromkeys((*checked.problems, *wrong))))

    async def check(
        self, firm: UUID, content: Content, declaration: UUID | None = None
    ) -> tuple[Problem, ...]:
        """Everything that is wrong with a content; nothing is stored."""
        async with self._database.connection() as connection:
            but = declaration or UUID(int=0)
            now = self._clock.now()
            return (await examine(connection, firm, but, content, self._gate, now)).problems

    async def discard(self, firm: UUID, draft: UUID) -> None:
        """Throw a draft away; one that was submitted before is cancelled instead.

        Raises:
            UnknownRecord: no such draft.
            NotAllowedNow: it was submitted before, so that it has a number.
        """
        async with self._database.transaction() as connection:
            row = _there(await drafts.one(connection, firm, draft, lock=True))
            if row.number:
                raise NotAllowedNow("draft", f"{row.number} was submitted: cancel it instead")
            await drafts.remove(connection, firm, draft)

    async def forget(self) -> None:
        """Forget drafts that nobody touched for a year: they name drivers."""
        await drafts.forget(self._database, self._clock.now() - KEPT)

    async def _begin(self, firm: UUID, content: Content, actor: str) -> DraftRow:
        draft = self._clock.fresh()
        if await drafts.counted(self._database, firm) >= MOST_DRAFTS:
            raise TooMany(f"There are {MOST_DRAFTS} drafts: submit or throw away some first.")
        async with self._database.transaction() as connection:
            await must_be_approved(connection, firm)
            await drafts.add(connection, firm, draft, content, actor, self._clock.now())
            return _there(await drafts.one(connection, firm, draft))


async def content_of(connection: Connection, row: FiledRow) -> Content:
    """What was filed, or what the tables know of a declaration that another system filed."""
    if row.content:
        return row.content
    parts = await filing.parts_of(connection, row.id)
    known = {name: getattr(row, name) for name in ("direction", "gate", "gross_kg", "containers",
             "seals", "un_number", "window_from", "window_to")}  # fmt: skip
    return record.content_of({**known, **parts})


def _there(row: DraftRow | None) -> DraftRow:
    if row is None:
        raise UnknownRecord("draft")
    return row
