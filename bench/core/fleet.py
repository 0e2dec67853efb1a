"""Simulated firms with fleets of near-identical plates, their declarations, and an index that
finds candidates by the same keys as the database does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from gate.core.clues import Clues
from schemas.containers import check_digit
from schemas.declarations import (
    Clearance,
    Clearances,
    Declaration,
    DeclarationStatus,
    Direction,
)
from schemas.plates import plate_key

GATE = "mong-cai"
PASSED = Clearances(
    customs=Clearance.PASSED,
    border_guard=Clearance.PASSED,
    quarantine=Clearance.NOT_NEEDED,
    fee=Clearance.PASSED,
)
FLEET = 20
"""Trucks of one firm with consecutive numbers."""
PROVINCES = ("14", "15", "29", "12", "98", "30")
SERIES = ("C", "H", "D")
CHINESE = ("桂F", "桂P", "桂A", "云G")


def plates(rng: Random) -> Iterator[tuple[str, str]]:
    """Endless (tractor, trailer or nothing) pairs: fleets of consecutive numbers, a third
    of them rigid trucks, a quarter Chinese. No tractor plate comes twice.
    """
    used: set[str] = set()
    while True:
        chinese = rng.random() < 0.25
        head = rng.choice(CHINESE) if chinese else rng.choice(PROVINCES) + rng.choice(SERIES)
        first, behind = rng.randrange(10**5 - FLEET), rng.randrange(10**4 * 9)
        rigid = rng.random() < 0.33
        for n in range(FLEET):
            tractor = f"{head}{first + n:05d}"
            trailer = f"{head}{(behind + n) % 10**4:04d}挂" if chinese else (
                f"{head[:2]}R{behind + n:05d}")  # fmt: skip
            if tractor not in used:
                used.add(tractor)
                yield tractor, "" if rigid else trailer


def container(rng: Random) -> str:
    """A valid container number."""
    stem = rng.choice(("CSQ", "MSK", "TCL", "HLX")) + "U" + f"{rng.randrange(10**6):06d}"
    return f"{stem}{check_digit(stem)}"


def declaration(
    n: int, tractor: str, trailer: str, now: datetime, rng: Random, hours: float = 12.0
) -> Declaration:
    """A cleared export declaration whose window is open now."""
    start = now - timedelta(hours=rng.uniform(0.1, hours - 0.1))
    return Declaration(
        id=UUID(int=n), number=f"30{n:010d}", firm_id=UUID(int=n // FLEET + 1), firm="Simulated",
        direction=Direction.EXPORT, gate=GATE, status=DeclarationStatus.CLEARED,
        clearances=PASSED, tractor_plate=tractor, tractor_country="VN", trailer_plate=trailer,
        containers=(container(rng),) if trailer else (), driver="Simulated",
        driver_document=f"{n:012d}", seals=(f"VN{n:07d}",) if trailer else (),
        gross_kg=32_000 if trailer else 16_000, permitted_kg=44_000 if trailer else 24_000,
        window_from=start, window_to=start + timedelta(hours=hours),
    )  # fmt: skip


class Index:
    """Declarations by the keys of migration 0002, in memory."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Declaration] = {}
        self._tractor: dict[str, list[UUID]] = defaultdict(list)
        self._trailer: dict[str, list[UUID]] = defaultdict(list)
        self._container: dict[str, list[UUID]] = defaultdict(list)
        self._driver: dict[str, list[UUID]] = defaultdict(list)

    def add(self, row: Declaration) -> None:
        """File a declaration."""
        self.rows[row.id] = row
        self._tractor[plate_key(row.tractor_plate)].append(row.id)
        if row.trailer_plate:
            self._trailer[plate_key(row.trailer_plate)].append(row.id)
        for number in row.containers:
            self._container[number].append(row.id)
        self._driver[row.driver_document].append(row.id)

    def set_status(self, declaration: UUID, status: DeclarationStatus) -> None:
        """Move a declaration in its life."""
        self.rows[declaration] = replace(self.rows[declaration], status=status)

    def unpaid(self, declaration: UUID) -> None:
        """The gate fee of this declaration is open."""
        row = self.rows[declaration]
        said = replace(row.clearances, fee=Clearance.PENDING)
        self.rows[declaration] = replace(row, clearances=said)

    def remove(self, declaration: UUID) -> None:
        """Forget a declaration."""
        row = self.rows.pop(declaration)
        self._tractor[plate_key(row.tractor_plate)].remove(declaration)
        if row.trailer_plate:
            self._trailer[plate_key(row.trailer_plate)].remove(declaration)
        for number in row.containers:
            self._container[number].remove(declaration)
        self._driver[row.driver_document].remove(declaration)

    def find(self, clues: Clues, most: int = 100) -> tuple[Declaration, ...]:
        """Candidates as ``gate.store.preselect`` ranks them."""
        ranked: dict[UUID, int] = {}
        for rank, keys, table in (
            (0, clues.tractors, self._tractor),
            (1, clues.trailers, self._trailer),
            (1, clues.containers, self._container),
            (1, clues.documents, self._driver),
            (2, clues.near_tractors, self._tractor),
            (2, clues.near_trailers, self._trailer),
        ):
            for key in keys:
                for found in table.get(key, ()):
                    ranked.setdefault(found, rank)
        best = sorted(ranked, key=lambda one: (ranked[one], one.int))[:most]
        return tuple(self.rows[one] for one in best)
