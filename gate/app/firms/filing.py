"""What a firm does with its declarations: file, amend, cancel, follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms import steps
from gate.app.firms.checking import Gate, examine
from gate.app.firms.drafting import content_of
from gate.app.firms.errors import ChangedMeanwhile, Invalid, NotAllowedNow, UnknownRecord
from gate.app.firms.fees import FeeDesk
from gate.app.firms.passes import Passes
from gate.app.firms.standing import must_be_approved
from gate.app.firms.submitting import Submitted, Submitting
from gate.core.filing import content as contents
from gate.core.filing import record
from gate.core.filing.content import Content, pruned, value_at
from gate.core.filing.dues import charges_anew
from gate.core.filing.goods_rules import needs_quarantine
from gate.core.filing.life import AMENDABLE, FIXED, Side, after_amendment, differing
from gate.core.filing.problems import error
from gate.store import (
    declaration_events,
    drafts,
    filing,
    firm_transits,
    gate_passes,
    members,
    slots,
)
from gate.store.declaration_events import EventRow
from gate.store.drafts import DraftRow
from gate.store.filing import FiledRow, Filter
from gate.store.firm_transits import TransitRow
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database
from schemas.declarations import DeclarationStatus

__all__ = ["Filing", "Filter", "Submitted"]
_S = DeclarationStatus
STAFF = "gate"
"""How a firm reads the names of the gate's people."""


class Filing(Submitting):
    """A firm's declarations. Every method sees the firm's own and nothing else."""

    def __init__(
        self, database: Database, clock: Clock, gate: Gate, fees: FeeDesk, passes: Passes
    ) -> None:
        super().__init__(database, clock, gate)
        self.fees = fees
        self._passes = passes

    async def declarations(
        self,
        firm: UUID,
        wanted: Filter | None = None,
        *,
        after: Cursor | None = None,
        most: int = 50,
    ) -> list[FiledRow]:
        """Declarations that were submitted, the newest first."""
        return await filing.listing(
            self._database, firm, wanted or Filter(), after=after, most=most
        )

    async def declaration(self, firm: UUID, declaration: UUID) -> FiledRow:
        """One declaration; raises ``UnknownRecord``."""
        async with self._database.connection() as connection:
            row = await filing.one(connection, firm, declaration)
        if row is None:
            raise UnknownRecord("declaration")
        return row

    async def content(self, firm: UUID, declaration: UUID) -> Content:
        """What stands in a declaration, also in one that another system filed."""
        row = await self.declaration(firm, declaration)
        async with self._database.connection() as connection:
            return await content_of(connection, row)

    async def events(self, firm: UUID, declaration: UUID) -> list[EventRow]:
        """What happened to the declaration, in order; staff's names read ``gate``.

        Raises:
            UnknownRecord: no such declaration of this firm.
        """
        await self.declaration(firm, declaration)
        own = {member.name for member in await members.of_firm(self._database, firm)}
        found = await declaration_events.of_declaration(self._database, firm, declaration)
        return [event if _known(event.actor, own) else replace(event, actor=STAFF)
                for event in found]  # fmt: skip

    async def counts(self, firm: UUID) -> dict[str, int]:
        """Status -> number of declarations; ``draft`` counts the drafts."""
        found = await filing.counts(self._database, firm)
        return {"draft": await drafts.counted(self._database, firm), **found}

    async def transits(
        self,
        firm: UUID | None,
        declaration: UUID | None = None,
        *,
        after: Cursor | None = None,
        most: int = 50,
    ) -> list[TransitRow]:
        """Transits on the firm's declarations, the newest first, without restricted reasons."""
        return await firm_transits.listing(
            self._database, firm, declaration, after=after, most=most
        )

    async def amend(
        self,
        firm: UUID,
        declaration: UUID,
        changes: dict[str, Any],
        *,
        actor: str,
        version: int,
        remove: tuple[str, ...] | list[str] = (),
    ) -> FiledRow:
        """Change what was filed, before the truck arrives.

        Clearances whose authority saw something else go back to pending; another window gives
        the booked hour back; another tractor gets a new pass; fees are charged anew by the tariff
        in force, and what was paid stays paid.

        Raises:
            UnknownRecord, FirmNotApproved, ChangedMeanwhile, Invalid.
            NotAllowedNow: it was rejected, the truck is here, or it has ended.
        """
        async with self._database.transaction() as connection:
            await must_be_approved(connection, firm)
            row = await steps.locked(connection, firm, declaration)
            if row.version != version:
                raise ChangedMeanwhile(row.version)
            if row.status not in AMENDABLE:
                raise NotAllowedNow(row.status, "Only before arrival may it be amended")
            before = await content_of(connection, row)
            after, wrong = contents.changed(before, changes, tuple(remove))
            after = pruned(after)
            wrong += tuple(
                error(name, "not_a_choice", value=value_at(after, name) or "",
                      choices=value_at(before, name) or "")
                for name in FIXED if value_at(before, name) != value_at(after, name)
            )  # fmt: skip
            if wrong:
                raise Invalid(wrong)
            if not differing(before, after):
                return row
            await self._amend(connection, row, before, after, actor)
            return await steps.locked(connection, firm, declaration)

    async def cancel(self, firm: UUID, declaration: UUID, reason: str, *, actor: str) -> FiledRow:
        """Cancel a declaration, or a draft that was submitted before.

        Raises:
            UnknownRecord.
            NotAllowedNow: the truck is here, an authority is at work, or it has ended.
        """
        now = self._clock.now()
        async with self._database.transaction() as connection:
            row = await steps.locked(connection, firm, declaration)
            await steps.take(
                connection, row, _S.CANCELLED, Side.FIRM, actor=actor, at=now,
                reason=reason.strip()[:1000],
            )  # fmt: skip
            await drafts.remove(connection, firm, declaration)
            return await steps.locked(connection, firm, declaration)

    async def reopen(self, firm: UUID, declaration: UUID, *, actor: str) -> DraftRow:
        """Make a draft of a rejected declaration, to put it right and submit it again.

        Raises:
            UnknownRecord, NotAllowedNow.
        """
        now = self._clock.now()
        async with self._database.transaction() as connection:
            row = await steps.locked(connection, firm, declaration)
            await steps.take(connection, row, _S.DRAFT, Side.FIRM, actor=actor, at=now)
            content = await content_of(connection, row)
            await drafts.add(connection, firm, declaration, content, actor, now)
        return await self.draft(firm, declaration)

    async def _amend(
        self, connection: Connection, row: FiledRow, before: Content, after: Content, actor: str
    ) -> None:
        now = self._clock.now()
        checked = await examine(connection, row.firm_id, row.id, after, self._gate, now)
        if checked.errors:
            raise Invalid(checked.problems)
        words = after_amendment(
            steps.words_of(row), before, after, quarantine_needed=needs_quarantine(after)
        )
        moved = not record.same_window(before, after)
        if moved and await slots.give_back(connection, row.id, actor, now):
            await filing.set_slot(connection, row.id, None, None, now)
            await gate_passes.revoke_all(
                connection, row.id, by=actor, reason="the time was changed", at=now
            )
        kept = {} if moved else {"window_from": row.window_from, "window_to": row.window_to}
        values = {
            "id": row.id, "number": row.number, "firm_id": row.firm_id, "status": row.status,
            **steps.as_texts(words), "version": row.version + 1, "created_at": row.created_at,
            "updated_at": now, **kept,
        }  # fmt: skip
        await self._write(connection, row.firm_id, after, checked, values, actor, now)
        await steps.note(
            connection, row, "amended", actor=actor, at=now,
            changed=sorted(differing(before, after)), version=row.version + 1,
        )  # fmt: skip
        fresh = await steps.locked(connection, row.firm_id, row.id)
        if fresh.slot_at is not None and fresh.tractor_plate != row.tractor_plate:
            await self._passes.renew(connection, fresh, actor=actor, at=now)
        if charges_anew(before, after):
            await self.fees.charge_anew(connection, fresh, actor=actor, at=now)
        await steps.settle(connection, row.id, at=now, begun=False)


def _known(actor: str, own: set[str]) -> bool:
    """Whether the firm may read who acted: its own people and keys, and the machine."""
    return actor in own or actor == "machine" or actor.startswith("key:")
