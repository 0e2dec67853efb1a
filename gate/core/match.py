"""Which declaration is this truck? A probability for each candidate and for "none of them".

Bayes over the candidates that the database pre-selected. The prior of a declaration is one
among those in their window, weighed by direction, gate, booked lane, appointment and
status; cameras, containers, driver's document and gate pass are independent evidence.
docs/deciding.md explains each number.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import exp, log
from uuid import UUID

from gate.core.cameras import target_plate
from gate.core.likelihood import MISREAD, Sight
from gate.core.none_of_them import undeclared
from gate.core.papers import containers, documents, gate_pass
from gate.core.words import evidence
from schemas.declarations import OPEN_STATUSES, Declaration
from schemas.policy import Policy
from schemas.transit import Candidate, Match, Seen, SeenPlate

SWAPPED = 3e-2
"""Share of declared trucks that come with another trailer than declared."""
UNLIKELY = 1e-5
"""Prior weight of a declaration for another gate or direction, or one that is not open."""
OUT_OF_TIME = 3e-4
"""Prior weight of a declaration outside its window and leeway, of one inside."""
OTHER_LANE = 0.2
"""Prior weight of a declaration that booked another lane."""
SHOWN = 5
"""Candidates that a match tells of."""
KEPT = 12
"""Candidates that a decision is made from and stored with."""

_LOG_UNLIKELY, _LOG_OUT_OF_TIME, _LOG_OTHER_LANE = log(UNLIKELY), log(OUT_OF_TIME), log(OTHER_LANE)


def match(
    seen: Seen, declarations: tuple[Declaration, ...], policy: Policy, now: datetime
) -> Match:
    """Weigh every candidate declaration against what was seen.

    Probabilities are rounded to six digits, so that a replay on another machine gives
    the same values; candidates come best first, ties by number.
    """
    sights = sights_of(seen.plates)
    if not declarations or not (sights or seen.containers or seen.documents or seen.gate_pass):
        return Match()
    weights = _weights(sights, seen, declarations, policy, now)
    none = undeclared(sights, declarations, policy)
    top = max(*weights.values(), none)
    total = sum(exp(w - top) for w in weights.values()) + exp(none - top)
    ranked = sorted(declarations, key=lambda d: (-weights[d.id], d.number))
    found = []
    for d in ranked[:SHOWN]:
        words, sources = evidence(seen, sights, d, policy)
        found.append(
            Candidate(
                declaration=d.id,
                number=d.number,
                probability=round(exp(weights[d.id] - top) / total, 6),
                evidence=words,
                weights=sources,
            )
        )
    found.sort(key=lambda c: (-c.probability, c.number))
    return Match(candidates=tuple(found), none=round(exp(none - top) / total, 6))


def shortlist(
    seen: Seen, declarations: tuple[Declaration, ...], policy: Policy, now: datetime
) -> tuple[Declaration, ...]:
    """The candidates worth storing with the decision: the likeliest few, best first.

    The rest have no weight worth naming; without this every decision would keep a hundred
    strangers' declarations for ten years.
    """
    if len(declarations) <= KEPT:
        return declarations
    sights = sights_of(seen.plates)
    weights = _weights(sights, seen, declarations, policy, now)
    return tuple(sorted(declarations, key=lambda d: (-weights[d.id], d.number))[:KEPT])


def sights_of(looks: Iterable[SeenPlate]) -> tuple[Sight, ...]:
    """The looks that read anything, folded by camera place."""
    by_role: dict[str, list[SeenPlate]] = {}
    for look in looks:
        if look.text:
            by_role.setdefault(look.role, []).append(look)
    return tuple(
        Sight(role, by_role[role], SWAPPED if role == "rear" else MISREAD)
        for role in sorted(by_role)
    )


class _Priors:
    """How likely each declaration is before anything was seen; logs, made once a match."""

    def __init__(self, seen: Seen, policy: Policy, now: datetime) -> None:
        self._seen = seen
        self._opens = now + timedelta(milliseconds=policy.early_ms)
        self._closes = now - timedelta(milliseconds=policy.late_ms)
        self._one = log((1 - policy.undeclared_share) / policy.open_declarations)

    def of(self, d: Declaration) -> float:
        prior = self._one
        if d.direction is not self._seen.direction:
            prior += _LOG_UNLIKELY
        if d.gate != self._seen.gate:
            prior += _LOG_UNLIKELY
        if d.lane and d.lane != self._seen.lane:
            prior += _LOG_OTHER_LANE
        if d.window_from > self._opens or d.window_to < self._closes:
            prior += _LOG_OUT_OF_TIME
        if d.status not in OPEN_STATUSES:
            prior += _LOG_UNLIKELY
        return prior


def _weights(
    sights: tuple[Sight, ...],
    seen: Seen,
    declarations: tuple[Declaration, ...],
    policy: Policy,
    now: datetime,
) -> dict[UUID, float]:
    """Log of prior times likelihood of each declaration."""
    priors = _Priors(seen, policy, now)
    papers = bool(seen.containers or seen.documents or seen.gate_pass)
    weights = {}
    for d in declarations:
        weight = priors.of(d)
        for sight in sights:
            weight += sight.of_plate(target_plate(sight.role, d))
        weights[d.id] = weight + _papers(seen, d, policy) if papers else weight
    return weights


def _papers(seen: Seen, declaration: Declaration, policy: Policy) -> float:
    total = 0.0
    if seen.containers:
        total += containers(seen.containers, declaration)
    if seen.documents:
        total += documents(seen.documents, declaration)
    if seen.gate_pass is not None:
        total += gate_pass(seen.gate_pass, declaration, policy)
    return total
