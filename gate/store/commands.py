"""Barrier commands: one an opening decision, from the order to the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """An order to a barrier, written in the same transaction as the step that asked for it."""

    id: UUID
    decision: UUID
    transit: UUID
    lane: str
    device: str
    action: str
    token: int
    ttl_ms: int
    created_at: datetime


async def add_command(connection: Connection, row: CommandRow) -> None:
    """Store the order; a second one for the same decision violates the unique index."""
    await connection.execute(
        """INSERT INTO barrier_commands (id, decision_id, transit_id, lane_id, device, action,
               token, ttl_ms, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        row.id, row.decision, row.transit, row.lane, row.device, row.action, row.token,
        row.ttl_ms, row.created_at,
    )  # fmt: skip


async def note_sent(database: Database, command: UUID, at: datetime) -> None:
    """The order left for the barrier (again)."""
    async with database.connection() as connection:
        await connection.execute(
            """UPDATE barrier_commands SET sent_at = coalesce(sent_at, $2), tries = tries + 1
               WHERE id = $1""",
            command, at,
        )  # fmt: skip


async def note_result(
    database: Database, command: UUID, result: str, reason: str, at: datetime
) -> None:
    """The order's end: what the barrier answered, or that it answered nothing.

    ``done`` may follow ``accepted``; a late answer after ``lost`` is recorded as well,
    as it says what really happened.
    """
    async with database.connection() as connection:
        await connection.execute(
            """UPDATE barrier_commands SET result = $2, reason = $3, answered_at = $4
               WHERE id = $1 AND result <> 'done' AND result <> 'refused'""",
            command, result, reason, at,
        )  # fmt: skip


async def expire_pending(database: Database, lanes: tuple[str, ...], at: datetime) -> int:
    """After a restart no old command is ever sent: mark what was under way as expired."""
    async with database.connection() as connection:
        done = await connection.fetch(
            """UPDATE barrier_commands SET result = 'expired', answered_at = $2,
                   reason = 'the service restarted'
               WHERE result = 'pending' AND lane_id = ANY($1) RETURNING 1""",
            list(lanes), at,
        )  # fmt: skip
    return len(done)


async def of_transit(database: Database, transit: UUID) -> list[dict[str, Any]]:
    """The transit's commands, in order."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM barrier_commands WHERE transit_id = $1 ORDER BY created_at", transit
        )
    return [dict(row) for row in rows]
