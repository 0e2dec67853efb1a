"""Transits as the firm whose declaration was used may see them: no restricted reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gate.store.paging import Cursor, place
from gate.store.pool import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitRow:
    """One passage. ``codes`` are the reasons that anybody may see (``gate.core.discretion``)."""

    id: UUID
    lane: str
    direction: str
    began_at: datetime
    ended_at: datetime | None
    ended: str | None
    outcome: str | None
    plate: str
    declaration_id: UUID
    number: str
    codes: tuple[str, ...]


async def listing(
    database: Database,
    firm: UUID | None,
    declaration: UUID | None,
    *,
    after: Cursor | None,
    most: int,
) -> list[TransitRow]:
    """Transits of the firm's declarations (None: of all firms), the newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT t.id, t.lane_id AS lane, t.direction, t.began_at, t.ended_at, t.ended,
                   t.outcome, t.plate, t.declaration_id, d.number,
                   coalesce(x.codes, '{}') AS codes
               FROM transits t JOIN declarations d ON d.id = t.declaration_id
               LEFT JOIN decisions x ON x.id = t.decision_id
               WHERE ($1::uuid IS NULL OR d.firm_id = $1) AND ($2::uuid IS NULL OR d.id = $2)
                 AND ($3::timestamptz IS NULL OR (t.began_at, t.id) < ($3, $4::uuid))
               ORDER BY t.began_at DESC, t.id DESC LIMIT $5""",
            firm, declaration, *place(after), most,
        )  # fmt: skip
    return [TransitRow(**{**dict(row), "codes": tuple(row["codes"])}) for row in rows]


async def one(database: Database, firm: UUID | None, transit: UUID) -> TransitRow | None:
    """The transit of this id, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            """SELECT t.id, t.lane_id AS lane, t.direction, t.began_at, t.ended_at, t.ended,
                   t.outcome, t.plate, t.declaration_id, d.number,
                   coalesce(x.codes, '{}') AS codes
               FROM transits t JOIN declarations d ON d.id = t.declaration_id
               LEFT JOIN decisions x ON x.id = t.decision_id
               WHERE t.id = $2 AND ($1::uuid IS NULL OR d.firm_id = $1)""",
            firm, transit,
        )  # fmt: skip
    return None if row is None else TransitRow(**{**dict(row), "codes": tuple(row["codes"])})
