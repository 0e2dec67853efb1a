"""Up-time of devices as the centre heard them, and alarms of a span."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gate.store.pool import Connection


async def uptime(connection: Connection, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Each registered device: seconds heard within the span, and how often it was lost.

    ``known_s`` is the part of the span since the first time it was ever heard; None where it
    never was. Times without heartbeats count as down, whoever was at fault.
    """
    rows = await connection.fetch(
        """SELECT d.lane_id, d.id, d.kind,
               (SELECT extract(epoch FROM $2 - greatest($1, min(u.since))) FROM device_uptime u
                WHERE u.lane_id = d.lane_id AND u.device = d.id)::float AS known_s,
               coalesce(sum(extract(epoch FROM least(u.until, $2) - greatest(u.since, $1))),
                   0)::float AS up_s,
               count(u.since) FILTER (WHERE u.since > $1) AS returns
           FROM devices d LEFT JOIN device_uptime u
             ON u.lane_id = d.lane_id AND u.device = d.id AND u.until > $1 AND u.since < $2
           GROUP BY d.lane_id, d.id, d.kind ORDER BY d.lane_id, d.id""",
        since, until,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def alarms_raised(
    connection: Connection, since: datetime, until: datetime
) -> list[dict[str, Any]]:
    """Alarms that were raised in the span, by kind: how many, and on which lanes."""
    rows = await connection.fetch(
        """SELECT kind, count(*) AS raised, array_agg(DISTINCT lane_id) AS lanes
           FROM alarms WHERE raised_at >= $1 AND raised_at < $2
           GROUP BY kind ORDER BY 2 DESC, 1""",
        since, until,
    )  # fmt: skip
    return [dict(row) for row in rows]
