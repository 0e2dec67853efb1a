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
    own = "" if firm is None else "AND d.firm_id = $4"
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""WITH filed AS (
                   SELECT (d.submitted_at AT TIME ZONE $3)::date AS day, count(*) AS n
                   FROM declarations d WHERE d.submitted_at >= $1 {own} GROUP BY 1),
               passed AS (SELECT (t.began_at AT TIME ZONE $3)::date AS day, count(*) AS n,
                       count(*) FILTER (WHERE t.ended = 'departed') AS departed,
                       avg(extract(epoch FROM t.ended_at - t.began_at) / 60)
                           FILTER (WHERE t.ended = 'departed') AS minutes
                   FROM transits t JOIN declarations d ON d.id = t.declaration_id
                   WHERE t.began_at >= $1 {own} GROUP BY 1)
               SELECT d::date AS day, coalesce(f.n, 0) AS filed,
                   coalesce(p.departed, 0) AS departed, coalesce(p.n, 0) AS transits,
                   p.minutes::float8 AS minutes_at_gate
               FROM generate_series(($1 AT TIME ZONE $3)::date::timestamp,
                                    ($2 AT TIME ZONE $3)::date::timestamp, interval '1 day') d
               LEFT JOIN filed f ON f.day = d::date LEFT JOIN passed p ON p.day = d::date
               ORDER BY d DESC""",
            since, until, zone, *([] if firm is None else [firm]),
        )  # fmt: skip
    return [DayRow(**dict(row)) for row in rows]
