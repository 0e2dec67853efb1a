"""Files many declarations of a firm with one statement a table.

What is left behind is what submitting them one after the other leaves (``submitting``), of which a
test makes sure: a later one sees the vehicles, drivers and windows of those before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms.checking import Checked, Gate, Neighbours, neighbours
from gate.app.firms.standing import must_be_approved
from gate.core.filing import record
from gate.core.filing.check import acceptable
from gate.core.filing.content import Content, pruned, text_at
from gate.core.filing.numbers import numbered
from gate.core.filing.problems import Problem
from gate.store import declaration_events, drafts, drivers, fees, filing, vehicles
from gate.store.drivers import DriverRow
from gate.store.filing import Declared
from gate.store.pool import Connection
from gate.store.vehicles import VehicleRow
from schemas.declarations import DeclarationStatus
from schemas.tariff import Tariff

_S = DeclarationStatus
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one content. ``id`` None: nothing was filed, for these problems; ``number``
    is empty for a draft.
    """

    id: UUID | None = None
    number: str = ""
    status: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Rows:
    """What is to be written, table by table."""

    vehicles: list[tuple[UUID, dict[str, Any], datetime]] = field(default_factory=list)
    drivers: list[tuple[UUID, dict[str, Any], datetime]] = field(default_factory=list)
    driver_changes: list[tuple[UUID, dict[str, Any], datetime]] = field(default_factory=list)
    declarations: list[dict[str, Any]] = field(default_factory=list)
    items: list[tuple[UUID, list[dict[str, Any]]]] = field(default_factory=list)
    filings: list[tuple[UUID, int, Content, datetime, str]] = field(default_factory=list)
    events: list[tuple[UUID, int, datetime, str, str, str]] = field(default_factory=list)
    fees: list[tuple[UUID, UUID, UUID, str, int, str, datetime]] = field(default_factory=list)


async def draft_many(
    connection: Connection, firm: UUID, contents: Sequence[Content], *, actor: str, clock: Clock
) -> list[Outcome]:
    """Begin a draft of each content; raises ``FirmNotApproved``."""
    await must_be_approved(connection, firm)
    found = [(clock.fresh(), content) for content in contents]
    await drafts.add_many(connection, firm, found, actor, clock.now())
    return [Outcome(id=draft, status=_S.DRAFT.value) for draft, _ in found]


async def submit_many(
    connection: Connection,
    firm: UUID,
    contents: Sequence[Content],
    *,
    actor: str,
    gate: Gate,
    tariff: Tariff,
    clock: Clock,
) -> list[Outcome]:
    """Submit each content that has no errors, in order, inside the caller's transaction.

    Raises:
        FirmNotApproved.
        asyncpg.IntegrityConstraintViolationError: another request of the firm wrote the same
            vehicle or driver a moment ago; nothing of these contents can be kept.
    """
    await must_be_approved(connection, firm)
    plain = [pruned(content) for content in contents]
    batch = _Batch(
        firm=firm, actor=actor, tariff=tariff, clock=clock,
        around=await neighbours(connection, firm, plain, _NOBODY),
        drivers=await _drivers(connection, firm, plain),
        serials=await filing.next_serials(connection, len(plain)),
    )  # fmt: skip
    done = []
    for content in plain:
        await asyncio.sleep(0)  # lanes of the same process go on between two declarations
        now = clock.now()
        checked = batch.around.judge(content, gate, now)
        if checked.errors:
            done.append(Outcome(problems=checked.problems))
        else:
            done.append(batch.add(content, checked, now))
    await batch.write(connection)
    return done


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Collects the rows of declarations; ``drivers`` are those in service, by document."""

    firm: UUID
    actor: str
    tariff: Tariff
    clock: Clock
    around: Neighbours
    drivers: dict[tuple[str, str, str], DriverRow]
    serials: list[int]
    rows: _Rows = field(default_factory=_Rows)

    def add(self, content: Content, checked: Checked, now: datetime) -> Outcome:
        """Take up a content without errors."""
        columns = record.columns(content)
        tractor = self._vehicle(content, checked, "tractor", now)
        trailer = None
        if columns["trailer_plate"]:
            trailer = self._vehicle(content, checked, "trailer", now).id
        declaration = self.clock.fresh()
        number = numbered(f"D{now.year % 100:02d}", self.serials[len(self.rows.declarations)])
        accepted = acceptable(checked.problems)
        status = _S.ACCEPTED if accepted else _S.SUBMITTED
        owed = self._charge(declaration, columns, tractor, now) if accepted else True
        self.rows.declarations.append(
            {
                **columns, "tractor_id": tractor.id, "trailer_id": trailer,
                "driver_id": self._driver(content, now), "id": declaration, "number": number,
                "firm_id": self.firm, "status": status.value, "customs": "pending",
                "border_guard": "pending", "fee": "pending" if owed else "not_needed",
                "quarantine": record.quarantine_word(content), "version": 1, "reason": "",
                "created_at": now, "submitted_at": now, "updated_at": now,
            }
        )  # fmt: skip
        self.rows.items.append((declaration, record.items(content)))
        self.rows.filings.append((declaration, 1, content, now, self.actor))
        steps = [(self.actor, _S.DRAFT, _S.SUBMITTED)]
        if accepted:
            steps.append(("machine", _S.SUBMITTED, _S.ACCEPTED))
        self.rows.events += [
            (declaration, n, now, who, before.value, after.value)
            for n, (who, before, after) in enumerate(steps, 1)
        ]
        plate = columns["tractor_plate"]
        self.around.declared.setdefault(plate, []).append(
            Declared(number=number, plate=plate, window_from=columns["window_from"],
                     window_to=columns["window_to"])
        )  # fmt: skip
        return Outcome(
            id=declaration, number=number, status=status.value, problems=checked.problems
        )

    async def write(self, connection: Connection) -> None:
        """Write all that was taken up."""
        rows, firm = self.rows, self.firm
        await vehicles.add_many(connection, firm, rows.vehicles)
        await drivers.add_many(connection, firm, rows.drivers)
        for driver, values, at in rows.driver_changes:
            await drivers.change(connection, firm, driver, values, at, None)
        await filing.add_many(connection, rows.declarations)
        await filing.add_items(connection, rows.items)
        await filing.add_filings(connection, rows.filings)
        await declaration_events.add_steps(connection, rows.events)
        await fees.add_many(connection, rows.fees)

    def _vehicle(self, content: Content, checked: Checked, group: str, now: datetime) -> VehicleRow:
        known = checked.vehicle(content, group)
        if known is not None:
            return known
        values = record.vehicle(content, group)
        made = VehicleRow(id=self.clock.fresh(), **values, retired_at=None, version=1,
                          updated_at=now)  # fmt: skip
        self.rows.vehicles.append((made.id, values, now))
        self.around.fleet[made.plate, made.country] = made
        return made

    def _driver(self, content: Content, now: datetime) -> UUID | None:
        values = record.driver(content)
        if values is None:
            return None
        key = values["document_kind"], values["document_number"], values["nationality"]
        known = self.drivers.get(key)
        if known is None:
            known = DriverRow(id=self.clock.fresh(), **values, retired_at=None, version=1,
                              created_at=now, updated_at=now)  # fmt: skip
            self.rows.drivers.append((known.id, values, now))
        elif known.document_until != values["document_until"] or known.name != values["name"]:
            known = replace(known, **values, version=known.version + 1, updated_at=now)
            self.rows.driver_changes.append((known.id, values, now))
        self.drivers[key] = known
        return known.id

    def _charge(
        self, declaration: UUID, columns: dict[str, Any], tractor: VehicleRow, now: datetime
    ) -> bool:
        """The fees of an accepted declaration; False where there are none."""
        lines = self.tariff.due(
            direction=columns["direction"], kind=tractor.kind, permitted_kg=tractor.permitted_kg
        )
        self.rows.fees += [
            (self.clock.fresh(), declaration, self.firm, line.code, line.amount,
             self.tariff.currency, now)
            for line in lines
        ]  # fmt: skip
        return bool(lines)


async def _drivers(
    connection: Connection, firm: UUID, contents: Sequence[Content]
) -> dict[tuple[str, str, str], DriverRow]:
    numbers = {text_at(content, "driver.document_number") for content in contents} - {""}
    return await drivers.by_numbers(connection, firm, sorted(numbers)) if numbers else {}
