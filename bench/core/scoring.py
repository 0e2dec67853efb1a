"""How long scoring 200 candidates takes: four looks at either end, near-identical plates."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import islice
from random import Random

from bench.core.fleet import GATE, declaration, plates
from bench.core.looks import Reader
from gate.core.match import match
from schemas.declarations import Direction
from schemas.policy import Policy
from schemas.transit import Seen

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CANDIDATES, LOOKS, ROUNDS = 200, 4, 1_000


def scoring() -> dict[str, object]:
    """Time ``match`` alone, one call at a time; milliseconds."""
    rng = Random("scoring")
    declared = tuple(
        declaration(n + 1, tractor, trailer, NOW, rng)
        for n, (tractor, trailer) in enumerate(islice(plates(rng), CANDIDATES))
    )
    reader, policy, times, spent = Reader(rng), Policy(), [], 0.0
    for _ in range(ROUNDS):
        row = rng.choice(declared)
        seen = Seen(
            transit=row.id, lane="lane-1", gate=GATE, direction=Direction.EXPORT,
            plates=(*reader.looks("front", row.tractor_plate, LOOKS),
                    *reader.looks("rear", row.trailer_plate or row.tractor_plate, LOOKS)),
        )  # fmt: skip
        began, processor = time.perf_counter(), time.process_time()
        match(seen, declared, policy, NOW)
        spent += time.process_time() - processor
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return {"candidates": CANDIDATES, "looks": 2 * LOOKS,
            "cpu_ms_mean": round(spent * 1000 / ROUNDS, 3), "p50_ms": round(times[ROUNDS // 2], 3),
            "p99_ms": round(times[ROUNDS * 99 // 100], 3)}  # fmt: skip
