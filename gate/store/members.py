"""The people of a firm: users who see that firm and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One person of a firm; ``role`` is firm_administrator or firm_user."""

    id: UUID
    name: str
    full_name: str
    role: str
    email: str
    language: str
    active: bool
    created_at: datetime


async def of_firm(database: Database, firm: UUID) -> list[MemberRow]:
    """All people of the firm by name."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT id, name, full_name, role, email, language, active, created_at
               FROM users WHERE firm_id = $1 ORDER BY name""",
            firm,
        )
    return [MemberRow(**dict(row)) for row in rows]


async def add(
    connection: Connection,
    *,
    user: UUID,
    firm: UUID,
    name: str,
    full_name: str,
    role: str,
    email: str,
    language: str,
    password_hash: str,
    active: bool,
) -> bool:
    """Add a person; False where the sign-in name is taken.

    A person of the same firm who never was active (a refused application) is written anew.
    """
    found = await connection.fetchval(
        """INSERT INTO users (id, name, full_name, role, password_hash, firm_id, language, email,
               active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (name) DO UPDATE SET full_name = excluded.full_name, role = excluded.role,
               password_hash = excluded.password_hash, email = excluded.email,
               language = excluded.language, active = excluded.active
           WHERE users.firm_id = excluded.firm_id AND NOT users.active
               AND (SELECT status FROM firms WHERE id = users.firm_id) = 'registered'
           RETURNING 1""",
        user, name, full_name, role, password_hash, firm, language, email, active,
    )  # fmt: skip
    return found is not None


async def set_active(connection: Connection, firm: UUID, *, active: bool) -> None:
    """Let all administrators of a firm sign in, or nobody of it; sessions end."""
    if active:
        await connection.execute(
            "UPDATE users SET active = true WHERE firm_id = $1 AND role = 'firm_administrator'",
            firm,
        )
        return
    await connection.execute("UPDATE users SET active = false WHERE firm_id = $1", firm)
    await connection.execute(
        "DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE firm_id = $1)", firm
    )


async def change(
    connection: Connection, firm: UUID, user: UUID, *, role: str | None, active: bool | None
) -> bool:
    """Change a person's role or standing; False where there is no such person in the firm."""
    found = await connection.fetchval(
        """UPDATE users SET role = coalesce($3, role), active = coalesce($4, active)
           WHERE id = $2 AND firm_id = $1 RETURNING 1""",
        firm, user, role, active,
    )  # fmt: skip
    if found is not None and active is False:
        await connection.execute("DELETE FROM sessions WHERE user_id = $1", user)
    return found is not None


async def lock_firm(connection: Connection, firm: UUID) -> None:
    """Let only one change of a firm's people go on at a time."""
    await connection.execute("SELECT 1 FROM firms WHERE id = $1 FOR UPDATE", firm)


async def administrators(connection: Connection, firm: UUID) -> int:
    """How many active administrators the firm has."""
    return int(
        await connection.fetchval(
            """SELECT count(*) FROM users WHERE firm_id = $1 AND active
               AND role = 'firm_administrator'""",
            firm,
        )
    )
