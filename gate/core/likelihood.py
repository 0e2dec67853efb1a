"""How likely a look is, if the plate in front of the camera is a given one. Natural logs.

The reader's character posterior is taken as likelihood (a flat prior over characters);
what it does not list gets a floor, higher for look-alikes. The floors are set to be
generous to errors, so that a wrong plate is never called impossible.
"""

from __future__ import annotations

from math import exp, log

from schemas.plates import lookalikes
from schemas.transit import SeenPlate

FLOOR = 1e-4
LOOKALIKE_FLOOR = 4e-3
GAP = 2e-3
LOST_PROVINCE = 5e-2
IMPOSSIBLE = log(1e-12)

_DIGITS = frozenset("0123456789")


def of_plate(look: SeenPlate, plate: str) -> float:
    """Log-likelihood of the look if the plate is ``plate``.

    One character may be lost or added (at the cost ``GAP``; a lost Chinese province
    character is common and costs less); further apart is ``IMPOSSIBLE``.
    """
    text = look.text
    if not plate or not text:
        return IMPOSSIBLE
    if len(text) == len(plate):
        return max(IMPOSSIBLE, _aligned(look, plate, range(len(text))))
    if len(text) + 1 == len(plate):
        return max(IMPOSSIBLE, *(_lost(look, plate, i) for i in range(len(plate))))
    if len(text) == len(plate) + 1:
        kept = range(len(text))
        return max(
            IMPOSSIBLE,
            *(log(GAP) + _aligned(look, plate, [*kept[:i], *kept[i + 1 :]]) for i in kept),
        )
    return IMPOSSIBLE


def of_chance(text: str) -> float:
    """Log-likelihood of reading ``text`` from a plate about which nothing was declared."""
    return sum(_chance(c) for c in text)


def mixed(first: float, second: float, share: float) -> float:
    """Log of ``(1 - share) * e^first + share * e^second``, safely."""
    a, b = log(1 - share) + first, log(share) + second
    top = max(a, b)
    return top + log(exp(a - top) + exp(b - top))


def _lost(look: SeenPlate, plate: str, at: int) -> float:
    cost = LOST_PROVINCE if at == 0 and not plate[0].isascii() else GAP
    return log(cost) + _aligned(look, plate[:at] + plate[at + 1 :], range(len(look.text)))


def _aligned(look: SeenPlate, plate: str, positions: range | list[int]) -> float:
    return sum(_character(look, i, c) for i, c in zip(positions, plate, strict=True))


def _character(look: SeenPlate, at: int, char: str) -> float:
    listed = look.characters[at] if at < len(look.characters) else ()
    floor = LOOKALIKE_FLOOR if char in lookalikes(look.text[at]) else FLOOR
    for candidate, probability in listed:
        if candidate == char:
            return log(max(floor, probability))
    return log(floor)


def _chance(char: str) -> float:
    if char in _DIGITS:
        return -log(10)
    return -log(20) if char.isascii() else -log(31)
