"""Gate passes that were issued: a declaration has one that is valid, revoked ones are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gate.store.conditions import Conditions
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database

_COLUMNS = """g.id, g.pass_id, g.declaration_id, d.number, g.plate, g.text, g.valid_from,
    g.valid_until, g.issued_at, g.issued_by, g.revoked_at, g.reason"""
_FROM = "gate_passes g JOIN declarations d ON d.id = g.declaration_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRow:
    """One pass. ``text`` is what the QR code holds."""

    id: UUID
    pass_id: str
    declaration_id: UUID
    number: str
    plate: str
    text: str
    valid_from: datetime
    valid_until: datetime
    issued_at: datetime
    issued_by: str
    revoked_at: datetime | None
    reason: str


async def of_declaration(database: Database, firm: UUID | None, declaration: UUID) -> list[PassRow]:
    """All passes of the declaration, the newest first."""
    where = Conditions()
    where.add("g.declaration_id = {}", declaration)
    where.firm("g.firm_id", firm)
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM {_FROM} {where.where}
                ORDER BY g.issued_at DESC, g.id DESC""",
            *where.values,
        )
    return [PassRow(**dict(row)) for row in rows]


async def listing(
    database: Database, firm: UUID | None, *, after: Cursor | None, most: int
) -> list[PassRow]:
    """Passes that were not revoked, the newest first."""
    where = Conditions()
    where.add("g.revoked_at IS NULL")
    where.firm("g.firm_id", firm)
    where.after("g.issued_at", "g.id", after)
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM {_FROM} {where.where}
                ORDER BY g.issued_at DESC, g.id DESC LIMIT {where.value(most)}""",
            *where.values,
        )
    return [PassRow(**dict(row)) for row in rows]


async def one(database: Database, firm: UUID | None, found: UUID) -> PassRow | None:
    """The pass of this id, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            f"""SELECT {_COLUMNS} FROM {_FROM}
                WHERE g.id = $2 AND ($1::uuid IS NULL OR g.firm_id = $1)""",
            firm, found,
        )  # fmt: skip
    return None if row is None else PassRow(**dict(row))


async def add(
    connection: Connection,
    *,
    row: UUID,
    pass_id: str,
    declaration: UUID,
    firm: UUID,
    plate: str,
    text: str,
    valid_from: datetime,
    valid_until: datetime,
    at: datetime,
    by: str,
) -> None:
    """Keep a pass that was signed."""
    await connection.execute(
        """INSERT INTO gate_passes (id, pass_id, declaration_id, firm_id, plate, text, valid_from,
               valid_until, issued_at, issued_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        row, pass_id, declaration, firm, plate, text, valid_from, valid_until, at, by,
    )  # fmt: skip


async def revoke_all(
    connection: Connection, declaration: UUID, *, by: str, reason: str, at: datetime
) -> bool:
    """Revoke the declaration's pass; False where it has none that is valid."""
    found = await connection.fetchval(
        """UPDATE gate_passes SET revoked_at = $2, revoked_by = $3, reason = $4
           WHERE declaration_id = $1 AND revoked_at IS NULL RETURNING 1""",
        declaration, at, by, reason,
    )  # fmt: skip
    return found is not None


async def is_revoked(database: Database, pass_id: str) -> bool:
    """Whether a pass of this id was issued and revoked since."""
    async with database.connection() as connection:
        found = await connection.fetchval(
            "SELECT 1 FROM gate_passes WHERE pass_id = $1 AND revoked_at IS NOT NULL", pass_id
        )
    return found is not None
