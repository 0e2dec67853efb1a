"""What containers, the driver's document and the gate pass say about a declaration.

Natural logs of the ratio to a truck that nobody declared: 0 says nothing. The shares are
settings of practice, not measurements; each is the probability of an honest exception.
"""

from __future__ import annotations

from math import log

from schemas.declarations import Declaration
from schemas.policy import Policy
from schemas.transit import SeenDocument, SeenPass

OTHER_CONTAINER = 0.02
"""Share of declared trucks with another container than declared."""
UNDECLARED_CONTAINER = 0.1
"""Share with a container where none was declared (filed as general cargo)."""
OTHER_DRIVER = 0.03
"""Share that come with another driver than declared."""
OTHER_PASS = 0.01
"""Share of trucks that show the pass of another declaration."""
STRAY_PASS = 0.05
"""Share of undeclared trucks that show some valid pass."""
CONTAINER_MISREAD = 0.02
"""Share of container readings with one wrong character."""

_CHANCE_CONTAINER = log(1e-8)
"""A given container number on a truck about which nothing is known: tens of millions exist."""
_CHANCE_DOCUMENT = log(1e-7)


def containers(read: tuple[str, ...], declaration: Declaration) -> float:
    """Evidence of the container numbers that were read."""
    if not read:
        return 0.0
    declared = declaration.containers
    total = 0.0
    for number in read:
        if number in declared:
            total += log(1 - OTHER_CONTAINER) - _CHANCE_CONTAINER
        elif any(one_off(number, other) for other in declared):
            total += log(CONTAINER_MISREAD) - _CHANCE_CONTAINER - log(11 * 9)
        else:
            total += log(OTHER_CONTAINER if declared else UNDECLARED_CONTAINER)
    return total


def documents(read: tuple[SeenDocument, ...], declaration: Declaration) -> float:
    """Evidence of the driver's document: one that is the declared one speaks for it."""
    numbers = [d.number for d in read if d.number and not d.problem]
    if not numbers or not declaration.driver_document:
        return 0.0
    if declaration.driver_document in numbers:
        return log(1 - OTHER_DRIVER) - _CHANCE_DOCUMENT
    return log(OTHER_DRIVER)


def gate_pass(shown: SeenPass | None, declaration: Declaration, policy: Policy) -> float:
    """Evidence of a valid gate pass; a bad one proves nothing about which truck this is."""
    if shown is None or shown.problem:
        return 0.0
    stray = log(STRAY_PASS / policy.open_declarations)
    if shown.declaration == declaration.number:
        return log(1 - OTHER_PASS) - stray
    return log(OTHER_PASS / policy.open_declarations) - stray


def one_off(one: str, other: str) -> bool:
    """True where two texts of one length differ in exactly one character."""
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1
