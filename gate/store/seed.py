"""Writes demonstration data: only into a database that has no firms yet."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from gate.store import devices, lanes
from gate.store.devices import DeviceRow
from gate.store.pool import Connection, Database
from schemas.declarations import Direction

Row = dict[str, Any]

_TABLES: dict[str, tuple[str, ...]] = {
    "firms": ("id", "name", "tax_number", "country"),
    "vehicles": ("id", "firm_id", "kind", "plate", "country", "permitted_kg", "permit_until",
                 "insurance_until"),
    "drivers": ("id", "firm_id", "name", "nationality", "document_kind", "document_number",
                "birth_date", "document_until"),
    "declarations": ("id", "number", "firm_id", "direction", "gate", "status", "tractor_id",
                     "trailer_id", "driver_id", "tractor_plate", "trailer_plate", "containers",
                     "seals", "cargo", "gross_kg", "customs", "border_guard",
                     "quarantine", "fee", "un_number", "lane", "window_from", "window_to"),
    "declaration_items": ("declaration_id", "line", "description", "hs_code", "quantity", "unit",
                          "net_kg", "origin"),
}  # fmt: skip
_DEFAULTS: Row = {"insurance_until": None, "lane": ""}
"""What may be left out of a row."""


async def is_empty(database: Database) -> bool:
    """True where no firm is registered."""
    async with database.connection() as connection:
        return await connection.fetchval("SELECT 1 FROM firms LIMIT 1") is None


async def write_rows(connection: Connection, rows: dict[str, list[Row]]) -> None:
    """Copy rows into the tables of ``_TABLES``, in their order; raises ``KeyError`` where a
    column without a default is missing.
    """
    for table, columns in _TABLES.items():
        wanted = rows.get(table, [])
        await connection.copy_records_to_table(
            table, columns=columns,
            records=[tuple({**_DEFAULTS, **row}[c] for c in columns) for row in wanted],
        )  # fmt: skip


async def write_lanes(
    connection: Connection,
    found: tuple[tuple[str, str, Direction], ...],
    register: list[DeviceRow],
) -> None:
    """Register lanes and their devices; those that exist keep their keys."""
    for lane, name, direction in found:
        await lanes.add_lane(connection, lane, name, direction)
    for device in register:
        await devices.add_device(connection, device)


async def approve_all(connection: Connection) -> None:
    """The demonstration's firms may file."""
    await connection.execute(
        """UPDATE firms SET status = 'approved', decided_at = now(), decided_by = 'demo'
           WHERE status = 'registered'"""
    )


async def firm_of(database: Database, tax_number: str) -> UUID:
    """The firm of this tax number; raises ``LookupError``."""
    async with database.connection() as connection:
        found = await connection.fetchval("SELECT id FROM firms WHERE tax_number = $1", tax_number)
    if found is None:
        raise LookupError(f"no firm {tax_number}")
    return UUID(str(found))


async def renew_demo(database: Database) -> int:
    """Bring a demonstration up to date, so that it goes on for ever.

    Open declarations whose window runs out get a new one; for each that was used a new one
    is filed for the same vehicles. Returns how many were renewed or filed.
    """
    async with database.transaction() as connection:
        renewed = await connection.fetch(
            """UPDATE declarations
               SET window_from = now() - interval '1 hour', window_to = now() + interval '18 hours'
               WHERE status IN ('cleared', 'clearing') AND window_to < now() + interval '1 hour'
                 AND NOT EXISTS (SELECT 1 FROM filings w WHERE w.declaration_id = declarations.id)
               RETURNING 1"""
        )
        used = await connection.fetch(
            """SELECT DISTINCT ON (d.tractor_plate) d.* FROM declarations d
               WHERE d.status = 'departed'
                 AND NOT EXISTS (SELECT 1 FROM filings w WHERE w.declaration_id = d.id)
                 AND NOT EXISTS (
                   SELECT 1 FROM declarations o WHERE o.tractor_plate = d.tractor_plate
                     AND o.status NOT IN ('departed', 'closed'))
               ORDER BY d.tractor_plate, d.created_at DESC"""
        )
        fresh = [await _filed_anew(connection, dict(row)) for row in used]
        await write_rows(connection, {"declarations": fresh})
    return len(renewed) + len(fresh)


async def _filed_anew(connection: Connection, row: Row) -> Row:
    """The declaration again, with the next free number of its year and a window from now on."""
    now = await connection.fetchval("SELECT now()")
    number = str(row["number"])
    tail = f"{secrets.randbelow(10**7):07d}"
    return {
        **row,
        "id": uuid4(),
        "number": f"{number[:4]}{tail}0" if len(number) == 12 else number[:-7] + tail,
        "status": "cleared",
        "window_from": now - timedelta(hours=1),
        "window_to": now + timedelta(hours=18),
    }


async def demo_rows(database: Database) -> list[Row]:
    """The seeded declarations' vehicles as the simulation needs them, in a fixed order."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT d.direction, d.status, d.tractor_plate, d.trailer_plate, d.containers,
                   d.lane, d.seals, d.gross_kg, v.permitted_kg, v.country,
                   d.un_number <> '' AS dangerous,
                   coalesce(least(v.permit_until, v.insurance_until) < now(), false) AS papers_over
               FROM declarations d JOIN vehicles v ON v.id = d.tractor_id
               WHERE d.status NOT IN ('departed', 'closed', 'released')
                 AND NOT EXISTS (SELECT 1 FROM filings w WHERE w.declaration_id = d.id)
               ORDER BY d.number"""
        )
    return [dict(row) for row in rows]
