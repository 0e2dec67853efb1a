"""Writes demonstration data: only into a database that has no firms yet."""

from __future__ import annotations

from typing import Any

from gate.core.normalize import search_keys
from gate.store import devices, lanes
from gate.store.devices import DeviceRow
from gate.store.pool import Connection, Database
from schemas.declarations import Direction

Row = dict[str, Any]

_TABLES: dict[str, tuple[str, ...]] = {
    "firms": ("id", "name", "tax_number", "country"),
    "vehicles": ("id", "firm_id", "kind", "plate", "country", "permitted_kg", "permit_until"),
    "drivers": ("id", "firm_id", "name", "nationality", "document_kind", "document_number",
                "birth_date", "document_until"),
    "declarations": ("id", "number", "firm_id", "direction", "gate", "status", "tractor_id",
                     "trailer_id", "driver_id", "tractor_plate", "trailer_plate", "search_keys",
                     "containers", "seals", "cargo", "gross_kg", "customs", "border_guard",
                     "quarantine", "fee", "window_from", "window_to"),
    "declaration_items": ("declaration_id", "line", "description", "hs_code", "quantity", "unit",
                          "net_kg", "origin"),
}  # fmt: skip


async def is_empty(database: Database) -> bool:
    """True where no firm is registered."""
    async with database.connection() as connection:
        return await connection.fetchval("SELECT 1 FROM firms LIMIT 1") is None


async def write_rows(connection: Connection, rows: dict[str, list[Row]]) -> None:
    """Copy rows into the tables of ``_TABLES``, in their order; declarations get their keys."""
    for table, columns in _TABLES.items():
        wanted = rows.get(table, [])
        if table == "declarations":
            wanted = [{**row, "search_keys": keys_of(row)} for row in wanted]
        await connection.copy_records_to_table(
            table, columns=columns, records=[tuple(row[c] for c in columns) for row in wanted]
        )


def keys_of(row: Row) -> list[str]:
    """Search keys of a declaration: those of both plates."""
    return sorted({*search_keys(row["tractor_plate"]), *search_keys(row["trailer_plate"])})


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


async def renew_windows(database: Database) -> int:
    """Move a demonstration's declarations that ended unused into today, so that it goes on.

    Declarations whose trucks departed are opened again. Returns how many were renewed.
    """
    async with database.connection() as connection:
        done = await connection.fetch(
            """UPDATE declarations SET
                   window_from = now() - interval '1 hour', window_to = now() + interval '18 hours',
                   status = CASE WHEN status = 'clearing' THEN status ELSE 'cleared' END
               WHERE status IN ('cleared', 'released', 'departed', 'clearing')
                 AND (window_to < now() + interval '2 hours' OR status IN ('released', 'departed'))
               RETURNING 1"""
        )
    return len(done)
