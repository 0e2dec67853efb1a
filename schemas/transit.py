"""A transit: one vehicle's passage of one lane, what was seen, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from schemas.declarations import Declaration, Direction
from schemas.watchlist import WatchHit


class Outcome(StrEnum):
    """What a decision says, mildest first; the worst of all applying rules wins."""

    RELEASE = "release"
    HOLD = "hold"
    REFER = "refer"
    DENY = "deny"

    @property
    def severity(self) -> int:
        """0 for release up to 3 for deny."""
        return list(Outcome).index(self)


class TransitEnd(StrEnum):
    """How a transit ended; every transit ends in exactly one of these."""

    DEPARTED = "departed"
    TURNED_BACK = "turned_back"
    REFERRED_OUT = "referred_out"
    ABORTED = "aborted"


class Authority(StrEnum):
    """Who may override a reason (ordered: each includes those before)."""

    OFFICER = "officer"
    SHIFT_LEAD = "shift_lead"
    SUPERVISOR = "supervisor"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that applied: a stable code, its outcome, and words for the officer.

    ``way`` is the nearest way to yes. ``facts`` are the values behind the words,
    as name/value pairs, for pages that mark differences. ``restricted`` reasons are for
    those who may see watchlists; everybody else sees ``gate.core.discretion``'s view.
    """

    code: str
    outcome: Outcome
    text: str
    way: str = ""
    override: Authority = Authority.OFFICER
    second: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    restricted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPlate:
    """One look at one plate, as the matching needs it.

    ``characters`` holds, per position, the competing characters with probabilities,
    best first. ``capture`` names the picture; ``role`` the camera's place.
    """

    capture: UUID
    role: str
    text: str
    confidence: float
    characters: tuple[tuple[tuple[str, float], ...], ...]
    engine: str
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDocument:
    """The driver's document as read. ``problem`` is empty, ``unreadable`` or ``checkdigit``."""

    kind: str
    number: str
    until: date | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPass:
    """The gate pass as shown. ``problem`` is the code of what is wrong with it, or empty:
    then its signature, validity and first use have been checked.
    """

    declaration: str
    plate: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenWeight:
    """The weighbridge's word: the standing vehicle with its load, kilograms."""

    gross_kg: int
    stable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Another transit of a vehicle with the same plate: where, which way, from when until when.

    ``left_at`` is None while it has not ended; ``departed`` tells that it passed the barrier.
    ``inspection`` is ``owed`` where one was asked for or drawn and has not been passed in all
    its parts, ``passed`` where it has, empty where there was none.
    """

    transit: UUID
    lane: str
    gate: str
    direction: Direction
    came_at: datetime
    left_at: datetime | None = None
    departed: bool = False
    inspection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything the machine saw of one transit when it was asked to decide.

    ``corrected_plate`` is what an officer typed in place of the reading, or empty.
    ``oldest_capture_at`` and ``newest_capture_at`` are the centre's receive times.
    ``unread`` are captures that gave no reading, with the failure's code.
    ``clock_untrusted`` names devices whose time can't be believed. ``seals`` is None where
    no seal was looked at. ``sightings`` are other transits of the same plate, ``hits`` the
    watchlist entries that anything seen or declared may be about. ``lane_mode`` is empty,
    ``closed`` or ``manual``. ``freed_at`` is when the truck before left the lane without
    passing: pictures from before show that one. ``not_called`` tells that the queue has not
    called this truck; ``return_overdue`` that it should have gone back before.
    """

    transit: UUID
    lane: str
    gate: str
    direction: Direction
    plates: tuple[SeenPlate, ...] = ()
    unread: tuple[tuple[UUID, str], ...] = ()
    containers: tuple[str, ...] = ()
    corrected_plate: str = ""
    oldest_capture_at: datetime | None = None
    newest_capture_at: datetime | None = None
    clock_untrusted: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()
    already_inside: bool = False
    documents: tuple[SeenDocument, ...] = ()
    gate_pass: SeenPass | None = None
    seals: tuple[str, ...] | None = None
    weight: SeenWeight | None = None
    sightings: tuple[Sighting, ...] = ()
    hits: tuple[WatchHit, ...] = ()
    lane_mode: str = ""
    freed_at: datetime | None = None
    not_called: bool = False
    return_overdue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A declaration beside its probability of being the truck at the lane.

    ``evidence`` says in words what each source adds; ``weights`` gives, source by source,
    how many times likelier this declaration makes what was seen than a truck nobody
    declared would (decimal logarithm).
    """

    declaration: UUID
    number: str
    probability: float
    evidence: tuple[str, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which declaration this truck is: candidates best first, and "none of them"."""

    candidates: tuple[Candidate, ...] = ()
    none: float = 1.0

    @property
    def best(self) -> Candidate | None:
        """The likeliest declaration, or None where nothing was filed."""
        return self.candidates[0] if self.candidates else None

    @property
    def margin(self) -> float:
        """Probability of the best minus that of the next best or of "none"."""
        if not self.candidates:
            return 0.0
        rest = [c.probability for c in self.candidates[1:]] + [self.none]
        return self.candidates[0].probability - max(rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionInputs:
    """All that a decision depends on beside the policy; stored so that it can be replayed.

    ``policy`` is its SHA-256 (hex). ``today`` is the gate's calendar day, by which documents end;
    decisions from before it was kept went by UTC's.
    """

    seen: Seen
    declarations: tuple[Declaration, ...]
    now: datetime
    policy: str
    today: date | None = None

    @property
    def day(self) -> date:
        """The calendar day that documents must reach."""
        return self.today or self.now.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer: may this truck pass, for which declaration, and why.

    ``rules`` is the edition of the program's rules that gave it: a replay under another
    edition may rightly differ.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    match: Match
    plate: str = ""
    declaration: UUID | None = None
    rules: int = 1
