"""Users and their sessions. Passwords are argon2id hashes, session tokens SHA-256 hashes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """One user. ``lanes`` empty means all lanes of the gate.

    ``given_by``: who has had the account's keys in hand since it was last confirmed
    (``gate.core.own_person``). ``totp_secret`` and ``totp_pending`` are locked.
    """

    id: UUID
    name: str
    full_name: str
    role: str
    lanes: tuple[str, ...]
    password_hash: str
    failed: int
    locked_until: datetime | None
    demo: bool
    firm_id: UUID | None = None
    language: str = ""
    email: str = ""
    active: bool = True
    totp_secret: str = ""
    totp_step: int = 0
    totp_pending: str = ""
    must_change: bool = False
    made_by: str = ""
    given_by: tuple[str, ...] = ()
    given_at: datetime | None = None
    confirmed_by: str = ""
    confirmed_at: datetime | None = None

    @property
    def has_code(self) -> bool:
        """Whether a second factor is set up."""
        return bool(self.totp_secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A signed-in user and the session's cross-site request token.

    ``stage`` is the step of signing in that is still to do (code, password, enrol), or empty;
    ``strong_at`` when the person last gave a code, or the password where none has a code.
    """

    id: UUID
    user: UserRow
    csrf: str
    strong: bool
    locked: bool
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    stage: str = ""
    strong_at: datetime | None = None


async def add_user(
    connection: Connection,
    *,
    user: UUID,
    name: str,
    full_name: str,
    role: str,
    lanes: tuple[str, ...],
    password_hash: str,
    demo: bool,
    firm_id: UUID | None = None,
    language: str = "",
    email: str = "",
    must_change: bool = False,
    made_by: str = "",
    given_by: Collection[str] = (),
) -> None:
    """Add a user, or give an existing demo user a new password.

    ``given_by``: the colleague who will hand the password over, if there is one.
    """
    await connection.execute(
        """INSERT INTO users (id, name, full_name, role, lanes, password_hash, demo, firm_id,
               language, email, must_change, made_by, given_by, given_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
               CASE WHEN cardinality($13::text[]) > 0 THEN now() END)
           ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, failed = 0,
               locked_until = NULL WHERE users.demo""",
        user, name, full_name, role, list(lanes), password_hash, demo, firm_id, language, email,
        must_change, made_by, list(given_by),
    )  # fmt: skip


async def by_name(database: Database, name: str) -> UserRow | None:
    """The user of this sign-in name, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM users WHERE name = $1", name)
    return None if row is None else user_of(row)


async def note_failure(database: Database, user: UUID, limit: int, locked_until: datetime) -> int:
    """Count a wrong password; at ``limit`` the account locks and the count starts anew."""
    async with database.connection() as connection:
        return int(
            await connection.fetchval(
                """UPDATE users SET
                       failed = CASE WHEN failed + 1 >= $2 THEN 0 ELSE failed + 1 END,
                       locked_until = CASE WHEN failed + 1 >= $2 THEN $3 ELSE locked_until END
                   WHERE id = $1 RETURNING failed""",
                user, limit, locked_until,
            )
        )  # fmt: skip


async def note_success(database: Database, user: UUID) -> None:
    """A right password: the count starts anew."""
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE users SET failed = 0, locked_until = NULL WHERE id = $1", user
        )


async def add_session(
    database: Database,
    token_hash: bytes,
    user: UUID,
    csrf: str,
    at: datetime,
    until: datetime,
    *,
    address: str = "",
    agent: str = "",
    strong_at: datetime | None = None,
    stage: str = "",
) -> None:
    """Open a session and forget those that have ended."""
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM sessions WHERE expires_at < $1", at)
        await connection.execute(
            """INSERT INTO sessions (token_hash, user_id, csrf, created_at, seen_at, expires_at,
                   address, agent, strong, strong_at, stage)
               VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8::timestamptz IS NOT NULL, $8, $9)""",
            token_hash, user, csrf, at, until, address, agent[:200], strong_at, stage,
        )  # fmt: skip


async def session(
    database: Database, token_hash: bytes, at: datetime, idle_since: datetime
) -> SessionRow | None:
    """The live session of this token, marked as seen; None where it ended.

    One that idled too long gets the lock screen; of a firm's person it has ended.
    """
    async with database.connection() as connection:
        row = await connection.fetchrow(
            """UPDATE sessions s SET seen_at = $2, locked = s.locked OR s.seen_at <= $3
               FROM users u
               WHERE s.token_hash = $1 AND u.id = s.user_id AND s.expires_at > $2
                 AND (s.seen_at > $3 OR u.firm_id IS NULL) AND u.active
               RETURNING u.*, s.id AS session_id, s.strong, s.locked, s.stage, s.strong_at, s.csrf,
                   s.created_at AS opened_at, s.seen_at, s.expires_at""",
            token_hash, at, idle_since,
        )  # fmt: skip
    if row is None:
        return None
    return SessionRow(
        id=row["session_id"], user=user_of(row), csrf=row["csrf"], strong=row["strong"],
        locked=row["locked"], created_at=row["opened_at"],
        seen_at=row["seen_at"], expires_at=row["expires_at"],
        stage=row["stage"], strong_at=row["strong_at"],
    )  # fmt: skip


async def end_session(database: Database, token_hash: bytes) -> None:
    """Sign out."""
    async with database.connection() as connection:
        await connection.execute("DELETE FROM sessions WHERE token_hash = $1", token_hash)


def user_of(row: Any) -> UserRow:
    """The user in a row of the table."""
    return UserRow(
        id=row["id"], name=row["name"], full_name=row["full_name"], role=row["role"],
        lanes=tuple(row["lanes"]), password_hash=row["password_hash"], failed=row["failed"],
        locked_until=row["locked_until"], demo=row["demo"], firm_id=row["firm_id"],
        language=row["language"], email=row["email"], active=row["active"],
        totp_secret=row["totp_secret"], totp_step=row["totp_step"],
        totp_pending=row["totp_pending"], must_change=row["must_change"],
        made_by=row["made_by"], given_by=tuple(row["given_by"]), given_at=row["given_at"],
        confirmed_by=row["confirmed_by"], confirmed_at=row["confirmed_at"],
    )  # fmt: skip


async def set_language(database: Database, user: UUID, language: str) -> None:
    """The language the user chose, for pages and letters."""
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET language = $2 WHERE id = $1", user, language)
