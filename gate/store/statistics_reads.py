"""Read rates of cameras: by the hour, by the day, and the newest reads beside their history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gate.core.operations.lens import WINDOW, Reads
from gate.store.pool import Connection
from gate.store.statistics_day import Span

DIRTY_LENS = "DIRTY_LENS_"
"""Alarms of this rule are called so, followed by the camera: one may stand for each."""


def alarm_kind(device: str) -> str:
    """The alarm's code for a camera: ``DIRTY_LENS_CAM_FRONT``."""
    return DIRTY_LENS + device.upper().replace("-", "_")


async def by_hour(connection: Connection, span: Span) -> list[dict[str, Any]]:
    """Each hour and camera: exact, wrong, unread."""
    rows = await connection.fetch(
        """SELECT hour, lane_id, device, exact, wrong, unread FROM hourly_reads
           WHERE hour >= $1 AND hour < $2 ORDER BY lane_id, device, hour""",
        span.since, span.until,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def by_day(connection: Connection, span: Span, zone: str) -> list[dict[str, Any]]:
    """Each day and camera: exact, wrong, unread."""
    rows = await connection.fetch(
        """SELECT lane_id, device, (hour AT TIME ZONE $3)::date AS day,
               sum(exact)::bigint AS exact, sum(wrong)::bigint AS wrong,
               sum(unread)::bigint AS unread
           FROM hourly_reads WHERE hour >= $1 AND hour < $2
           GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
        span.since, span.until, zone,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def cameras(connection: Connection) -> list[tuple[str, str]]:
    """Lane and id of every registered camera."""
    rows = await connection.fetch(
        "SELECT lane_id, id FROM devices WHERE kind = 'camera' ORDER BY lane_id, id"
    )
    return [(row["lane_id"], row["id"]) for row in rows]


async def newest(
    connection: Connection, lane: str, device: str, since: datetime
) -> tuple[Reads, datetime | None]:
    """The camera's newest reads since then, at most ``WINDOW``, and the time of the oldest.

    What was made up for the demonstration is left out here and in ``history``.
    """
    row = await connection.fetchrow(
        """SELECT count(*) AS seen, count(*) FILTER (WHERE exact) AS exact, min(ended_at) AS oldest
           FROM (SELECT ended_at, read_exact @> ARRAY[$2] AS exact FROM transit_facts
                 WHERE lane_id = $1 AND ended_at >= $3 AND NOT demo
                   AND (read_exact @> ARRAY[$2] OR read_wrong @> ARRAY[$2]
                        OR read_unread @> ARRAY[$2])
                 ORDER BY ended_at DESC LIMIT $4) AS newest""",
        lane, device, since, WINDOW,
    )  # fmt: skip
    return Reads(seen=row["seen"], exact=row["exact"]), row["oldest"]


async def history(connection: Connection, lane: str, device: str, span: Span) -> Reads:
    """The camera's reads in whole hours of the span, without those while its alarm stood:
    dirt that stays must not become what is usual.
    """
    row = await connection.fetchrow(
        """SELECT coalesce(sum(h.exact + h.wrong + h.unread), 0)::bigint AS seen,
               coalesce(sum(h.exact), 0)::bigint AS exact
           FROM hourly_reads h WHERE h.lane_id = $1 AND h.device = $2
             AND h.hour >= $3 AND h.hour + interval '1 hour' <= $4
             AND NOT EXISTS (SELECT 1 FROM alarms a WHERE a.lane_id = $1 AND a.kind = $5
                 AND a.raised_at < h.hour + interval '1 hour'
                 AND coalesce(a.cleared_at, 'infinity') > h.hour)
             AND NOT EXISTS (SELECT 1 FROM hourly_transits t WHERE t.hour = h.hour
                 AND t.lane_id = h.lane_id AND t.demo > 0)""",
        lane, device, span.since, span.until, alarm_kind(device),
    )  # fmt: skip
    return Reads(seen=row["seen"], exact=row["exact"])


async def standing(connection: Connection) -> dict[tuple[str, str], datetime]:
    """Standing alarms of this rule: lane and kind, with the time of the last occurrence."""
    rows = await connection.fetch(
        """SELECT lane_id, kind, last_at FROM alarms
           WHERE cleared_at IS NULL AND starts_with(kind, $1)""",
        DIRTY_LENS,
    )
    return {(row["lane_id"], row["kind"]): row["last_at"] for row in rows}


async def reads_since(connection: Connection, lane: str, device: str, since: datetime) -> int:
    """How many reads of known truth the camera gave since then."""
    return int(
        await connection.fetchval(
            """SELECT count(*) FROM transit_facts WHERE lane_id = $1 AND ended_at > $3
                 AND (read_exact @> ARRAY[$2] OR read_wrong @> ARRAY[$2]
                      OR read_unread @> ARRAY[$2])""",
            lane, device, since,
        )
    )  # fmt: skip
