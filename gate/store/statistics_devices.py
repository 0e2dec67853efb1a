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
        """SELECT d.lane_id, d.id, d.kind, first.heard,
               extract(epoch FROM $2 - greatest($1, first.heard))::float AS known_s,
               coalesce(sum(extract(epoch FROM
                   CASE WHEN NOT u.over AND u.until > $2 - interval '100 seconds' THEN $2
                        ELSE least(u.until, $2) END - greatest(u.since, $1)))
                   FILTER (WHERE u.since IS NOT NULL), 0)::float AS up_s,
               count(u.since) FILTER (WHERE u.since > $1 AND u.since > first.heard) AS returns
           FROM devices d
           LEFT JOIN (SELECT lane_id, device, min(since) AS heard FROM device_uptime
               WHERE since < $2 GROUP BY 1, 2) AS first
             ON first.lane_id = d.lane_id AND first.device = d.id
           LEFT JOIN device_uptime u
             ON u.lane_id = d.lane_id AND u.device = d.id AND u.until > $1 AND u.since < $2
           GROUP BY d.lane_id, d.id, d.kind, first.heard ORDER BY d.lane_id, d.id""",
        since, until,
    )  # fmt: skip
    return [{**dict(r), "known_s": r["known_s"] if r["heard"] else None} for r in rows]


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
