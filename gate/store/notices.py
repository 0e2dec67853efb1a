"""Events that nobody has been told of yet (a trigger of the database fills the table)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gate.store.pool import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """An event of a declaration with what is needed to tell its firm. ``uploaded``: an upload
    filed it, whose end is told in one letter.
    """

    id: int
    declaration_id: UUID
    number: int
    tries: int
    at: datetime
    actor: str
    kind: str
    from_status: str
    to_status: str
    data: dict[str, Any]
    declaration: str
    firm_id: UUID
    plate: str
    email: str
    language: str
    amount: int
    currency: str
    uploaded: bool


async def take(connection: Connection, at: datetime, most: int) -> list[NoticeRow]:
    """Events that are due, locked until the transaction ends; others skip them."""
    rows = await connection.fetch(
        """SELECT n.id, n.declaration_id, n.number, n.tries, e.at, e.actor, e.kind, e.from_status,
               e.to_status, e.data, d.number AS declaration, d.firm_id, d.tractor_plate AS plate,
               f.email, f.language, coalesce(due.amount, 0) AS amount,
               coalesce(due.currency, '') AS currency,
               n.number <= 2 AND e.kind = 'status' AND (e.to_status = 'submitted'
                   OR e.to_status = 'accepted' AND e.actor = 'machine')
                 AND EXISTS (SELECT FROM bulk_results r JOIN bulk_commits c USING (upload_id)
                     WHERE r.declaration_id = n.declaration_id AND c.submit) AS uploaded
           FROM notices n
           JOIN declaration_events e ON e.declaration_id = n.declaration_id AND e.number = n.number
           JOIN declarations d ON d.id = n.declaration_id JOIN firms f ON f.id = d.firm_id
           LEFT JOIN LATERAL (SELECT sum(amount)::bigint AS amount, min(currency) AS currency
               FROM fees WHERE declaration_id = d.id AND status = 'due') due ON true
           WHERE n.next_at <= $1 ORDER BY n.id LIMIT $2 FOR UPDATE OF n SKIP LOCKED""",
        at, most,
    )  # fmt: skip
    return [NoticeRow(**dict(row)) for row in rows]


async def done(connection: Connection, notice: int) -> None:
    """The letters and deliveries of the event are written."""
    await connection.execute("DELETE FROM notices WHERE id = $1", notice)


async def later(connection: Connection, notice: int, at: datetime, wait: timedelta) -> None:
    """It went wrong: try again after a while."""
    await connection.execute(
        "UPDATE notices SET tries = tries + 1, next_at = $2 WHERE id = $1", notice, at + wait
    )
