"""Erasing a person from what firms filed: contents, drafts, previews of uploads, letters.

A driver may be registered by several firms; the words of the person are looked for in all of
a firm's texts.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gate.core.redaction import without
from gate.store.pool import Connection

_OF_FIRM = (
    ("declaration_drafts", "content"),
    ("bulk_previews", "preview"),
    ("bulk_results", "problems"),
    ("bulk_results", "reference"),
    ("letters", "body"),
    ("letters", "subject"),
    ("webhook_deliveries", "body"),
)
"""Tables with the columns id and firm_id, and the column that may name a driver."""


async def erase_from_filings(
    connection: Connection, driver: dict[str, Any], words: frozenset[str]
) -> int:
    """Take the words out of everything that the driver's firm filed; returns how many rows.

    Call it when the driver's own row is erased: filed contents are open to it only then.
    """
    count = 0
    for table, column in _OF_FIRM:
        count += await _redact(connection, table, column, driver["firm_id"], words)
    return count + await _filings(connection, driver["id"], words)


async def _redact(
    connection: Connection, table: str, column: str, firm: UUID, words: frozenset[str]
) -> int:
    rows = await connection.fetch(
        f"SELECT id, {column} AS value FROM {table} WHERE firm_id = $1", firm
    )
    changed = [(row["id"], without(row["value"], words)) for row in rows
               if without(row["value"], words) != row["value"]]  # fmt: skip
    await connection.executemany(f"UPDATE {table} SET {column} = $2 WHERE id = $1", changed)
    return len(changed)


async def _filings(connection: Connection, driver: UUID, words: frozenset[str]) -> int:
    rows = await connection.fetch(
        """SELECT declaration_id, version, content FROM filings WHERE declaration_id IN (
               SELECT id FROM declarations WHERE driver_id = $1)""",
        driver,
    )
    for row in rows:
        await connection.execute(
            "SELECT erase_filing($1, $2, $3)",
            row["declaration_id"], row["version"], without(row["content"], words),
        )  # fmt: skip
    return len(rows)
