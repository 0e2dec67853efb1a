"""Staff's side: accept or reject what was submitted, and give the authorities' words."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms import accepting, steps
from gate.app.firms.checking import Gate, examine
from gate.app.firms.drafting import content_of
from gate.app.firms.errors import Invalid, NotAllowedNow, UnknownRecord
from gate.app.firms.fees import FeeDesk
from gate.core.filing.life import CLEARABLE, Side
from gate.core.filing.problems import Problem, error
from gate.store import declaration_events, filing
from gate.store.declaration_events import EventRow
from gate.store.filing import FiledRow, Filter
from gate.store.paging import Cursor
from gate.store.pool import Database
from schemas.declarations import Clearance, DeclarationStatus

AUTHORITIES = ("customs", "border_guard", "quarantine")
STALE = timedelta(hours=24)
"""A declaration whose window ended this long ago, and whose truck never came, expires."""
_AT_ONCE = 500
_S = DeclarationStatus


class ClearanceDesk:
    """What clearance officers do. The caller has checked ``Permission.CLEARANCES``."""

    def __init__(self, database: Database, clock: Clock, gate: Gate, fees: FeeDesk) -> None:
        self._database = database
        self._clock = clock
        self._gate = gate
        self._fees = fees

    async def waiting(
        self,
        *,
        status: tuple[str, ...] = ("submitted",),
        text: str = "",
        after: Cursor | None = None,
        most: int = 50,
    ) -> list[FiledRow]:
        """Declarations of all firms in these statuses, the newest first."""
        wanted = Filter(status=status, text=text)
        return await filing.listing(self._database, None, wanted, after=after, most=most)

    async def listing(
        self, wanted: Filter, *, after: Cursor | None = None, most: int = 50
    ) -> list[FiledRow]:
        """Declarations of all firms, the newest first."""
        return await filing.listing(self._database, None, wanted, after=after, most=most)

    async def counts(self) -> dict[str, int]:
        """Status -> number of declarations of all firms."""
        return await filing.counts(self._database, None)

    async def one(self, declaration: UUID) -> FiledRow:
        """One declaration; raises ``UnknownRecord``."""
        async with self._database.connection() as connection:
            row = await filing.one(connection, None, declaration)
        if row is None:
            raise UnknownRecord("declaration")
        return row

    async def events(self, declaration: UUID) -> list[EventRow]:
        """What happened to the declaration, in order."""
        return await declaration_events.of_declaration(self._database, None, declaration)

    async def review(self, declaration: UUID) -> tuple[Problem, ...]:
        """What the machine's checks say of the declaration now."""
        row = await self.one(declaration)
        async with self._database.connection() as connection:
            content = await content_of(connection, row)
            now = self._clock.now()
            return (
                await examine(connection, row.firm_id, row.id, content, self._gate, now)
            ).problems

    async def accept(self, declaration: UUID, *, actor: str) -> FiledRow:
        """Accept what was submitted; raises ``UnknownRecord`` or ``NotAllowedNow``."""
        async with self._database.transaction() as connection:
            row = await steps.locked(connection, None, declaration)
            await accepting.accept(
                connection, row, self._fees, side=Side.STAFF, actor=actor, at=self._clock.now()
            )
            return await steps.locked(connection, None, declaration)

    async def reject(self, declaration: UUID, reason: str, *, actor: str) -> FiledRow:
        """Reject what was submitted, with the reason that the firm is told.

        Raises:
            Invalid: no reason. UnknownRecord, NotAllowedNow.
        """
        reason = reason.strip()[:1000]
        if not reason:
            raise Invalid([error("reason", "required")])
        async with self._database.transaction() as connection:
            row = await steps.locked(connection, None, declaration)
            await steps.take(
                connection, row, _S.REJECTED, Side.STAFF, actor=actor, at=self._clock.now(),
                reason=reason,
            )  # fmt: skip
            return await steps.locked(connection, None, declaration)

    async def set_clearance(
        self, declaration: UUID, authority: str, value: str, *, actor: str, note: str = ""
    ) -> FiledRow:
        """Give an authority's word; with the last yes the declaration is cleared.

        Raises:
            Invalid: no such authority or word; a refusal without a note.
            UnknownRecord.
            NotAllowedNow: not accepted yet, or the truck was let through.
        """
        words = [word.value for word in Clearance]
        if authority not in AUTHORITIES or value not in words:
            path = "value" if authority in AUTHORITIES else "authority"
            choices = ", ".join(words if authority in AUTHORITIES else AUTHORITIES)
            given = value if authority in AUTHORITIES else authority
            raise Invalid([error(path, "not_a_choice", value=given, choices=choices)])
        note = note.strip()[:1000]
        if value == Clearance.FAILED and not note:
            raise Invalid([error("note", "required")])
        now = self._clock.now()
        async with self._database.transaction() as connection:
            row = await steps.locked(connection, None, declaration)
            if row.status not in CLEARABLE:
                raise NotAllowedNow(row.status, "Clearances are given from acceptance to release")
            if getattr(row, authority) != value:
                await filing.set_words(connection, row.id, {authority: value}, now)
                await steps.note(
                    connection, row, "clearance", actor=actor, at=now, authority=authority,
                    word=value, note=note,
                )  # fmt: skip
                await steps.settle(connection, row.id, at=now, begun=value != Clearance.PENDING)
            return await steps.locked(connection, None, declaration)

    async def expire(self) -> int:
        """Expire what nobody came for; returns how many. Run every few minutes."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            found = await filing.open_past(connection, now - STALE, _AT_ONCE)
            for declaration in found:
                row = await steps.locked(connection, None, declaration)
                await steps.take(
                    connection, row, _S.EXPIRED, Side.MACHINE, actor="machine", at=now,
                    reason="the truck did not come",
                )  # fmt: skip
        return len(found)
