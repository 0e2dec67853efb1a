"""The rules' numbers: what a gate may set without changing code."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneDeadlines:
    """Longest stay in each lane state, milliseconds; each ends with an officer or a fault."""

    arriving_ms: int = 15_000
    reading_ms: int = 8_000
    settle_ms: int = 1_500
    deciding_ms: int = 5_000
    with_officer_ms: int = 900_000
    releasing_ms: int = 10_000
    passing_ms: int = 60_000
    clearing_ms: int = 15_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules. ``name`` and ``version`` are for people; the hash of the
    canonical form is what decisions refer to.

    ``plate_min`` is the least probability of a whole plate reading to count at all;
    ``character_min`` the least probability of its weakest character.
    ``release_min`` and ``margin_min`` bound the match: below either an officer looks.
    ``looks_needed`` is how many independent looks must agree on an unattended release.
    ``undeclared_share`` is the prior share of trucks without a declaration;
    ``open_declarations`` about how many are open at a time (the prior of each is one of that).
    ``early_ms`` and ``late_ms`` are the leeway around the declared window.
    """

    name: str = "default"
    version: int = 1
    plate_min: float = 0.5
    character_min: float = 0.6
    release_min: float = 0.98
    margin_min: float = 0.9
    looks_needed: int = 2
    undeclared_share: float = 0.02
    open_declarations: int = 1_000
    early_ms: int = 2 * 3_600_000
    late_ms: int = 4 * 3_600_000
    evidence_max_age_ms: int = 30_000
    roles: tuple[str, ...] = ("front", "rear")
    deadlines: LaneDeadlines = field(default_factory=LaneDeadlines)
