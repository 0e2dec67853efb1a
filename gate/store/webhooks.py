"""Addresses that firms want to be told at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database

_COLUMNS = "id, firm_id, url, secret, events, active, created_at, created_by, ended_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRow:
    """One address with the events it wants; ``secret`` signs what is sent there, and is locked."""

    id: UUID
    firm_id: UUID
    url: str
    secret: str
    events: tuple[str, ...]
    active: bool
    created_at: datetime
    created_by: str
    ended_at: datetime | None


async def of_firm(database: Database, firm: UUID) -> list[WebhookRow]:
    """The firm's webhooks that were not ended, the oldest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM webhooks WHERE firm_id = $1 AND ended_at IS NULL
                ORDER BY created_at, id""",
            firm,
        )
    return [_webhook(row) for row in rows]


async def one(connection: Connection, firm: UUID, webhook: UUID) -> WebhookRow | None:
    """The firm's webhook of this id that was not ended, or None."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM webhooks WHERE id = $2 AND firm_id = $1 AND ended_at IS NULL",
        firm, webhook,
    )  # fmt: skip
    return None if row is None else _webhook(row)


async def wanting(connection: Connection, firm: UUID, event: str) -> list[UUID]:
    """The firm's active webhooks that want this event."""
    rows = await connection.fetch(
        """SELECT id FROM webhooks WHERE firm_id = $1 AND active AND ended_at IS NULL
             AND ($2 = ANY(events) OR '*' = ANY(events))""",
        firm, event,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def by_ids(database: Database, ids: list[UUID]) -> dict[UUID, WebhookRow]:
    """Webhooks by id."""
    async with database.connection() as connection:
        rows = await connection.fetch(f"SELECT {_COLUMNS} FROM webhooks WHERE id = ANY($1)", ids)
    return {row["id"]: _webhook(row) for row in rows}


async def add(connection: Connection, row: WebhookRow) -> None:
    """Add a webhook."""
    await connection.execute(
        """INSERT INTO webhooks (id, firm_id, url, secret, events, active, created_at, created_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        row.id, row.firm_id, row.url, row.secret, list(row.events), row.active, row.created_at,
        row.created_by,
    )  # fmt: skip


async def change(
    connection: Connection,
    firm: UUID,
    webhook: UUID,
    *,
    url: str | None,
    events: tuple[str, ...] | None,
    active: bool | None,
) -> WebhookRow | None:
    """Change a webhook; None where the firm has none of this id."""
    row = await connection.fetchrow(
        f"""UPDATE webhooks SET url = coalesce($3, url), events = coalesce($4, events),
                active = coalesce($5, active)
            WHERE id = $2 AND firm_id = $1 AND ended_at IS NULL RETURNING {_COLUMNS}""",
        firm, webhook, url, None if events is None else list(events), active,
    )  # fmt: skip
    return None if row is None else _webhook(row)


async def end(connection: Connection, firm: UUID, webhook: UUID, at: datetime) -> bool:
    """End a webhook; what waits for it is given up."""
    found = await connection.fetchval(
        """UPDATE webhooks SET ended_at = $3, active = false
           WHERE id = $2 AND firm_id = $1 AND ended_at IS NULL RETURNING 1""",
        firm, webhook, at,
    )  # fmt: skip
    if found is not None:
        await _give_up_deliveries(connection, webhook)
    return found is not None


async def give_up(connection: Connection, webhook: UUID, at: datetime) -> None:
    """End a webhook whose secret is lost, and what waits for it."""
    await connection.execute(
        """UPDATE webhooks SET ended_at = coalesce(ended_at, $2), active = false, secret = ''
           WHERE id = $1""",
        webhook, at,
    )  # fmt: skip
    await _give_up_deliveries(connection, webhook)


async def _give_up_deliveries(connection: Connection, webhook: UUID) -> None:
    await connection.execute(
        """UPDATE webhook_deliveries SET status = 'dead'
           WHERE webhook_id = $1 AND status = 'pending'""",
        webhook,
    )


def _webhook(row: Any) -> WebhookRow:
    return WebhookRow(**{**dict(row), "events": tuple(row["events"])})
