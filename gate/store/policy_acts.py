"""The history of policies in force, each with the text that it was written as."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gate.store.pool import Connection, Database


async def add(
    connection: Connection,
    *,
    at: datetime,
    named: str,
    source: str,
    by: str,
    second: str = "",
    note: str = "",
    toml: str = "",
) -> None:
    """A policy comes in force: ``source`` is ``file`` (the settings') or ``page``."""
    await connection.execute(
        """INSERT INTO policy_acts (at, hash, source, by, second, note, toml)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        at, named, source, by, second, note, toml,
    )  # fmt: skip


async def last(database: Database, source: str = "") -> dict[str, Any] | None:
    """The newest act, of this source where one is named."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            """SELECT * FROM policy_acts WHERE $1 = '' OR source = $1
               ORDER BY number DESC LIMIT 1""",
            source,
        )
    return None if row is None else dict(row)


async def history(database: Database, most: int = 100) -> list[dict[str, Any]]:
    """All acts, newest first, with the policy's name and version."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT a.*, p.name, p.version FROM policy_acts a JOIN policies p ON p.hash = a.hash
               ORDER BY a.number DESC LIMIT $1""",
            most,
        )
    return [dict(row) for row in rows]


async def one(database: Database, number: int) -> dict[str, Any] | None:
    """One act, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM policy_acts WHERE number = $1", number)
    return None if row is None else dict(row)
