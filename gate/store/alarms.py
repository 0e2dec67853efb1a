"""Alarms: one standing row a lane and kind; a repeat counts up instead of repeating."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store import lane_change
from gate.store.pool import Connection, Database


async def raise_alarm(
    connection: Connection,
    *,
    alarm: UUID,
    lane: str,
    kind: str,
    text: str,
    transit: UUID | None,
    at: datetime,
) -> None:
    """Raise the alarm, or count a standing one up; a new occurrence needs a new acknowledge."""
    await connection.execute(
        """INSERT INTO alarms (id, lane_id, kind, text, transit_id, raised_at, last_at)
           VALUES ($1, $2, $3, $4, $5, $6, $6)
           ON CONFLICT (lane_id, kind) WHERE cleared_at IS NULL DO UPDATE
           SET count = alarms.count + 1, last_at = excluded.last_at, text = excluded.text,
               transit_id = excluded.transit_id, acked_at = NULL, acked_by = NULL""",
        alarm, lane, kind, text, transit, at,
    )  # fmt: skip


async def clear_alarm(connection: Connection, lane: str, kind: str, at: datetime) -> None:
    """The cause is gone."""
    await connection.execute(
        "UPDATE alarms SET cleared_at = $3 WHERE lane_id = $1 AND kind = $2 AND cleared_at IS NULL",
        lane, kind, at,
    )  # fmt: skip


async def acknowledge(
    database: Database, alarm: UUID, by: str, at: datetime, lanes: tuple[str, ...] | None
) -> str | None:
    """An officer has seen it: an alarm about a past event is over with that.

    ``lanes`` are those of the officer (None: all). Returns the lane, or None where the alarm
    is unknown, cleared, or on another officer's lane.
    """
    async with database.connection() as connection:
        lane: str | None = await connection.fetchval(
            """UPDATE alarms SET acked_at = $3, acked_by = $2,
                   cleared_at = CASE
                       WHEN kind = ANY($4) OR starts_with(kind, 'DIRTY_LENS_') THEN NULL
                       ELSE $3::timestamptz END
               WHERE id = $1 AND cleared_at IS NULL AND ($5::text[] IS NULL OR lane_id = ANY($5))
               RETURNING lane_id""",
            alarm, by, at, list(STANDING), None if lanes is None else list(lanes),
        )  # fmt: skip
        if lane is not None:
            await lane_change.tell(connection, lane)
    return lane


STANDING = frozenset({"BARRIER_OFFLINE", "BARRIER_FAULT", "BARRIER_NOT_CLOSED", "DEVICE_OFFLINE"})
"""Alarms about a state that lasts: seeing them does not end them. So do those of cameras
that read badly (``DIRTY_LENS_`` and the camera: ``gate.store.statistics_reads``)."""


async def standing(database: Database, lane: str) -> list[dict[str, Any]]:
    """The lane's alarms that are not cleared, newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM alarms WHERE lane_id = $1 AND cleared_at IS NULL ORDER BY last_at DESC",
            lane,
        )
    return [dict(row) for row in rows]
