"""Finding a firm by what people know of it."""

from __future__ import annotations

from typing import Any

from gate.store.pool import Database


async def firm_by_tax_number(database: Database, tax_number: str) -> dict[str, Any] | None:
    """The firm with this tax number, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            "SELECT id, name FROM firms WHERE tax_number = $1", tax_number
        )
    return None if row is None else dict(row)
