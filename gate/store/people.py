"""People as administrators see them: listed and changed. Sign-in itself is ``gate.store.users``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database
from gate.store.users import UserRow, user_of

_LIST = """
SELECT u.*, f.name AS firm,
    (SELECT count(*) FROM sessions s WHERE s.user_id = u.id AND s.expires_at > $1) AS open_sessions,
    (SELECT max(s.seen_at) FROM sessions s WHERE s.user_id = u.id) AS last_seen
FROM users u LEFT JOIN firms f ON f.id = u.firm_id
"""


async def everybody(database: Database, now: datetime) -> list[dict[str, Any]]:
    """All people, staff first, each with firm, number of open sessions and last use."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"{_LIST} ORDER BY u.firm_id IS NOT NULL, f.name, u.name", now
        )
    return [dict(row) for row in rows]


async def one(database: Database, user: UUID) -> UserRow | None:
    """One person, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM users WHERE id = $1", user)
    return None if row is None else user_of(row)


async def locked_row(connection: Connection, user: UUID) -> UserRow | None:
    """One person, held against other changes until the transaction ends."""
    row = await connection.fetchrow("SELECT * FROM users WHERE id = $1 FOR UPDATE", user)
    return None if row is None else user_of(row)


async def name_taken(connection: Connection, name: str) -> bool:
    """Whether somebody has this sign-in name."""
    return await connection.fetchval("SELECT 1 FROM users WHERE name = $1", name) is not None


async def change(
    connection: Connection,
    user: UUID,
    *,
    full_name: str,
    role: str,
    lanes: tuple[str, ...],
    active: bool,
) -> None:
    """Change what an administrator may change; a firm's person keeps role and firm."""
    await connection.execute(
        "UPDATE users SET full_name = $2, role = $3, lanes = $4, active = $5 WHERE id = $1",
        user, full_name, role, list(lanes), active,
    )  # fmt: skip


async def other_administrators(connection: Connection, user: UUID) -> int:
    """How many active administrators there are beside this person; holds them against change."""
    rows = await connection.fetch(
        """SELECT id FROM users WHERE role = 'administrator' AND active AND NOT demo AND id <> $1
           FOR UPDATE""",
        user,
    )
    return len(rows)


async def set_password(
    connection: Connection, user: UUID, password_hash: str, at: datetime, *, must_change: bool
) -> None:
    """A new password; ``must_change`` where somebody else chose it.

    That one may have seen a second factor that was only offered: it is forgotten.
    """
    await connection.execute(
        """UPDATE users SET password_hash = $2, password_at = $3, must_change = $4, failed = 0,
               locked_until = NULL, totp_pending = CASE WHEN $4 THEN '' ELSE totp_pending END
           WHERE id = $1""",
        user, password_hash, at, must_change,
    )  # fmt: skip


async def givers_of(connection: Connection, name: str) -> tuple[str, ...]:
    """Who has had the keys of this account in hand since it was last confirmed."""
    found = await connection.fetchval("SELECT given_by FROM users WHERE name = $1", name)
    return tuple(found or ())


async def give(connection: Connection, user: UUID, givers: Collection[str], at: datetime) -> None:
    """From now on the account is in these hands, until it is confirmed."""
    await connection.execute(
        "UPDATE users SET given_by = $2, given_at = $3 WHERE id = $1", user, sorted(givers), at
    )


async def confirm(connection: Connection, user: UUID, by: str, at: datetime) -> None:
    """The account is in its holder's hands, says ``by``."""
    await connection.execute(
        """UPDATE users SET given_by = '{}', confirmed_by = $2, confirmed_at = $3 WHERE id = $1""",
        user, by, at,
    )  # fmt: skip


async def unconfirmed(database: Database) -> tuple[UserRow, ...]:
    """Active staff whose accounts wait to be confirmed, oldest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT * FROM users WHERE active AND given_by <> '{}' ORDER BY given_at, name"""
        )
    return tuple(user_of(row) for row in rows)


async def rename(connection: Connection, user: UUID, full_name: str, language: str) -> None:
    """What people may change of themselves."""
    await connection.execute(
        "UPDATE users SET full_name = $2, language = $3 WHERE id = $1", user, full_name, language
    )
