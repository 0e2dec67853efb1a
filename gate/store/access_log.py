"""Who looked at whom, when and why. Rows are added, never changed; they go with their retention."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database


async def note(
    database: Database,
    *,
    at: datetime,
    actor: str,
    what: str,
    subject: str,
    why: str = "",
    address: str = "",
    transit: UUID | None = None,
    declaration: UUID | None = None,
) -> None:
    """Note a look. The driver of the declaration, or of the transit's, is the person looked at."""
    async with database.connection() as connection:
        await connection.execute(
            """INSERT INTO access_log (at, actor, what, subject, person, why, address)
               VALUES ($1, $2, $3, $4, coalesce((
                   SELECT driver_id::text FROM declarations WHERE id = coalesce(
                       $5, (SELECT declaration_id FROM transits WHERE id = $6))), ''), $7, $8)""",
            at, actor, what, subject[:300], declaration, transit, why[:500], address,
        )  # fmt: skip


async def persons(database: Database, document: str) -> list[str]:
    """Ids of the drivers with this document number."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT id::text FROM drivers WHERE document_number = $1", document
        )
    return [row["id"] for row in rows]


async def newest(
    database: Database,
    *,
    actor: str = "",
    persons: list[str] | None = None,
    subject: str = "",
    before: int | None = None,
    most: int = 50,
) -> list[dict[str, Any]]:
    """Looks, newest first; ``before`` is the id of the last one seen. With the person's name."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT a.*, coalesce(d.name, '') AS person_name,
                   coalesce(d.document_number, '') AS document
               FROM access_log a LEFT JOIN drivers d ON d.id::text = a.person
               WHERE ($1 = '' OR a.actor = $1) AND ($2::text[] IS NULL OR a.person = ANY($2))
                 AND ($3 = '' OR a.subject = $3) AND ($4::bigint IS NULL OR a.id < $4)
               ORDER BY a.id DESC LIMIT $5""",
            actor, persons, subject, before, most,
        )  # fmt: skip
    return [dict(row) for row in rows]


async def forget(connection: Connection, before: datetime) -> int:
    """Delete what is older; returns how many."""
    rows = await connection.fetch("DELETE FROM access_log WHERE at < $1 RETURNING 1", before)
    return len(rows)
