"""Sessions as their owners and administrators see them: listed, locked, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """One session that has not ended."""

    id: UUID
    user: UUID
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    agent: str
    strong: bool
    locked: bool
    stage: str


async def of_user(database: Database, user: UUID, now: datetime) -> tuple[OpenSession, ...]:
    """The user's open sessions, last used first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT * FROM sessions WHERE user_id = $1 AND expires_at > $2
               ORDER BY seen_at DESC""",
            user, now,
        )  # fmt: skip
    return tuple(_session(row) for row in rows)


async def end(database: Database, session: UUID, user: UUID) -> bool:
    """End one session of a user; False where it is none of theirs."""
    async with database.connection() as connection:
        found = await connection.fetchval(
            "DELETE FROM sessions WHERE id = $1 AND user_id = $2 RETURNING 1", session, user
        )
    return found is not None


async def end_all(connection: Connection, user: UUID, keep: UUID | None = None) -> int:
    """End all sessions of a user but ``keep``; returns how many."""
    rows = await connection.fetch(
        "DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2 RETURNING 1", user, keep
    )
    return len(rows)


async def set_locked(database: Database, session: UUID, locked: bool) -> None:
    """Put the lock screen up or take it away."""
    async with database.connection() as connection:
        await connection.execute("UPDATE sessions SET locked = $2 WHERE id = $1", session, locked)


async def proved(connection: Connection, session: UUID, at: datetime) -> None:
    """The person has just shown who they are."""
    await connection.execute(
        "UPDATE sessions SET strong = true, strong_at = $2 WHERE id = $1", session, at
    )


async def to_stage(connection: Connection, session: UUID, stage: str) -> None:
    """The step of signing in that comes next; empty: signed in."""
    await connection.execute("UPDATE sessions SET stage = $2 WHERE id = $1", session, stage)


async def usable(database: Database, wanted: list[UUID], now: datetime) -> set[UUID]:
    """Which of these sessions may still go on: not ended, not locked, user active."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
               WHERE s.id = ANY($1) AND s.expires_at > $2 AND NOT s.locked AND u.active""",
            wanted, now,
        )  # fmt: skip
    return {row["id"] for row in rows}


def _session(row: Any) -> OpenSession:
    return OpenSession(
        id=row["id"], user=row["user_id"], created_at=row["created_at"], seen_at=row["seen_at"],
        expires_at=row["expires_at"], address=row["address"], agent=row["agent"],
        strong=row["strong"], locked=row["locked"], stage=row["stage"],
    )  # fmt: skip
