"""Statistics over a generated year: 24 lanes, 10,000 transits a day.

``python -m bench.statistics [days] [transits a day]``; the full year takes some minutes and
about 3 GB below ``TMPDIR``. Each question is asked as the pages ask it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.report import Figure, percentile
from gate.app.clock import Clock, utc_now
from gate.app.statistics_days import days, midnight, today
from gate.app.statistics_figures import Figures
from gate.store import seed, statistics_day, statistics_reads, statistics_transits
from gate.store.embedded import EmbeddedPostgres
from gate.store.migrate import migrate
from gate.store.pool import Database
from gate.store.statistics_rollups import recount
from gate.store.statistics_transits import Wanted
from schemas.declarations import Direction

ZONE = "Asia/Ho_Chi_Minh"
LANES = 24
LIMIT_MS = 200.0
TRIES = 41
Ask = Callable[[], Awaitable[Any]]

_FILL = """
    INSERT INTO transit_facts (transit_id, ended_at, hour, day, began_at, lane_id, direction, ended,
        outcome, codes, officers, decided_by, overridden, dwell_ms, arriving_ms, reading_ms,
        deciding_ms, with_officer_ms, releasing_ms, passing_ms, clearing_ms, fault_ms, barrier_ms,
        lead_s, read_exact, read_wrong, read_unread)
    SELECT gen_random_uuid(), at, date_trunc('hour', at, $3),
        (at AT TIME ZONE $3)::date, at - interval '30 seconds',
        'lane-' || lane, CASE WHEN lane <= 12 THEN 'export' ELSE 'import' END,
        CASE WHEN luck < 0.96 THEN 'departed' WHEN luck < 0.98 THEN 'turned_back'
             ELSE 'referred_out' END,
        CASE WHEN luck < 0.85 THEN 'release' ELSE 'hold' END,
        CASE WHEN luck < 0.85 THEN '{}' WHEN luck < 0.9 THEN '{NO_DECLARATION}'::text[]
             WHEN luck < 0.95 THEN '{FEE_UNPAID,TOO_EARLY}' ELSE '{DANGEROUS_GOODS}' END,
        CASE WHEN luck < 0.85 THEN '{}' ELSE ARRAY['officer-' || lane] END, '', false,
        (random() * 60000)::int + 8000, 1000, 500, 20, 4000, 500, 9000, 1800, 0, 80,
        (random() * 90000)::int, CASE WHEN luck2 < 0.94 THEN '{cam-front,cam-rear}'::text[]
             ELSE '{cam-rear}' END,
        CASE WHEN luck2 < 0.94 THEN '{}' ELSE '{cam-front}'::text[] END, '{}'
    FROM (SELECT $1::timestamptz + (n + random()) * interval '1 day' / $2 AS at,
              n % 24 + 1 AS lane, random() AS luck, random() AS luck2
          FROM generate_series(0, $2::int - 1) AS n) AS drawn ORDER BY at
"""


async def run(length: int = 365, a_day: int = 10_000) -> list[Figure]:
    """Fill a database with a year up to now, then ask."""
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "pg")
        await server.start()
        database = Database(server.url, size=3, acquire_ms=60_000, command_ms=900_000)
        await database.open()
        try:
            await migrate(database)
            now = utc_now()
            await _fill(database, now, length, a_day)
            return await _measure(database, now, length, a_day)
        finally:
            await database.close()
            await server.stop()


async def _fill(database: Database, now: datetime, length: int, a_day: int) -> None:
    last = today(now, ZONE)
    async with database.transaction() as connection:
        lanes = tuple((f"lane-{n}", f"Lane {n}", Direction.EXPORT if n <= 12 else Direction.IMPORT)
                      for n in range(1, LANES + 1))  # fmt: skip
        await seed.write_lanes(connection, lanes, [])
    for n in range(length):
        start = midnight(last - timedelta(days=length - 1 - n), ZONE)
        async with database.connection() as connection:
            await connection.execute(_FILL, start, a_day, ZONE, timeout=600)
    async with database.connection() as connection:
        await recount(connection, last - timedelta(days=length - 1), last, timeout_s=1_800)
        await connection.execute("VACUUM ANALYZE", timeout=1_800)


async def _measure(database: Database, now: datetime, length: int, a_day: int) -> list[Figure]:
    last = today(now, ZONE)
    day = days(last - timedelta(days=1), last - timedelta(days=1), ZONE)
    month = days(last - timedelta(days=30), last, ZONE)
    rare = Wanted(since=month.since, until=month.until, reason="NEVER_HAPPENED")
    lane = Wanted(since=day.since, until=day.until, lane="lane-7", reason="FEE_UNPAID")
    figures = Figures(database, "bench", ZONE, Clock())
    d, t, r = statistics_day, statistics_transits, statistics_reads

    def over(ask: Callable[..., Awaitable[Any]], *arguments: Any) -> Ask:
        async def asked() -> Any:
            async with database.connection() as connection:
                return await ask(connection, *arguments)

        return asked

    async def live() -> Any:
        figures._made = None
        figures._slow.clear()
        return await figures.now()

    asks: dict[str, Ask] = {
        "the live page, nothing kept from before": live,
        "a day's hours by lane and direction": over(d.by_hour, day),
        "a day's totals and median from its facts": over(d.summary, day.since, day.until),
        "a day's reasons": over(d.reasons, day),
        "a year by the day": over(d.by_day, last - timedelta(days=length - 1), last),
        "a day's list, one lane, one reason": over(t.page, lane, None, 51),
        "how many are in that list": over(t.counted, lane),
        "31 days searched for a reason that is not there": over(t.page, rare, None, 51),
        "a camera's newest 40 reads": over(r.newest, "lane-7", "cam-front", day.since),
        "a camera's history of 28 days": over(r.history, "lane-7", "cam-front", month),
    }
    what = f"{length * a_day:,} transits"
    return [await _timed(f"{name} ({what})", ask) for name, ask in asks.items()]


async def _timed(what: str, ask: Ask) -> Figure:
    spent = []
    await ask()  # the first look after a restart reads the disk; pages that are watched do not
    for _ in range(TRIES):
        began = time.perf_counter()
        await ask()
        spent.append((time.perf_counter() - began) * 1000)
    return Figure(what=f"p95 {what}", value=percentile(spent, 0.95), limit=LIMIT_MS, unit="ms")


if __name__ == "__main__":
    for figure in asyncio.run(run(*(int(a) for a in sys.argv[1:]))):
        print(figure.line, flush=True)
