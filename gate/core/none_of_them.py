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
STRAY_TRAILER = 0.05
"""Share of undeclared trucks that pull a declared trailer."""
RIGID = 0.5
"""Share of trucks that show one plate in front and behind."""

_DIGITS = "0123456789"


def undeclared(
    sights: tuple[Sight, ...], declarations: tuple[Declaration, ...], policy: Policy
) -> float:
    """Log of prior and likelihood of an undeclared truck (papers count nothing either way)."""
    front = next((s for s in sights if s.role != REAR), None)
    rear = next((s for s in sights if s.role == REAR), None)
    others = sum(s.chance for s in sights if s is not front and s is not rear)
    behind = 0.0 if rear is None else _trailer(rear, declarations, policy)
    likelihood = behind
    if front is not None:
        likelihood = log(1 - FLEET_MATE) + front.chance + behind
        mates = _mates(front, rear, behind, declarations)
        if mates is not None:
            mate = log(FLEET_MATE / policy.open_declarations / NEIGHBOURS) + mates
            likelihood = added(likelihood, mate)
    return log(policy.undeclared_share) + likelihood + others


def _trailer(rear: Sight, declarations: tuple[Declaration, ...], policy: Policy) -> float:
    """Log-likelihood of the rear looks behind an undeclared tractor: any trailer, a declared one
    that it pulls all the same, or one whose plate is a character from a declared one's.
    """
    declared = {d.trailer_plate for d in declarations if d.trailer_plate}
    bases = [plate for plate in declared if rear.explained_by(plate)]
    if not bases:
        return rear.chance
    one = log(len(bases) / policy.open_declarations)
    pulled = log(STRAY_TRAILER) + one + max(rear.of_plate(plate) for plate in bases)
    mate = log(FLEET_MATE / NEIGHBOURS) + one + rear.of_plate(rear.folds[0].text)
    return added(added(rear.chance, pulled), mate)


def _mates(
    front: Sight, rear: Sight | None, behind: float, declarations: tuple[Declaration, ...]
) -> float | None:
    """Log of the looks' likelihood summed over undeclared plates beside declared ones.

    Summed in full round the declared plate that explains the front look best, and taken
    to be the same round each other one that explains it: on the safe side.
    """
    declared = {d.tractor_plate for d in declarations}
    bases = [plate for plate in declared if front.explained_by(plate)]
    if not bases:
        return None
    base = max(bases, key=lambda plate: (front.of_plate(plate), plate))
    values = []
    for plate in sorted(set(_beside(base, front.folds[0].text)) - declared):
        value = front.of_plate(plate)
        if rear is not None:
            value += added(log(RIGID) + rear.of_plate(plate), log(1 - RIGID) + behind)
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
