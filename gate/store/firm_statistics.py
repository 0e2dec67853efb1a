"""Counts a day of a firm's declarations and transits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from gate.store.pool import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One day; ``minutes_at_gate`` is the mean of transits that departed, None without any."""

    day: date
    filed: int
    departed: int
    transits: int
    minutes_at_gate: float | None


async def days(
    database: Database, firm: UUID | None, since: datetime, until: datetime, zone: str
) -> list[DayRow]:
    """The days of ``zone`` (IANA name) from ``since`` to ``until``, the newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """WITH own AS (SELECT id, submitted_at FROM declarations
                   WHERE $1::uuid IS NULL OR firm_id = $1),
               filed AS (SELECT (submitted_at AT TIME ZONE $4)::date AS day, count(*) AS n
                   FROM own WHERE submitted_at >= $2 GROUP BY 1),
               passed AS (SELECT (t.began_at AT TIME ZONE $4)::date AS day, count(*) AS n,
                       count(*) FILTER (WHERE t.ended = 'departed') AS departed,
                       avg(extract(epoch FROM t.ended_at - t.began_at) / 60)
                           FILTER (WHERE t.ended = 'departed') AS minutes
                   FROM transits t JOIN own ON own.id = t.declaration_id
                   WHERE t.began_at >= $2 GROUP BY 1)
               SELECT d::date AS day, coalesce(f.n, 0) AS filed,
                   coalesce(p.departed, 0) AS departed, coalesce(p.n, 0) AS transits,
                   p.minutes::float8 AS minutes_at_gate
               FROM generate_series(($2 AT TIME ZONE $4)::date::timestamp,
                                    ($3 AT TIME ZONE $4)::date::timestamp, interval '1 day') d
               LEFT JOIN filed f ON f.day = d::date LEFT JOIN passed p ON p.day = d::date
               ORDER BY d DESC""",
            firm, since, until, zone,
        )  # fmt: skip
    return [DayRow(**dict(row)) for row in rows]
