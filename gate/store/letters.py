"""Letters to firms: written with what they tell of in one transaction, sent afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gate.store.paging import Cursor, place
from gate.store.pool import Connection, Database

_COLUMNS = """id, firm_id, recipient, language, subject, body, status, tries, next_at, created_at,
    sent_at, last_error"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    """One letter; ``status`` is pending, sent or dead (given up)."""

    id: UUID
    firm_id: UUID
    recipient: str
    language: str
    subject: str
    body: str
    status: str
    tries: int
    next_at: datetime
    created_at: datetime
    sent_at: datetime | None
    last_error: str


async def add(
    connection: Connection,
    *,
    letter: UUID,
    firm: UUID,
    recipient: str,
    language: str,
    subject: str,
    body: str,
    at: datetime,
) -> None:
    """Write a letter that is to be sent."""
    await connection.execute(
        """INSERT INTO letters
               (id, firm_id, recipient, language, subject, body, next_at, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $7)""",
        letter, firm, recipient, language, subject, body, at,
    )  # fmt: skip


async def listing(
    database: Database, firm: UUID, *, after: Cursor | None, most: int
) -> list[LetterRow]:
    """The firm's letters, the newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM letters WHERE firm_id = $1
                  AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
                ORDER BY created_at DESC, id DESC LIMIT $4""",
            firm, *place(after), most,
        )  # fmt: skip
    return [_letter(row) for row in rows]


async def claim(database: Database, at: datetime, lease: timedelta, most: int) -> list[LetterRow]:
    """Take letters that are due; another process can take them only after the lease."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""UPDATE letters SET tries = tries + 1, next_at = $2 WHERE id IN (
                    SELECT id FROM letters WHERE status = 'pending' AND next_at <= $1
                    ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
                RETURNING {_COLUMNS}""",
            at, at + lease, most,
        )  # fmt: skip
    return [_letter(row) for row in rows]


async def sent(database: Database, letter: UUID, at: datetime) -> None:
    """The server took it."""
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE letters SET status = 'sent', sent_at = $2, last_error = '' WHERE id = $1",
            letter, at,
        )  # fmt: skip


async def failed(
    database: Database, letter: UUID, error: str, next_at: datetime, *, dead: bool
) -> None:
    """It did not go; ``dead`` gives it up."""
    async with database.connection() as connection:
        await connection.execute(
            """UPDATE letters SET last_error = $2, next_at = $3,
                   status = CASE WHEN $4 THEN 'dead' ELSE status END WHERE id = $1""",
            letter, error, next_at, dead,
        )  # fmt: skip


def _letter(row: Any) -> LetterRow:
    return LetterRow(**dict(row))


async def forget(database: Database, before: datetime) -> None:
    """Forget letters from before this time that were sent or given up."""
    async with database.connection() as connection:
        await connection.execute(
            "DELETE FROM letters WHERE created_at < $1 AND status <> 'pending'", before
        )
