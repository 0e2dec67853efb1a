"""Gate passes: signed, kept, and revoked when the declaration they stand for changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms import steps
from gate.app.firms.errors import NotAllowedNow, UnknownRecord
from gate.app.pass_key import PassKey
from gate.core.filing.life import BOOKABLE
from gate.store import gate_passes
from gate.store.filing import FiledRow
from gate.store.gate_passes import PassRow
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database
from schemas.gate_pass import GatePass, encode_pass

LEEWAY = timedelta(hours=4)
"""A pass is valid this long before and after the window; lateness itself is the lane's rule."""


class Passes:
    """Issues and revokes passes."""

    def __init__(self, database: Database, clock: Clock, key: PassKey) -> None:
        self._database = database
        self._clock = clock
        self._key = key

    async def of(self, firm: UUID | None, declaration: UUID) -> list[PassRow]:
        """All passes of the declaration, the newest first."""
        return await gate_passes.of_declaration(self._database, firm, declaration)

    async def current(self, firm: UUID | None, declaration: UUID) -> PassRow | None:
        """The declaration's pass that was not revoked, or None."""
        found = await self.of(firm, declaration)
        return next((row for row in found if row.revoked_at is None), None)

    async def listing(
        self, firm: UUID | None, *, after: Cursor | None = None, most: int = 50
    ) -> list[PassRow]:
        """Passes that were not revoked, the newest first."""
        return await gate_passes.listing(self._database, firm, after=after, most=most)

    async def one(self, firm: UUID | None, found: UUID) -> PassRow:
        """The pass of this id; raises ``UnknownRecord``."""
        row = await gate_passes.one(self._database, firm, found)
        if row is None:
            raise UnknownRecord("pass")
        return row

    async def issue(self, firm: UUID, declaration: UUID, *, actor: str) -> PassRow:
        """Issue a new pass in place of the one before.

        Raises:
            UnknownRecord: no such declaration of this firm.
            NotAllowedNow: not accepted yet, or no hour is booked.
        """
        now = self._clock.now()
        async with self._database.transaction() as connection:
            row = await steps.locked(connection, firm, declaration)
            if row.status not in BOOKABLE or row.slot_at is None:
                why = "A pass is given for an accepted declaration with a booked hour"
                raise NotAllowedNow(row.status, why)
            await self.renew(connection, row, actor=actor, at=now)
        found = await self.current(firm, declaration)
        if found is None:
            raise UnknownRecord("pass")
        return found

    async def revoke(self, firm: UUID | None, found: UUID, reason: str, *, actor: str) -> None:
        """Revoke a pass; raises ``UnknownRecord`` or ``NotAllowedNow``."""
        row, now = await self.one(firm, found), self._clock.now()
        async with self._database.transaction() as connection:
            declared = await steps.locked(connection, firm, row.declaration_id)
            done = row.revoked_at is None and await gate_passes.revoke_all(
                connection, row.declaration_id, by=actor, reason=reason[:300], at=now
            )
            if not done:
                raise NotAllowedNow("revoked", "This pass is not valid any more")
            await steps.note(
                connection, declared, "pass", actor=actor, at=now, done="revoked", reason=reason
            )

    async def renew(
        self, connection: Connection, row: FiledRow, *, actor: str, at: datetime
    ) -> None:
        """Sign a pass for the locked declaration as it stands now, in place of the one before."""
        await gate_passes.revoke_all(
            connection, row.id, by=actor, reason="a new pass was issued", at=at
        )
        pass_id = self._clock.fresh().hex[-12:]
        begin, end = row.window_from - LEEWAY, row.window_to + LEEWAY
        text = encode_pass(
            GatePass(
                pass_id=pass_id, key=self._key.id, declaration=row.number,
                plate=row.tractor_plate, gate=row.gate, valid_from=begin, valid_until=end,
            ),
            self._key.sign,
        )  # fmt: skip
        await gate_passes.add(
            connection, row=self._clock.fresh(), pass_id=pass_id, declaration=row.id,
            firm=row.firm_id, plate=row.tractor_plate, text=text, valid_from=begin,
            valid_until=end, at=at, by=actor,
        )  # fmt: skip
        await steps.note(connection, row, "pass", actor=actor, at=at, done="issued")
