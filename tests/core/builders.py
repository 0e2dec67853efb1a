"""Values for tests of the core: a declared truck and what a camera sees of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from schemas.declarations import (
    Clearance,
    Clearances,
    Declaration,
    DeclarationStatus,
    Direction,
)
from schemas.transit import DecisionInputs, Seen, SeenPlate

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TRANSIT = UUID("00000000-0000-4000-8000-0000000000aa")
PASSED = Clearances(
    customs=Clearance.PASSED,
    border_guard=Clearance.PASSED,
    quarantine=Clearance.NOT_NEEDED,
    fee=Clearance.PASSED,
)


def declaration(number: int = 1, **changes: object) -> Declaration:
    """A cleared export declaration of 14C12345 with trailer 14R01234, open now."""
    made = Declaration(
        id=UUID(int=number),
        number=f"30260000{number:04d}",
        firm_id=UUID(int=1000),
        firm="Test firm",
        direction=Direction.EXPORT,
        gate="mong-cai",
        status=DeclarationStatus.CLEARED,
        clearances=PASSED,
        tractor_plate="14C12345",
        tractor_country="VN",
        trailer_plate="14R01234",
        containers=("CSQU3054383",),
        window_from=NOW - timedelta(hours=1),
        window_to=NOW + timedelta(hours=5),
        permit_until=NOW + timedelta(days=90),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def look(text: str = "14C12345", role: str = "front", sure: float = 0.99, n: int = 1) -> SeenPlate:
    """One look; each character with the same probability."""
    return SeenPlate(
        capture=UUID(int=100 + n + (50 if role == "rear" else 0)),
        role=role,
        text=text,
        confidence=sure,
        characters=tuple(((c, sure),) for c in text),
        engine="test",
    )


BOTH = (look(), look("14R01234", "rear"))


def seen(*plates: SeenPlate, **changes: object) -> Seen:
    """What was seen at an export lane; by default both declared plates."""
    made = Seen(
        transit=TRANSIT,
        lane="lane-1",
        gate="mong-cai",
        direction=Direction.EXPORT,
        plates=plates or BOTH,
        oldest_capture_at=NOW - timedelta(seconds=1),
        newest_capture_at=NOW - timedelta(seconds=1),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def inputs(what: Seen | None = None, *declared: Declaration, now: datetime = NOW) -> DecisionInputs:
    """Decision inputs; by default the one declared truck."""
    return DecisionInputs(
        seen=what or seen(), declarations=declared or (declaration(),), now=now, policy="test"
    )
