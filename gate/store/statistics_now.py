"""What the gate looks like now: lanes, trucks at them, devices, alarms, what is expected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gate.store.plain import LANE
from gate.store.pool import Connection

LONGEST_WINDOW = timedelta(hours=48)
"""Windows that end later say little about the next hour, and would make the look long."""


async def lanes(connection: Connection) -> list[dict[str, Any]]:
    """Each lane with its state (``gate.core.lane.state.Lane`` or None) and its open transit."""
    rows = await connection.fetch(
        """SELECT l.id, l.name, l.direction, l.state, t.id AS transit, t.plate, t.began_at,
               t.called_at
           FROM lanes l LEFT JOIN transits t ON t.lane_id = l.id AND t.ended_at IS NULL
           ORDER BY l.id"""
    )
    return [
        {**dict(r), "state": None if r["state"] is None else LANE.validate_python(r["state"])}
        for r in rows
    ]


async def devices(connection: Connection) -> list[dict[str, Any]]:
    """Each device with what its last heartbeat said."""
    rows = await connection.fetch(
        "SELECT lane_id, id, kind, online, last_seen, clock_trust FROM devices ORDER BY lane_id, id"
    )
    return [dict(row) for row in rows]


async def standing_alarms(connection: Connection) -> list[dict[str, Any]]:
    """Alarms that are not cleared, unacknowledged first, newest first."""
    rows = await connection.fetch(
        """SELECT id, lane_id, kind, text, transit_id, raised_at, last_at, count, acked_at, acked_by
           FROM alarms WHERE cleared_at IS NULL
           ORDER BY acked_at IS NOT NULL, last_at DESC LIMIT 100"""
    )
    return [dict(row) for row in rows]


async def expected(connection: Connection, gate: str, now: datetime) -> dict[str, float]:
    """Trucks an hour that are expected by direction: declarations of this gate whose window is
    open and whose truck has not come, each spread evenly over what remains of its window.
    """
    rows = await connection.fetch(
        """SELECT direction, sum(3600 / greatest(extract(epoch FROM window_to - $2), 3600)) AS n
           FROM declarations WHERE status IN ('accepted', 'clearing', 'cleared')
             AND window_to > $2 AND window_to < $3 AND window_from <= $2 AND gate = $1
           GROUP BY direction""",
        gate, now, now + LONGEST_WINDOW,
    )  # fmt: skip
    return {row["direction"]: float(row["n"]) for row in rows}


async def overdue(connection: Connection, gate: str, since: datetime, now: datetime) -> int:
    """Declarations of this gate whose window ended since then although no truck came."""
    return int(
        await connection.fetchval(
            """SELECT count(*) FROM declarations WHERE status IN ('accepted', 'clearing', 'cleared')
                 AND window_to >= $2 AND window_to < $3 AND gate = $1""",
            gate, since, now,
        )
    )  # fmt: skip
