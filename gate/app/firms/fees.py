"""Fees: charged by the tariff when a declaration is accepted and anew when it is amended, settled
by the cashier.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms import steps
from gate.app.firms.errors import Invalid, NotAllowedNow, UnknownRecord
from gate.core.filing.dues import rebalanced
from gate.core.filing.problems import error
from gate.store import fees, filing
from gate.store.fees import FeeRow
from gate.store.filing import FiledRow
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database
from schemas.declarations import Clearance, DeclarationStatus
from schemas.tariff import Tariff

_MACHINE = "machine"


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
        return await fees.open_items(self._database, firm, "due", after=after, most=most)

    async def credits(
        self, firm: UUID | None, *, after: Cursor | None = None, most: int = 100
    ) -> list[FeeRow]:
        """What was paid too much and not paid back yet, the newest first."""
        return await fees.open_items(self._database, firm, "credit", after=after, most=most)

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

    async def pay_back(self, fee: UUID, *, actor: str, reference: str) -> None:
        """Note that a credit was paid back, with the voucher's number; raises as ``pay``."""
        await self._settle(fee, "returned", actor, reference)

    async def charge(self, connection: Connection, row: FiledRow, *, at: datetime) -> None:
        """The fees of the accepted declaration become due; the fee clearance says so."""
        await self._balance(connection, row, by=_MACHINE, at=at)
        await self._follow(connection, row.id, at)

    async def charge_anew(
        self, connection: Connection, row: FiledRow, *, actor: str, at: datetime
    ) -> None:
        """Apply the tariff that is in force now to the amended declaration, which is locked.

        What was paid or waived stays so; the difference becomes due, or a credit; the time line
        and the fee clearance say so. What another system filed and cleared itself stays cleared.
        """
        if row.status == DeclarationStatus.SUBMITTED:
            return  # nothing was charged yet
        if row.fee == Clearance.PASSED and not await fees.accounts(connection, row.id):
            return
        if not await self._balance(connection, row, by=actor, at=at):
            return
        after = await fees.accounts(connection, row.id)
        await steps.note(
            connection, row, "fee", actor=_MACHINE, at=at, done="recomputed",
            due=sum(one.due for one in after), credit=sum(one.credit for one in after),
            currency=self.tariff.currency,
        )  # fmt: skip
        await self._follow(connection, row.id, at)

    async def _balance(
        self, connection: Connection, row: FiledRow, *, by: str, at: datetime
    ) -> bool:
        """Make the open items those of the tariff; False where they are so already."""
        kind, permitted = await filing.tractor_of(connection, row.id)
        lines = self.tariff.due(direction=row.direction, kind=kind, permitted_kg=permitted)
        changed = rebalanced(
            {line.code: line.amount for line in lines},
            await fees.accounts(connection, row.id), self.tariff.currency,
        )  # fmt: skip
        await fees.void_open(connection, row.id, [one.code for one in changed], by, at)
        for status in ("due", "credit"):
            amounts = [(one.code, getattr(one, status)) for one in changed]
            await fees.add_many(
                connection,
                [(self._clock.fresh(), row.id, row.firm_id, code, amount, self.tariff.currency, at)
                 for code, amount in amounts if amount],
                status,
            )  # fmt: skip
        return bool(changed)

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
                raise NotAllowedNow("settled", "This fee is not open any more")
            await steps.note(connection, row, "fee", actor=actor, at=now, done=to)
            await self._follow(connection, declaration, now)
            await steps.settle(connection, declaration, at=now, begun=to != "returned")

    async def _follow(self, connection: Connection, declaration: UUID, at: datetime) -> None:
        due, settled = await fees.standing(connection, declaration)
        word = "pending" if due else "passed" if settled else "not_needed"
        await filing.set_words(connection, declaration, {"fee": word}, at)
