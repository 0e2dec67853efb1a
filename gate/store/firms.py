"""Firms: who applied, who was approved, and how they are reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database

_COLUMNS = """id, name, tax_number, country, status, contact_name, contact_phone, email, language,
    created_at, decided_at, decided_by, reason"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmRow:
    """One firm. ``status`` is registered, approved, refused or suspended."""

    id: UUID
    name: str
    tax_number: str
    country: str
    status: str
    contact_name: str
    contact_phone: str
    email: str
    language: str
    created_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str


async def add(connection: Connection, *, firm: UUID, values: dict[str, str], at: datetime) -> UUID:
    """Add an application and return the firm's id; a refused firm applies again under its old id.

    Raises:
        LookupError: a firm of this tax number is registered or was approved.
    """
    found = await connection.fetchval(
        """INSERT INTO firms (id, name, tax_number, country, contact_name, contact_phone, email,
               language, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (tax_number) DO UPDATE SET name = excluded.name, status = 'registered',
               country = excluded.country, contact_name = excluded.contact_name,
               contact_phone = excluded.contact_phone, email = excluded.email,
               language = excluded.language, created_at = excluded.created_at, decided_at = NULL,
               decided_by = '', reason = ''
           WHERE firms.status = 'refused' RETURNING id""",
        firm, values["name"], values["tax_number"], values["country"], values["contact_name"],
        values["contact_phone"], values["email"], values["language"], at,
    )  # fmt: skip
    if found is None:
        raise LookupError("a firm of this tax number is registered already")
    return UUID(str(found))


async def one(database: Database, firm: UUID) -> FirmRow | None:
    """The firm, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM firms WHERE id = $1", firm)
    return None if row is None else FirmRow(**dict(row))


async def listing(
    database: Database, *, status: str, text: str, after: str, most: int
) -> list[FirmRow]:
    """Firms by name, of one status or all; ``text`` is looked for in name and tax number."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM firms
                WHERE ($1 = '' OR status = $1) AND name > $3 AND ($2 = ''
                    OR strpos(lower(name), lower($2)) > 0 OR strpos(tax_number, $2) > 0)
                ORDER BY name LIMIT $4""",
            status, text, after, most,
        )  # fmt: skip
    return [FirmRow(**dict(row)) for row in rows]


async def waiting(database: Database) -> list[FirmRow]:
    """Applications that nobody has decided, the oldest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM firms WHERE status = 'registered'
                ORDER BY created_at LIMIT 500"""
        )
    return [FirmRow(**dict(row)) for row in rows]


async def set_status(
    connection: Connection,
    firm: UUID,
    *,
    before: tuple[str, ...],
    to: str,
    at: datetime,
    by: str,
    reason: str,
) -> bool:
    """Decide about a firm; False where it doesn't stand where this step begins."""
    found = await connection.fetchval(
        """UPDATE firms SET status = $3, decided_at = $4, decided_by = $5, reason = $6
           WHERE id = $1 AND status = ANY($2) RETURNING 1""",
        firm, list(before), to, at, by, reason,
    )  # fmt: skip
    return found is not None


async def set_contact(connection: Connection, firm: UUID, values: dict[str, Any]) -> bool:
    """Change how a firm is reached."""
    found = await connection.fetchval(
        """UPDATE firms SET contact_name = $2, contact_phone = $3, email = $4, language = $5
           WHERE id = $1 RETURNING 1""",
        firm, values["contact_name"], values["contact_phone"], values["email"],
        values["language"],
    )  # fmt: skip
    return found is not None


async def hold_status(connection: Connection, firm: UUID) -> str:
    """The firm's status, kept as it is until the transaction ends; empty for an unknown firm."""
    found = await connection.fetchval("SELECT status FROM firms WHERE id = $1 FOR SHARE", firm)
    return found or ""


async def reached(connection: Connection, firm: UUID) -> tuple[str, str] | None:
    """Where letters to the firm go and in which language, or None for an unknown firm."""
    row = await connection.fetchrow("SELECT email, language FROM firms WHERE id = $1", firm)
    return None if row is None else (row["email"], row["language"])
