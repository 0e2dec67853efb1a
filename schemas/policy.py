"""The rules' numbers: what a gate may set without changing code."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneDeadlines:
    """Longest stay in each lane state, milliseconds; each ends with an officer or a fault.

    ``safety_ms`` is how long a vehicle may stand under the arm before it alarms.
    """

    arriving_ms: int = 15_000
    reading_ms: int = 8_000
    settle_ms: int = 1_500
    deciding_ms: int = 5_000
    with_officer_ms: int = 900_000
    releasing_ms: int = 10_000
    passing_ms: int = 60_000
    clearing_ms: int = 15_000
    safety_ms: int = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a mistake costs, in the same unit: only the ratio counts.

    Opening for the wrong truck against holding the right one (an officer's look, usually
    seconds). Release needs a probability p with ``(1 - p) * wrong_release < p * unneeded_hold``.
    """

    wrong_release: float = 1_000.0
    unneeded_hold: float = 1.0

    @property
    def release_min(self) -> float:
        """The probability above which opening is the cheaper mistake."""
        return self.wrong_release / (self.wrong_release + self.unneeded_hold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """Tolerance between weighed and declared: the larger of the two (kilograms, per cent)."""

    tolerance_percent: float = 3.0
    tolerance_kg: int = 500
    legal_percent: float = 0.0
    """How much above the permitted weight a scale's own error may explain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clones:
    """What is physically possible for one vehicle.

    ``return_ms`` is the least time between passing a lane and standing at one of the same gate
    again, or at another gate however near. Between gates ``distances`` (gate, gate,
    kilometres) and ``speed_kmh`` bound it too. ``paired`` means that every vehicle must come
    back through these gates before it goes out again.
    """

    return_ms: int = 120_000
    speed_kmh: float = 100.0
    distances: tuple[tuple[str, str, float], ...] = ()
    paired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """Random inspection: ``rate`` of the trucks, drawn by a hash of ``seed`` and transit, so
    that nobody can steer a draw and anybody who has the seed can check it.
    """

    rate: float = 0.0
    seed: str = "not set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dangerous:
    """Dangerous goods that may pass unattended, each at its lanes (UN number, lanes); all
    others and all other lanes refer.
    """

    lanes: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules. ``name`` and ``version`` are for people; the hash of the
    canonical form is what decisions refer to.

    ``plate_min`` is the least probability of a whole plate reading to count at all;
    ``character_min`` the least probability of its weakest character.
    ``sources_needed`` is how many independent sources (front plate, rear plate, container, driver's
    document, gate pass) must agree with the declaration for an unattended release.
    ``same_plate_once`` counts front and rear plate of a truck without trailer as one source:
    whoever clones a plate clones both. Without a paper that is read such a truck is the officer's.
    ``undeclared_share`` is the prior share of trucks without a declaration;
    ``open_declarations`` about how many are in their window at a time (the prior of each is
    one of that). ``early_ms`` and ``late_ms`` are the leeway around the declared window.
    ``require`` names evidence without which nothing is released unattended: ``container``,
    ``document``, ``pass``, ``seal``, ``weight``. ``second_for`` are reason codes that need
    two persons beyond those that always do.
    """

    name: str = "default"
    version: int = 1
    plate_min: float = 0.5
    character_min: float = 0.6
    sources_needed: int = 2
    same_plate_once: bool = True
    undeclared_share: float = 0.02
    open_declarations: int = 1_000
    early_ms: int = 2 * 3_600_000
    late_ms: int = 4 * 3_600_000
    evidence_max_age_ms: int = 30_000
    roles: tuple[str, ...] = ("front", "rear")
    require: tuple[str, ...] = ()
    second_for: tuple[str, ...] = ()
    costs: Costs = field(default_factory=Costs)
    weighing: Weighing = field(default_factory=Weighing)
    clones: Clones = field(default_factory=Clones)
    inspection: Inspection = field(default_factory=Inspection)
    dangerous: Dangerous = field(default_factory=Dangerous)
    deadlines: LaneDeadlines = field(default_factory=LaneDeadlines)
