"""How long a whole decision takes over millions of open declarations in a real PostgreSQL.

Timed: pre-selection, sightings, watchlist hits, match and all rules, one decision at a time.
The table is as dense as it can be: fleets with consecutive plates, so that every reading has
all its neighbours declared. Beside the time of each decision the processor time of both ends is
told, which does not depend on what else the machine does.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil

from bench.core.looks import Reader
from gate.core.clues import clues_of
from gate.core.decide import decide
from gate.core.match import shortlist
from gate.store import preselect, sightings, watchlists
from gate.store.embedded import EmbeddedPostgres
from gate.store.migrate import migrate
from gate.store.pool import Connection, Database
from schemas.declarations import Direction
from schemas.policy import Policy
from schemas.transit import DecisionInputs, Seen

GATES = 30
PER_DAY = 100_000
TRANSIT = UUID(int=7)
_FILL = """
INSERT INTO declarations (id, number, firm_id, direction, gate, status, tractor_id, tractor_plate,
    trailer_plate, containers, gross_kg, customs, border_guard, quarantine, fee, window_from,
    window_to)
SELECT gen_random_uuid(), lpad(n::text, 12, '0'), '00000000-0000-0000-0000-000000000001',
    CASE n % 2 WHEN 0 THEN 'export' ELSE 'import' END, 'gate-' || (n / 2 % $3), 'cleared',
    v.id, v.plate, substr(v.plate, 1, 2) || 'R' || substr(v.plate, 4),
    ARRAY['CSQU' || lpad(n::text, 7, '0')], 30000, 'passed', 'passed', 'not_needed', 'passed',
    f.at, f.at + interval '12 hours'
FROM generate_series($1::bigint, $2::bigint) AS n
JOIN vehicles v ON v.id = ('00000000-0000-0000-0001-' || lpad((n % $4)::text, 12, '0'))::uuid
CROSS JOIN LATERAL (SELECT $5::timestamptz + make_interval(secs =>
    ((n * 7919 % $6) - $6 / 2) * (86400.0 / 100000)) AS at) AS f
"""
_VEHICLES = """
INSERT INTO vehicles (id, firm_id, kind, plate, country, permitted_kg)
SELECT ('00000000-0000-0000-0001-' || lpad(n::text, 12, '0'))::uuid,
    '00000000-0000-0000-0000-000000000001', 'tractor',
    (14 + n / 600000 % 80)::text || substr('CDFGHK', (n / 100000 % 6)::int + 1, 1)
        || lpad((n % 100000)::text, 5, '0'), 'VN', 44000
FROM generate_series(0, $1::bigint - 1) AS n
"""


async def measure(rows: int, trucks: int, folder: Path | None = None) -> dict[str, Any]:
    """Fill a fresh database with ``rows`` open declarations and time ``trucks`` decisions."""
    place = _place(folder)
    server = EmbeddedPostgres(place / "postgres")
    await server.start()
    database = Database(server.url, size=1, acquire_ms=10_000, command_ms=3_600_000)
    try:
        await database.open()
        await migrate(database)
        now = datetime.now(UTC)
        began = time.perf_counter()
        await _fill(database, rows, now)
        filled = time.perf_counter() - began
        return {"rows": rows, "fill_s": round(filled), **await _time(database, rows, trucks, now)}
    finally:
        await database.close()
        await server.stop()
        shutil.rmtree(place, ignore_errors=True)


def _place(folder: Path | None) -> Path:
    """A fresh folder that the server's own user may enter."""
    place = Path(tempfile.mkdtemp(prefix="gate-bench-", dir=folder))
    place.chmod(0o755)
    return place


async def _fill(database: Database, rows: int, now: datetime) -> None:
    async with database.connection() as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET maintenance_work_mem = '1GB'")
        await connection.execute("SET synchronous_commit = off")
        rebuilt = await _drop_indexes(connection)
        await connection.execute(
            "INSERT INTO firms (id, name, tax_number, country) VALUES"
            " ('00000000-0000-0000-0000-000000000001', 'Bench', '0123456789', 'VN')"
        )
        vehicles = max(1, rows // 10)
        await connection.execute(_VEHICLES, vehicles)
        for first in range(0, rows, 500_000):
            last = min(rows, first + 500_000) - 1
            await connection.execute(_FILL, first, last, GATES, vehicles, now, rows)
        for sql in rebuilt:
            await connection.execute(sql)
        await connection.execute("VACUUM ANALYZE declarations")
        await connection.execute("ANALYZE vehicles")
        await connection.execute("SET session_replication_role = origin")


async def _drop_indexes(connection: Connection) -> list[str]:
    """Drop what slows the filling down; returns what builds it again."""
    found = await connection.fetch(
        """SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'declarations'
           AND indexname NOT IN ('declarations_pkey', 'declarations_number_key')"""
    )
    for row in found:
        await connection.execute(f'DROP INDEX "{row["indexname"]}"')
    return [row["indexdef"] for row in found]


async def _time(database: Database, rows: int, trucks: int, now: datetime) -> dict[str, Any]:
    rng = random.Random(f"selecting {rows}")
    reader = Reader(rng)
    async with database.connection() as connection:
        await connection.execute("SELECT setseed(0.5)")
        declared = await connection.fetch(
            """SELECT tractor_plate, trailer_plate, direction, gate, number FROM declarations
               WHERE window_from BETWEEN $1 AND $2 ORDER BY random() LIMIT $3""",
            now - timedelta(hours=11), now, trucks,
        )  # fmt: skip
        size = await connection.fetchval("SELECT pg_database_size(current_database())")
        backend = psutil.Process(await connection.fetchval("SELECT pg_backend_pid()"))
    whole, selected, found, sizes = [], [], 0, []
    policy = Policy()
    spent = -(time.process_time() + _cpu(backend))
    for row in declared:
        seen = Seen(
            transit=TRANSIT, lane="lane-1", gate=row["gate"],
            direction=Direction(row["direction"]),
            plates=(*reader.looks("front", row["tractor_plate"], 2),
                    *reader.looks("rear", row["trailer_plate"], 2)),
            oldest_capture_at=now, newest_capture_at=now,
        )  # fmt: skip
        began = time.perf_counter()
        candidates = await preselect.candidates(database, clues_of(seen), row["gate"], now)
        between = time.perf_counter()
        await sightings.of_plates(database, (row["tractor_plate"],), TRANSIT, row["gate"], now)
        few = shortlist(seen, candidates, policy, now)
        await watchlists.hits(database, seen, few, now)
        decide(DecisionInputs(seen=seen, declarations=few, now=now, policy="bench"), policy)
        whole.append((time.perf_counter() - began) * 1000)
        selected.append((between - began) * 1000)
        found += row["number"] in {d.number for d in candidates}
        sizes.append(len(candidates))
    spent += time.process_time() + _cpu(backend)
    return {
        "trucks": len(whole), "cpu_ms_mean": round(spent * 1000 / len(whole), 2),
        "load": os.getloadavg()[0], "database_mb": round(size / 1e6), "found": found / len(whole),
        "candidates_median": statistics.median(sizes), "whole_ms": _spread(whole),
        "preselection_ms": _spread(selected),
    }  # fmt: skip


def _cpu(process: psutil.Process) -> float:
    """Seconds of processor that a process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def _spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return {name: round(ordered[int(share * (len(ordered) - 1))], 2) for name, share in at.items()}


def run(rows: int, trucks: int, folder: Path | None) -> dict[str, Any]:
    """:func:`measure` for the command line."""
    return asyncio.run(measure(rows, trucks, folder))
