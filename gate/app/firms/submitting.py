"""Submitting a draft: checked by machine, and accepted at once where nobody needs to look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.app.firms import accepting, steps
from gate.app.firms.checking import Checked, examine
from gate.app.firms.drafting import Drafting
from gate.app.firms.errors import ChangedMeanwhile, Invalid, NotAllowedNow, UnknownRecord
from gate.app.firms.fees import FeeDesk
from gate.app.firms.standing import must_be_approved
from gate.core.filing import record
from gate.core.filing.check import acceptable
from gate.core.filing.content import Content, pruned
from gate.core.filing.life import Side
from gate.core.filing.numbers import numbered
from gate.core.filing.problems import Problem
from gate.store import drafts, drivers, filing, vehicles
from gate.store.filing import FiledRow
from gate.store.pool import Connection
from schemas.declarations import DeclarationStatus

_S = DeclarationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The declaration as it stands now, and what an officer will look at, if anything."""

    declaration: FiledRow
    problems: tuple[Problem, ...]


class Submitting(Drafting):
    """Turns drafts into declarations."""

    fees: FeeDesk
    """Set by ``Filing``."""

    async def submit(
        self, firm: UUID, draft: UUID, *, actor: str, version: int | None = None
    ) -> Submitted:
        """Submit a draft: it becomes the declaration of the same id, with a number.

        Raises:
            UnknownRecord, FirmNotApproved, ChangedMeanwhile.
            Invalid: with all problems; the draft stays as it is.
        """
        async with self._database.transaction() as connection:
            return await self._submit(connection, firm, draft, actor, version)

    async def file(
        self, connection: Connection, firm: UUID, content: Content, *, actor: str, submit: bool
    ) -> tuple[UUID, Submitted | None]:
        """File a content inside the caller's transaction: a draft, or submitted at once.

        Returns its id, and what came of the submission, if it was asked for. Raises as ``submit``.
        """
        draft = self._clock.fresh()
        await drafts.add(connection, firm, draft, content, actor, self._clock.now())
        if not submit:
            return draft, None
        return draft, await self._submit(connection, firm, draft, actor, None)

    async def _submit(
        self, connection: Connection, firm: UUID, draft: UUID, actor: str, version: int | None
    ) -> Submitted:
        now = self._clock.now()
        await must_be_approved(connection, firm)
        row = await drafts.one(connection, firm, draft, lock=True)
        if row is None:
            raise UnknownRecord("draft")
        if version is not None and row.version != version:
            raise ChangedMeanwhile(row.version)
        content = pruned(row.content)
        checked = await examine(connection, firm, draft, content, self._gate, now)
        if checked.errors:
            raise Invalid(checked.problems)
        before = await filing.one(connection, firm, draft, lock=True)
        if before is not None and before.status != _S.DRAFT:
            raise NotAllowedNow(before.status, "This was submitted already")
        number = before.number if before else await self._number(connection, now)
        edition = before.version + 1 if before else 1
        values: dict[str, Any] = {
            "id": draft, "number": number, "firm_id": firm, "status": _S.DRAFT.value,
            "customs": "pending", "border_guard": "pending", "fee": "pending",
            "quarantine": record.quarantine_word(content), "version": edition, "reason": "",
            "created_at": now, "submitted_at": now, "updated_at": now,
        }  # fmt: skip
        await self._write(connection, firm, content, checked, values, actor, now)
        await drafts.remove(connection, firm, draft)
        filed = await steps.locked(connection, firm, draft)
        await steps.take(connection, filed, _S.SUBMITTED, Side.FIRM, actor=actor, at=now)
        if acceptable(checked.problems):
            await accepting.accept(
                connection, await steps.locked(connection, firm, draft), self.fees,
                side=Side.MACHINE, actor="machine", at=now,
            )  # fmt: skip
        done = await steps.locked(connection, firm, draft)
        return Submitted(declaration=done, problems=checked.problems)

    async def _write(
        self,
        connection: Connection,
        firm: UUID,
        content: Content,
        checked: Checked,
        values: dict[str, Any],
        actor: str,
        now: datetime,
    ) -> None:
        """Write the row with its vehicles, driver, goods and filing; ``values`` has the rest."""
        tractor = await self._vehicle(connection, firm, content, checked, "tractor", now)
        trailer = None
        if record.columns(content)["trailer_plate"]:
            trailer = await self._vehicle(connection, firm, content, checked, "trailer", now)
        driver = await self._driver(connection, firm, content, now)
        columns = {**record.columns(content), "tractor_id": tractor, "trailer_id": trailer,
                   "driver_id": driver}  # fmt: skip
        await filing.write(connection, {**columns, **values})
        await filing.write_items(connection, values["id"], record.items(content))
        await filing.add_filing(connection, values["id"], values["version"], content, now, actor)

    async def _vehicle(
        self,
        connection: Connection,
        firm: UUID,
        content: Content,
        checked: Checked,
        group: str,
        now: datetime,
    ) -> UUID:
        """The fleet's vehicle, or a new one of the fleet with what the draft says of it."""
        known = checked.vehicle(content, group)
        if known is not None:
            return known.id
        values = record.vehicle(content, group)
        row = await vehicles.add(connection, firm, self._clock.fresh(), values, now)
        if row is None:  # another declaration of the firm added it a moment ago
            place = values["plate"], values["country"]
            row = (await vehicles.by_plates(connection, firm, [values["plate"]]))[place]
        return row.id

    async def _driver(
        self, connection: Connection, firm: UUID, content: Content, now: datetime
    ) -> UUID | None:
        values = record.driver(content)
        if values is None:
            return None
        key = values["document_kind"], values["document_number"], values["nationality"]
        row = await drivers.by_document(connection, firm, *key)
        if row is None:
            row = await drivers.add(connection, firm, self._clock.fresh(), values, now)
            row = row or await drivers.by_document(connection, firm, *key)
        elif row.document_until != values["document_until"] or row.name != values["name"]:
            row = await drivers.change(connection, firm, row.id, values, now, None)
        return None if row is None else row.id

    async def _number(self, connection: Connection, now: datetime) -> str:
        return numbered(f"D{now.year % 100:02d}", await filing.next_serial(connection))
