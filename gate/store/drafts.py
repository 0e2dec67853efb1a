"""Drafts of declarations: saved at every change, seen by their firm alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.paging import Cursor, place
from gate.store.pool import Connection, Database

_COLUMNS = """r.id, r.firm_id, r.content, r.version, r.created_by, r.updated_by, r.created_at,
    r.updated_at, coalesce(d.number, '') AS number"""
_FROM = "declaration_drafts r LEFT JOIN declarations d ON d.id = r.id AND d.firm_id = r.firm_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One draft. ``number`` is empty until it was submitted once."""

    id: UUID
    firm_id: UUID
    content: dict[str, Any]
    version: int
    created_by: str
    updated_by: str
    created_at: datetime
    updated_at: datetime
    number: str


async def listing(
    database: Database, firm: UUID, *, after: Cursor | None, most: int
) -> list[DraftRow]:
    """The firm's drafts, the last changed first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM {_FROM} WHERE r.firm_id = $1
                  AND ($2::timestamptz IS NULL OR (r.updated_at, r.id) < ($2, $3::uuid))
                ORDER BY r.updated_at DESC, r.id DESC LIMIT $4""",
            firm, *place(after), most,
        )  # fmt: skip
    return [DraftRow(**dict(row)) for row in rows]


async def one(
    connection: Connection, firm: UUID, draft: UUID, *, lock: bool = False
) -> DraftRow | None:
    """The firm's draft of this id, or None; ``lock`` keeps others from changing it."""
    row = await connection.fetchrow(
        f"""SELECT {_COLUMNS} FROM {_FROM} WHERE r.id = $2 AND r.firm_id = $1
            {"FOR UPDATE OF r" if lock else ""}""",
        firm, draft,
    )  # fmt: skip
    return None if row is None else DraftRow(**dict(row))


async def add(
    connection: Connection, firm: UUID, draft: UUID, content: dict[str, Any], by: str, at: datetime
) -> None:
    """Begin a draft."""
    await connection.execute(
        """INSERT INTO declaration_drafts (id, firm_id, content, created_by, updated_by,
               created_at, updated_at) VALUES ($1, $2, $3, $4, $4, $5, $5)""",
        draft, firm, content, by, at,
    )  # fmt: skip


async def add_many(
    connection: Connection,
    firm: UUID,
    found: list[tuple[UUID, dict[str, Any]]],
    by: str,
    at: datetime,
) -> None:
    """Begin drafts, each with its id and content."""
    await connection.executemany(
        """INSERT INTO declaration_drafts (id, firm_id, content, created_by, updated_by,
               created_at, updated_at) VALUES ($1, $2, $3, $4, $4, $5, $5)""",
        [(draft, firm, content, by, at) for draft, content in found],
    )


async def save(
    connection: Connection, firm: UUID, draft: UUID, content: dict[str, Any], by: str, at: datetime
) -> None:
    """Write the content that the caller made of the locked draft."""
    await connection.execute(
        """UPDATE declaration_drafts SET content = $3, updated_by = $4, updated_at = $5,
               version = version + 1 WHERE id = $2 AND firm_id = $1""",
        firm, draft, content, by, at,
    )  # fmt: skip


async def remove(connection: Connection, firm: UUID, draft: UUID) -> bool:
    """Forget a draft; False where there is none."""
    found = await connection.fetchval(
        "DELETE FROM declaration_drafts WHERE id = $2 AND firm_id = $1 RETURNING 1", firm, draft
    )
    return found is not None


async def counted(database: Database, firm: UUID) -> int:
    """How many drafts the firm has."""
    async with database.connection() as connection:
        return int(
            await connection.fetchval(
                "SELECT count(*) FROM declaration_drafts WHERE firm_id = $1", firm
            )
        )


async def forget(database: Database, before: datetime) -> None:
    """Forget drafts that nobody touched since, and that were never submitted."""
    async with database.connection() as connection:
        await connection.execute(
            """DELETE FROM declaration_drafts r WHERE updated_at < $1
                 AND NOT EXISTS (SELECT FROM declarations d WHERE d.id = r.id)""",
            before,
        )
