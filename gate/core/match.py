"""Which declaration is this truck? A probability for each candidate and for "none of them".

Bayes over the candidates that the database pre-selected. The prior of a declaration is
one among the open ones, weighed by direction, gate, window and status; looks are
independent between cameras and discounted within one (they share dirt and glare).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import exp, log

from gate.core import likelihood
from gate.core.normalize import near
from schemas.declarations import OPEN_STATUSES, Declaration
from schemas.policy import Policy
from schemas.transit import Candidate, Match, Seen, SeenPlate

MISREAD = 1e-3
"""Share of looks whose text has nothing to do with the plate (a sign, another vehicle)."""
SWAPPED = 3e-2
"""Share of declared trucks that come with another trailer than declared."""
FLEET_MATE = 0.2
"""Share of undeclared trucks whose plate is one character from a declared one's."""
NO_MATE = 1e-6
"""The same where no declared plate is that close: pre-selection may have missed one."""
NEIGHBOURS = 80
"""Plates at one character's distance from a plate."""
UNLIKELY = 0.005
"""Prior weight of a declaration for another gate or direction, or one that is not open."""
SAME_CAMERA_WEIGHT = 0.5
"""What each further look of the same camera adds, of a full look."""


def match(
    seen: Seen, declarations: tuple[Declaration, ...], policy: Policy, now: datetime
) -> Match:
    """Weigh every candidate declaration against what was seen.

    Probabilities are rounded to six digits, so that a replay on another machine gives
    the same values; candidates come best first, ties by number.
    """
    looks = tuple(look for look in seen.plates if look.text)
    if not looks or not declarations:
        return Match()
    weights = {d.id: _prior(d, seen, policy, now) + _log_likelihood(looks, d) for d in declarations}
    none = _none(looks, declarations, policy)
    top = max(*weights.values(), none)
    total = sum(exp(w - top) for w in weights.values()) + exp(none - top)
    found = [
        Candidate(
            declaration=d.id,
            number=d.number,
            probability=round(exp(weights[d.id] - top) / total, 6),
            evidence=_evidence(looks, d),
        )
        for d in declarations
    ]
    found.sort(key=lambda c: (-c.probability, c.number))
    return Match(candidates=tuple(found[:5]), none=round(exp(none - top) / total, 6))


def target(look: SeenPlate, declaration: Declaration) -> str:
    """The declared plate that this camera should see: a rear camera sees the trailer."""
    if look.role == "rear" and declaration.trailer_plate:
        return declaration.trailer_plate
    return declaration.tractor_plate


def _prior(d: Declaration, seen: Seen, policy: Policy, now: datetime) -> float:
    early = timedelta(milliseconds=policy.early_ms)
    late = timedelta(milliseconds=policy.late_ms)
    weight = (1 - policy.undeclared_share) / policy.open_declarations
    weight *= 1.0 if d.direction is seen.direction else UNLIKELY
    weight *= 1.0 if d.gate == seen.gate else UNLIKELY
    weight *= 1.0 if d.window_from - early <= now <= d.window_to + late else 0.3
    weight *= 1.0 if d.status in OPEN_STATUSES else UNLIKELY
    return log(weight)


def _log_likelihood(looks: tuple[SeenPlate, ...], declaration: Declaration) -> float:
    return _by_camera(looks, {id(look): _look(look, declaration) for look in looks})


def _look(look: SeenPlate, declaration: Declaration) -> float:
    chance = likelihood.of_chance(look.text)
    plate = likelihood.of_plate(look, target(look, declaration))
    return likelihood.mixed(plate, chance, SWAPPED if look.role == "rear" else MISREAD)


def _none(
    looks: tuple[SeenPlate, ...], declarations: tuple[Declaration, ...], policy: Policy
) -> float:
    """An undeclared truck: its plate is anything, or a fleet mate of a declared one.

    The mate's own plate was read as it is; what hangs behind it is anything.
    """
    chance = {id(k): likelihood.of_chance(k.text) for k in looks}
    mate = {
        id(k): chance[id(k)] if k.role == "rear" else likelihood.of_plate(k, k.text) for k in looks
    }
    front = next((k.text for k in looks if k.role != "rear"), looks[0].text)
    beside = any(d.tractor_plate != front and near(d.tractor_plate, front) for d in declarations)
    return log(policy.undeclared_share) + likelihood.mixed(
        _by_camera(looks, chance),
        _by_camera(looks, mate) - log(NEIGHBOURS),
        FLEET_MATE if beside else NO_MATE,
    )


def _by_camera(looks: tuple[SeenPlate, ...], values: dict[int, float]) -> float:
    total = 0.0
    for role in sorted({look.role for look in looks}):
        own = [values[id(look)] for look in looks if look.role == role]
        total += sum(own) / len(own) * (1 + SAME_CAMERA_WEIGHT * (len(own) - 1))
    return total


def _evidence(looks: tuple[SeenPlate, ...], declaration: Declaration) -> tuple[str, ...]:
    words = []
    for look in looks:
        declared = target(look, declaration)
        if look.text == declared:
            verdict = "as declared"
        elif near(look.text, declared):
            verdict = f"close to the declared {declared}"
        else:
            verdict = f"differs from the declared {declared}"
        words.append(f"{look.role} plate {look.text} read {look.confidence:.0%}, {verdict}")
    return tuple(words)
