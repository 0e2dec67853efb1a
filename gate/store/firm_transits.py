"""Transits as the firm whose declaration was used may see them: no restricted reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gate.store.conditions import Conditions
from gate.store.paging import Cursor
from gate.store.pool import Database

_COLUMNS = """t.id, t.lane_id AS lane, t.direction, t.began_at, t.ended_at, t.ended, t.outcome,
    t.plate, t.declaration_id, d.number, coalesce(x.codes, '{}') AS codes"""
_FROM = """transits t JOIN declarations d ON d.id = t.declaration_id
    LEFT JOIN decisions x ON x.id = t.decision_id"""


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
    where = Conditions()
    where.firm("d.firm_id", firm)
    if declaration is not None:
        where.add("t.declaration_id = {}", declaration)
    where.after("t.began_at", "t.id", after)
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM {_FROM} {where.where}
                ORDER BY t.began_at DESC, t.id DESC LIMIT {where.value(most)}""",
            *where.values,
        )
    return [TransitRow(**{**dict(row), "codes": tuple(row["codes"])}) for row in rows]


async def one(database: Database, firm: UUID | None, transit: UUID) -> TransitRow | None:
    """The transit of this id, or None."""
    where = Conditions()
    where.add("t.id = {}", transit)
    where.firm("d.firm_id", firm)
    async with database.connection() as connection:
        row = await connection.fetchrow(
            f"SELECT {_COLUMNS} FROM {_FROM} {where.where}", *where.values
        )
    return None if row is None else TransitRow(**{**dict(row), "codes": tuple(row["codes"])})
