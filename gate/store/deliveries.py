"""What is to be sent to webhooks, and every attempt at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gate.store.paging import Cursor, place
from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One delivery; ``last_status`` and ``last_error`` are of its last attempt."""

    id: UUID
    webhook_id: UUID
    event: str
    body: str
    status: str
    tries: int
    next_at: datetime
    created_at: datetime
    delivered_at: datetime | None
    last_status: int | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One attempt: the answer's status code, or what went wrong before there was one."""

    number: int
    at: datetime
    status_code: int | None
    error: str
    ms: int


_COLUMNS = """w.id, w.webhook_id, w.event, w.body, w.status, w.tries, w.next_at, w.created_at,
    w.delivered_at, a.status_code AS last_status, coalesce(a.error, '') AS last_error"""
_FROM = """webhook_deliveries w LEFT JOIN LATERAL (SELECT status_code, error FROM webhook_attempts
    WHERE delivery_id = w.id ORDER BY number DESC LIMIT 1) a ON true"""


async def add(
    connection: Connection,
    *,
    delivery: UUID,
    webhook: UUID,
    firm: UUID,
    event: str,
    body: str,
    at: datetime,
) -> None:
    """Write down what is to be sent."""
    await connection.execute(
        """INSERT INTO webhook_deliveries
               (id, webhook_id, firm_id, event, body, next_at, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $6)""",
        delivery, webhook, firm, event, body, at,
    )  # fmt: skip


async def listing(
    database: Database, firm: UUID, webhook: UUID, *, after: Cursor | None, most: int
) -> list[DeliveryRow]:
    """The webhook's deliveries, the newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM {_FROM} WHERE w.firm_id = $1 AND w.webhook_id = $2
                  AND ($3::timestamptz IS NULL OR (w.created_at, w.id) < ($3, $4::uuid))
                ORDER BY w.created_at DESC, w.id DESC LIMIT $5""",
            firm, webhook, *place(after), most,
        )  # fmt: skip
    return [DeliveryRow(**dict(row)) for row in rows]


async def attempts(database: Database, firm: UUID, delivery: UUID) -> list[AttemptRow]:
    """All attempts at a delivery of the firm, in order."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT a.number, a.at, a.status_code, a.error, a.ms FROM webhook_attempts a
               JOIN webhook_deliveries w ON w.id = a.delivery_id
               WHERE w.id = $2 AND w.firm_id = $1 ORDER BY a.number""",
            firm, delivery,
        )  # fmt: skip
    return [AttemptRow(**dict(row)) for row in rows]


async def claim(
    database: Database, at: datetime, lease: timedelta, most: int, most_each: int
) -> list[DeliveryRow]:
    """Take deliveries that are due, at most ``most_each`` of one webhook, so that a slow
    receiver does not hold up the others; free again after the lease.
    """
    async with database.connection() as connection:
        rows = await connection.fetch(
            """UPDATE webhook_deliveries SET tries = tries + 1, next_at = $2 WHERE id IN (
                   SELECT id FROM webhook_deliveries WHERE status = 'pending' AND next_at <= $1
                     AND id IN (SELECT id FROM (
                         SELECT id,
                             row_number() OVER (PARTITION BY webhook_id ORDER BY next_at) AS n
                         FROM webhook_deliveries WHERE status = 'pending' AND next_at <= $1) q
                         WHERE n <= $4)
                   ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED)
               RETURNING id, webhook_id, event, body, status, tries, next_at, created_at,
                   delivered_at""",
            at, at + lease, most, most_each,
        )  # fmt: skip
    return [DeliveryRow(**dict(row)) for row in rows]


async def attempted(
    database: Database,
    delivery: UUID,
    attempt: AttemptRow,
    *,
    status: str,
    next_at: datetime,
) -> None:
    """Keep an attempt and what it means: delivered, pending (again later) or dead."""
    async with database.transaction() as connection:
        await connection.execute(
            """INSERT INTO webhook_attempts (delivery_id, number, at, status_code, error, ms)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING""",
            delivery, attempt.number, attempt.at, attempt.status_code, attempt.error, attempt.ms,
        )  # fmt: skip
        await connection.execute(
            """UPDATE webhook_deliveries SET status = $2, next_at = $3,
                   delivered_at = CASE WHEN $2 = 'delivered' THEN $4 ELSE delivered_at END
               WHERE id = $1 AND status = 'pending'""",
            delivery, status, next_at, attempt.at,
        )  # fmt: skip


async def exists(database: Database, firm: UUID, delivery: UUID) -> bool:
    """Whether the firm has a delivery of this id."""
    async with database.connection() as connection:
        found = await connection.fetchval(
            "SELECT 1 FROM webhook_deliveries WHERE id = $2 AND firm_id = $1", firm, delivery
        )
    return found is not None


async def forget(database: Database, before: datetime) -> None:
    """Forget deliveries from before this time that ended, with their attempts."""
    async with database.connection() as connection:
        await connection.execute(
            "DELETE FROM webhook_deliveries WHERE created_at < $1 AND status <> 'pending'", before
        )
