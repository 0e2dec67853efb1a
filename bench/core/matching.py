"""How good matching is: simulated trucks against a million open declarations.

Fleets of consecutive plates, the erring reader of ``looks``, four looks a camera. Declared
trucks, undeclared strangers and undeclared fleet mates; only plates are seen, no papers.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from random import Random
from uuid import UUID

from bench.core.fleet import GATE, Index, declaration, plates
from bench.core.looks import Reader
from gate.core.clues import clues_of
from gate.core.match import match
from schemas.declarations import Declaration, Direction
from schemas.plates import parse_plate
from schemas.policy import Policy
from schemas.transit import Seen

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
UNDECLARED, MATES = 0.05, 0.05
BANDS = (0.5, 0.9, 0.99, 0.999, 0.9999, 1.01)


def matching(trucks: int, declared: int, seed: str, looks: int = 4) -> dict[str, object]:
    """Match ``trucks`` and report how often the best candidate is right, by what was claimed."""
    rng = Random(f"matching {seed}")
    index = Index()
    for n, (tractor, trailer) in enumerate(islice(plates(rng), declared)):
        index.add(declaration(n + 1, tractor, trailer, NOW, rng))
    filed = {row.tractor_plate for row in index.rows.values()}
    reader = Reader(rng)
    policy = Policy(open_declarations=declared)
    bands: dict[float, Counter[bool]] = {band: Counter() for band in BANDS}
    counts: Counter[str] = Counter()
    for _ in range(trucks):
        row = index.rows[UUID(int=rng.randrange(declared) + 1)]
        kind, tractor, trailer = _truck(row, filed, rng)
        seen = Seen(
            transit=row.id, lane="lane-1", gate=GATE, direction=Direction.EXPORT,
            plates=(*reader.looks("front", tractor, looks),
                    *reader.looks("rear", trailer or tractor, looks)),
        )  # fmt: skip
        found = match(seen, index.find(clues_of(seen)), policy, NOW)
        counts[kind] += 1
        best = found.best
        if best is None or best.probability <= found.none:
            counts[f"{kind}, none found"] += 1
            continue
        right = kind == "declared" and best.declaration == row.id
        counts[f"{kind}, right" if right else f"{kind}, wrong"] += 1
        bands[next(band for band in BANDS if best.probability < band)][right] += 1
    sure = [bands[band] for band in BANDS[-2:]]
    total = sum(sum(band.values()) for band in sure)
    return {
        "declared": declared, "trucks": trucks, "counts": dict(sorted(counts.items())),
        "given_999_per_mille": total,
        "of_these_right": round(sum(band[True] for band in sure) / max(1, total), 6),
        "by_claim": {
            f"<{band}": {"right": found[True], "wrong": found[False]}
            for band, found in bands.items()
        },
    }  # fmt: skip


def _truck(row: Declaration, filed: set[str], rng: Random) -> tuple[str, str, str]:
    """What comes to the lane: mostly the declared truck itself."""
    draw = rng.random()
    if draw < MATES:
        mate = _mate(row.tractor_plate, filed, rng)
        if mate:
            trailer = row.trailer_plate
            behind = trailer[:3] + f"{rng.randrange(10**5):05d}" if trailer else ""
            return "fleet mate", mate, behind
    if draw < MATES + UNDECLARED:
        while True:
            plate = f"{rng.randrange(11, 99)}C{rng.randrange(10**5):05d}"
            if plate not in filed and parse_plate(plate) is not None:
                return "stranger", plate, f"{plate[:2]}R{rng.randrange(10**5):05d}"
    return "declared", row.tractor_plate, row.trailer_plate


def _mate(plate: str, filed: set[str], rng: Random) -> str:
    """An undeclared plate one digit from ``plate``, or empty."""
    places = list(range(len(plate) - 5, len(plate)))
    for _ in range(20):
        at = rng.choice(places)
        mate = plate[:at] + rng.choice("0123456789") + plate[at + 1 :]
        if mate != plate and mate not in filed:
            return mate
    return ""
