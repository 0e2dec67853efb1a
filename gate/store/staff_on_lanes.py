"""Who is on the lanes: until a register of shifts exists, told from acts and live sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gate.store.pool import Connection

RECENT = timedelta(minutes=60)
"""An officer whose last act is older, or who has signed out, is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """An officer at a lane; ``since`` is the last act there."""

    lane: str
    name: str
    full_name: str
    since: datetime


async def staff_on_lanes(connection: Connection, now: datetime) -> tuple[Staff, ...]:
    """Officers with a live session by the lane where they acted last, by lane and name.

    Officers whose account is for one lane are on it while they are signed in.
    """
    rows = await connection.fetch(
        """WITH here AS (
               SELECT u.name, u.full_name, u.lanes, max(s.seen_at) AS seen FROM sessions s
               JOIN users u ON u.id = s.user_id
               WHERE s.expires_at > $1 AND s.seen_at > $2 AND NOT s.locked AND u.active
                 AND u.role IN ('officer', 'shift_lead', 'supervisor') GROUP BY u.id),
           acts AS (
               SELECT DISTINCT ON (e.data->>'officer') e.data->>'officer' AS name, e.lane_id, e.at
               FROM lanes l CROSS JOIN LATERAL (
                   SELECT lane_id, at, data FROM transit_events
                   WHERE lane_id = l.id AND kind = 'officer_acted' AND at > $2
                     AND number > (SELECT max(number) FROM transit_events
                                   WHERE lane_id = l.id) - 2000
                   ORDER BY number DESC LIMIT 50) AS e
               ORDER BY e.data->>'officer', e.at DESC)
           SELECT coalesce(a.lane_id, h.lanes[1]) AS lane, h.name, h.full_name,
               coalesce(a.at, h.seen) AS since
           FROM here h LEFT JOIN acts a USING (name)
           WHERE a.lane_id IS NOT NULL OR cardinality(h.lanes) = 1
           ORDER BY 1, 2""",
        now, now - RECENT,
    )  # fmt: skip
    return tuple(
        Staff(lane=r["lane"], name=r["name"], full_name=r["full_name"], since=r["since"])
        for r in rows
    )
