"""What happened to a declaration, in order: steps of its life, and what happened beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.conditions import Conditions
from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event. ``kind`` is status, amended, clearance, slot, fee or pass; only the first changes
    the status. ``data`` holds what the kind needs: a reason, the authority, the hour.
    """

    number: int
    at: datetime
    actor: str
    kind: str
    from_status: str
    to_status: str
    data: dict[str, Any]
    transit_id: UUID | None


async def of_declaration(
    database: Database, firm: UUID | None, declaration: UUID
) -> list[EventRow]:
    """All events of the declaration in order; none where it is another firm's."""
    where = Conditions()
    where.add("e.declaration_id = {}", declaration)
    where.firm("d.firm_id", firm)
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT e.number, e.at, e.actor, e.kind, e.from_status, e.to_status, e.data,
                   e.transit_id
               FROM declaration_events e JOIN declarations d ON d.id = e.declaration_id
               {where.where} ORDER BY e.number""",
            *where.values,
        )
    return [EventRow(**dict(row)) for row in rows]


async def add_steps(
    connection: Connection, found: list[tuple[UUID, int, datetime, str, str, str]]
) -> None:
    """Write steps of new declarations: id, number, time, actor, status before and after."""
    await connection.executemany(
        """INSERT INTO declaration_events
               (declaration_id, number, at, actor, from_status, to_status)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        found,
    )


async def note(
    connection: Connection,
    declaration: UUID,
    *,
    kind: str,
    actor: str,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Write an event that leaves the status as it is; the declaration's row is locked."""
    await connection.execute(
        """INSERT INTO declaration_events
               (declaration_id, number, at, actor, from_status, to_status, kind, data)
           SELECT d.id, coalesce((SELECT max(number) FROM declaration_events
                                  WHERE declaration_id = d.id), 0) + 1, $2, $3, d.status, d.status,
                  $4, $5
           FROM declarations d WHERE d.id = $1""",
        declaration, at, actor, kind, data or {},
    )  # fmt: skip
    await connection.execute(
        "UPDATE declarations SET updated_at = $2 WHERE id = $1", declaration, at
    )
