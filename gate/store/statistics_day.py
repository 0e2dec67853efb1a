"""Figures of a span of hours, from the exact roll-ups; medians from the facts themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gate.store.pool import Connection
from gate.store.statistics_rollups import TABLES

SUMS = TABLES["hourly_transits"][2]
_SUMS = ", ".join(f"sum({column})::bigint AS {column}" for column in SUMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Hours from ``since`` up to but without ``until``."""

    since: datetime
    until: datetime


async def by_hour(connection: Connection, span: Span) -> list[dict[str, Any]]:
    """Each hour, lane and direction with its sums, in order."""
    rows = await connection.fetch(
        f"""SELECT hour, lane_id, direction, {", ".join(SUMS)} FROM hourly_transits
            WHERE hour >= $1 AND hour < $2 ORDER BY hour, lane_id, direction""",
        span.since, span.until,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def by_day(connection: Connection, first: date, last: date) -> list[dict[str, Any]]:
    """Each day of the gate's zone with its sums, in order."""
    rows = await connection.fetch(
        f"""SELECT day, {_SUMS} FROM daily_transits
            WHERE day BETWEEN $1 AND $2 GROUP BY day ORDER BY day""",
        first, last,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def reasons(connection: Connection, span: Span) -> list[dict[str, Any]]:
    """Reasons for which trucks were not released at once, commonest first."""
    rows = await connection.fetch(
        """SELECT code, sum(transits)::bigint AS transits FROM hourly_reasons
           WHERE hour >= $1 AND hour < $2 GROUP BY code ORDER BY 2 DESC, code""",
        span.since, span.until,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def median_lead_s(connection: Connection, since: datetime, until: datetime) -> float | None:
    """Median time that a declaration was filed before its truck came, seconds."""
    found = await connection.fetchval(
        """SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lead_s) FROM transit_facts
           WHERE ended_at >= $1 AND ended_at < $2 AND lead_s IS NOT NULL""",
        since, until,
    )  # fmt: skip
    return None if found is None else float(found)


async def officers(connection: Connection, span: Span) -> list[dict[str, Any]]:
    """Officers who acted: trucks acted on, decided, overridden, and hours with an act."""
    rows = await connection.fetch(
        """SELECT h.officer, coalesce(u.full_name, h.officer) AS full_name,
               sum(h.acted)::bigint AS acted, sum(h.decided)::bigint AS decided,
               sum(h.overridden)::bigint AS overridden, count(*) AS hours
           FROM hourly_officers h LEFT JOIN users u ON u.name = h.officer
           WHERE h.hour >= $1 AND h.hour < $2 GROUP BY 1, 2 ORDER BY 3 DESC, 1""",
        span.since, span.until,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def summary(connection: Connection, since: datetime, until: datetime) -> dict[str, Any]:
    """Trucks that ended in any span of time, not only whole hours: ``finished`` (aborted ones
    not counted), ``departed``, ``unaided``, ``held``, the median dwell of the departed in
    milliseconds, and the time of the ``last`` one.
    """
    row = await connection.fetchrow(
        """SELECT count(*) FILTER (WHERE ended <> 'aborted') AS finished,
               count(*) FILTER (WHERE ended = 'departed') AS departed,
               count(*) FILTER (WHERE ended = 'departed' AND officers = '{}') AS unaided,
               count(*) FILTER (WHERE outcome NOT IN ('release', '') OR with_officer_ms > 0)
                   AS held,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY dwell_ms)
                   FILTER (WHERE ended = 'departed') AS dwell_ms,
               max(ended_at) FILTER (WHERE ended <> 'aborted') AS last
           FROM transit_facts WHERE ended_at >= $1 AND ended_at < $2""",
        since, until,
    )  # fmt: skip
    return dict(row)


async def by_direction(
    connection: Connection, since: datetime, until: datetime
) -> dict[str, dict[str, Any]]:
    """``summary`` of each direction: trucks finished, median dwell in seconds, the last one."""
    rows = await connection.fetch(
        """SELECT direction, count(*) AS finished, max(ended_at) AS last,
               percentile_cont(0.5) WITHIN GROUP (ORDER BY dwell_ms)
                   FILTER (WHERE ended = 'departed') / 1000 AS dwell_s
           FROM transit_facts WHERE ended_at >= $1 AND ended_at < $2 AND ended <> 'aborted'
           GROUP BY direction""",
        since, until,
    )  # fmt: skip
    return {row["direction"]: dict(row) for row in rows}
