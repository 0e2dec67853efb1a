"""Writes the demonstration's past: facts marked ``demo``, and the roll-ups of their hours."""

from __future__ import annotations

from datetime import date
from typing import Any

from gate.store.pool import Database
from gate.store.statistics_roll import COLUMNS
from gate.store.statistics_rollups import recount


async def write_facts(
    database: Database, rows: list[dict[str, Any]], first: date, last: date
) -> int:
    """Copy the facts of these days, unless any fact is stored; returns how many.

    A database with real facts is left alone: made-up ones must not mix with them.
    """
    columns = (*COLUMNS, "demo")
    async with database.transaction() as connection:
        if await connection.fetchval("SELECT 1 FROM transit_facts LIMIT 1") is not None:
            return 0
        await connection.copy_records_to_table(
            "transit_facts",
            columns=columns,
            records=[tuple(row[c] for c in columns) for row in rows],
        )
        await recount(connection, first, last)
    return len(rows)
