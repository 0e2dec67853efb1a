"""Fees: charged by the tariff when a declaration is accepted, settled by the cashier."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms import steps
from gate.app.firms.errors import Invalid, NotAllowedNow, UnknownRecord
from gate.core.filing.problems import error
from gate.store import fees, filing
from gate.store.fees import FeeRow
from gate.store.filing import FiledRow
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database
from schemas.tariff import Tariff


class FeeDesk:
    """The cashier's desk. The fee clearance follows what is due, paid and waived."""

    def __init__(self, database: Database, clock: Clock, tariff: Tariff) -> None:
        self._database = database
        self._clock = clock
        self.tariff = tariff

    async def of(self, firm: UUID | None, declaration: UUID) -> list[FeeRow]:
        """The declaration's fees."""
        return await fees.of_declaration(self._database, firm, declaration)

    async def due(
        self, firm: UUID | None, *, after: Cursor | None = None, most: int = 100
    ) -> list[FeeRow]:
        """Fees that are due, of the firm or (None, for staff) of all, the newest first."""
        return await fees.due(self._database, firm, after=after, most=most)

    async def pay(self, fee: UUID, *, actor: str, reference: str) -> None:
        """Note that a fee was paid, with the receipt's number.

        Raises:
            UnknownRecord, Invalid.
            NotAllowedNow: it is not due any more.
        """
        await self._settle(fee, "paid", actor, reference)

    async def waive(self, fee: UUID, reason: str, *, actor: str) -> None:
        """Waive a fee, with the reason; raises as ``pay``."""
        await self._settle(fee, "waived", actor, reason)

    async def charge(self, connection: Connection, row: FiledRow, *, at: datetime) -> None:
        """The fees of the accepted declaration become due; the fee clearance says so."""
        kind, permitted = await filing.tractor_of(connection, row.id)
        lines = self.tariff.due(direction=row.direction, kind=kind, permitted_kg=permitted)
        for line in lines:
            await fees.add(
                connection, fee=self._clock.fresh(), declaration=row.id, firm=row.firm_id,
                code=line.code, amount=line.amount, currency=self.tariff.currency, at=at,
            )  # fmt: skip
        await self._follow(connection, row.id, at)

    async def _settle(self, fee: UUID, to: str, actor: str, reference: str) -> None:
        reference, now = reference.strip()[:200], self._clock.now()
        if not reference:
            raise Invalid([error("reference", "required")])
        async with self._database.transaction() as connection:
            declaration = await fees.declaration_of(connection, fee)
            if declaration is None:
                raise UnknownRecord("fee")
            row = await steps.locked(connection, None, declaration)
            done = await fees.settle(connection, fee, to=to, by=actor, reference=reference, at=now)
            if done is None:
                raise NotAllowedNow("settled", "This fee is not due any more")
            await steps.note(connection, row, "fee", actor=actor, at=now, done=to)
            await self._follow(connection, declaration, now)
            await steps.settle(connection, declaration, at=now)

    async def _follow(self, connection: Connection, declaration: UUID, at: datetime) -> None:
        due, settled = await fees.standing(connection, declaration)
        word = "pending" if due else "passed" if settled else "not_needed"
        await filing.set_words(connection, declaration, {"fee": word}, at)
