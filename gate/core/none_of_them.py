"""The hypothesis "none of them": a truck that nobody declared stands at the lane.

Its plate is any plate, or (the dangerous case) one character away from a declared plate: a
fleet mate, whose plate a small misreading turns into the declared one.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log

from gate.core.cameras import REAR
from gate.core.likelihood import Sight, added
from schemas.declarations import Declaration
from schemas.policy import Policy

FLEET_MATE = 0.5
"""Share of undeclared trucks whose plate is one character from a declared one's."""
NEIGHBOURS = 60
"""Plates at one character's distance from a plate, about: five digits and a few letters."""
RIGID = 0.5
"""Share of trucks that show one plate in front and behind."""

_DIGITS = "0123456789"


def undeclared(
    sights: tuple[Sight, ...], declarations: tuple[Declaration, ...], policy: Policy
) -> float:
    """Log of prior and likelihood of an undeclared truck (papers count nothing either way)."""
    likelihood = log(1 - FLEET_MATE) + sum(sight.chance for sight in sights)
    mates = _mates(sights, declarations)
    if mates is not None:
        mate = log(FLEET_MATE / policy.open_declarations / NEIGHBOURS) + mates
        likelihood = added(likelihood, mate)
    return log(policy.undeclared_share) + likelihood


def _mates(sights: tuple[Sight, ...], declarations: tuple[Declaration, ...]) -> float | None:
    """Log of the looks' likelihood summed over undeclared plates beside declared ones.

    Summed in full round the declared plate that explains the front look best, and taken
    to be the same round each other one that explains it: on the safe side.
    """
    front = next((s for s in sights if s.role != REAR), None)
    if front is None:
        return None
    rear = next((s for s in sights if s.role == REAR), None)
    declared = {d.tractor_plate for d in declarations}
    bases = [plate for plate in declared if front.explained_by(plate)]
    if not bases:
        return None
    base = max(bases, key=lambda plate: (front.of_plate(plate), plate))
    values = []
    for plate in sorted(set(_beside(base, front.folds[0].text)) - declared):
        value = front.of_plate(plate)
        if rear is not None:
            same = log(RIGID) + rear.of_plate(plate)
            value += added(same, log(1 - RIGID) + rear.chance)
        values.append(value)
    if not values:
        return None
    top = max(values)
    return top + log(sum(exp(value - top) for value in values)) + log(len(bases))


def _beside(base: str, read: str) -> Iterator[str]:
    """Plates one digit from ``base``, and what was read in its place."""
    for at in range(len(base)):
        if base[at] in _DIGITS and at > 1:
            yield from (base[:at] + digit + base[at + 1 :] for digit in _DIGITS)
    if len(read) == len(base):
        yield read
