"""The database's pre-selection of candidates among 1,000,000 open declarations."""

from __future__ import annotations

import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from bench.report import Figure, percentile
from gate.app.clock import utc_now
from gate.core.clues import Clues, neighbours
from gate.store import seed
from gate.store.embedded import EmbeddedPostgres
from gate.store.migrate import migrate
from gate.store.pool import Database
from gate.store.preselect import candidates
from schemas.plates import plate_key

COUNT = 1_000_000
CHUNK = 50_000


async def run(count: int = COUNT, looks: int = 400) -> list[Figure]:
    """Fill a database and look trucks up: as declared, with one wrong character, unknown."""
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "pg")
        await server.start()
        database = Database(server.url, size=2, acquire_ms=60_000, command_ms=600_000)
        await database.open()
        try:
            await migrate(database)
            await _fill(database, count)
            return await _measure(database, count, looks)
        finally:
            await database.close()
            await server.stop()


async def _fill(database: Database, count: int) -> None:
    now, firm, vehicle = utc_now(), UUID(int=1), UUID(int=2)
    async with database.transaction() as connection:
        await seed.write_rows(connection, {
            "firms": [{"id": firm, "name": "Bench", "tax_number": "0000000000", "country": "VN"}],
            "vehicles": [{"id": vehicle, "firm_id": firm, "kind": "tractor", "plate": "BENCH",
                          "country": "VN", "permitted_kg": 1, "permit_until": None}],
        })  # fmt: skip
    for start in range(0, count, CHUNK):
        rows = [_row(n, firm, vehicle, now) for n in range(start, min(start + CHUNK, count))]
        async with database.transaction() as connection:
            await seed.write_rows(connection, {"declarations": rows})
    async with database.connection() as connection:
        await connection.execute("VACUUM ANALYZE declarations", timeout=600)


def _row(number: int, firm: UUID, vehicle: UUID, now: object) -> dict[str, object]:
    return {
        "id": UUID(int=10 + number), "number": f"{number:012d}", "firm_id": firm,
        "direction": "export", "gate": "mong-cai", "status": "cleared", "tractor_id": vehicle,
        "trailer_id": None, "driver_id": None, "tractor_plate": plate(number),
        "trailer_plate": "", "containers": [], "seals": [], "cargo": "", "gross_kg": 1,
        "customs": "passed", "border_guard": "passed", "quarantine": "passed", "fee": "passed",
        "un_number": "", "window_from": now, "window_to": now + timedelta(hours=9),  # type: ignore[operator]
    }  # fmt: skip


def plate(number: int) -> str:
    """A plate a number: spread over provinces and series as a real table would be."""
    number = number * 7_919 % 99_000_000
    place, rest = 11 + number // 1_200_000, number % 1_200_000
    return f"{place}{'ABCDEFGHKLMN'[rest // 100_000]}{rest % 100_000:05d}"


def _clues(text: str) -> Clues:
    """What is asked for where a plate was read in front."""
    key = plate_key(text)
    near = tuple(sorted(neighbours(key)))
    return Clues(tractors=(key,), near_tractors=near)


async def _measure(database: Database, count: int, looks: int) -> list[Figure]:
    rng, now = random.Random(3), utc_now()
    times: dict[str, list[float]] = {"as declared": [], "one character wrong": [], "unknown": []}
    for _ in range(looks):
        right = plate(rng.randrange(count))
        at = rng.randrange(3, 8)
        wrong = right[:at] + rng.choice("0123456789") + right[at + 1 :]
        unknown = f"99X{rng.randrange(100_000):05d}"
        for name, text in zip(times, (right, wrong, unknown), strict=True):
            began = time.perf_counter()
            await candidates(database, _clues(text), "mong-cai", now)
            times[name].append(time.perf_counter() - began)
    return [
        Figure(what=f"candidates among {count:,}: {name}, p50",
               value=1000 * percentile(spent, 0.5), limit=5, unit="ms")
        for name, spent in times.items()
    ]  # fmt: skip
