"""How likely the looks of one camera are, if the plate before it is a given one. Natural logs.

All looks of a camera are folded into one table of characters by position before any plate
is scored: two hundred plates then cost two hundred sums. How much each look counts, and how
their characters add up, is the rule of ``fuse``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, log1p

from gate.core import confusion
from gate.core.fuse import BURST_CORRELATION, pool, share
from schemas.plate_series import CN_MARKS
from schemas.transit import SeenPlate

GAP = 2e-3
"""Probability that a reader loses or invents a character."""
LOST_PROVINCE = 5e-2
"""The same for a Chinese province character, the one most often lost."""
MISREAD = 1e-4
"""Share of looks whose text has nothing to do with the plate (a sign, another vehicle)."""
IMPOSSIBLE = log(1e-12)
ALIKE = 2
"""Looks that differ in more characters than this are of different things."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZĐ" + "".join(CN_MARKS)

_DIGITS = frozenset("0123456789")
_LOG_GAP, _LOG_LOST_PROVINCE = log(GAP), log(LOST_PROVINCE)
_NEGLIGIBLE = -40.0
_ITEM = dict[str, float].__getitem__
_CHANCE_DIGIT, _CHANCE_LETTER, _CHANCE_PROVINCE = -log(10), -log(20), -log(31)


@dataclass(frozen=True, slots=True)
class Fold:
    """Looks with (nearly) one text, added up: a column of characters for each position.

    ``floors`` stand for characters outside ``ALPHABET``. ``weight`` is how many full
    looks this is; ``chance`` the log-likelihood of the text from any plate at all.
    """

    text: str
    columns: tuple[dict[str, float], ...]
    floors: tuple[float, ...]
    weight: float
    chance: float

    def of_plate(self, plate: str) -> float:
        """Log-likelihood if the plate is ``plate``; one character may be lost or added."""
        longer = len(plate) - len(self.columns)
        if longer == 0:
            try:
                total = sum(map(_ITEM, self.columns, plate))
            except KeyError:
                total = sum(self._at(i, c) for i, c in enumerate(plate))
            return total if total > IMPOSSIBLE else IMPOSSIBLE
        if not plate or abs(longer) > 1 or not self._shares_ends(plate):
            return IMPOSSIBLE
        return max(IMPOSSIBLE, self._shifted(plate, longer))

    def _shares_ends(self, plate: str) -> bool:
        """Whether the ends that agree leave at most two characters between them: quickly told
        for hundreds of strangers, whose alignments would explain nothing.
        """
        text = self.text
        n = min(len(plate), len(text))
        before = behind = 0
        while before < n and plate[before] == text[before]:
            before += 1
        while behind < n and plate[-1 - behind] == text[-1 - behind]:
            behind += 1
        return before + behind >= n - ALIKE

    def _shifted(self, plate: str, longer: int) -> float:
        """The best alignment with one character lost (``longer`` 1) or invented (-1)."""
        n = min(len(plate), len(self.columns))
        plain = [self._at(i, plate[i]) for i in range(n)]
        if longer > 0:
            moved = [self._at(i, plate[i + 1]) for i in range(n)]
        else:
            moved = [self._at(i + 1, plate[i]) for i in range(n)]
        before, behind = 0.0, sum(moved)
        best = self._gap(plate, 0, longer) + behind
        for i in range(n):
            before += plain[i]
            behind -= moved[i]
            best = max(best, self._gap(plate, i + 1, longer) + before + behind)
        return best

    def _gap(self, plate: str, at: int, longer: int) -> float:
        province = longer > 0 and at == 0 and not plate[0].isascii()
        return self.weight * (_LOG_LOST_PROVINCE if province else _LOG_GAP)

    def _at(self, position: int, char: str) -> float:
        return self.columns[position].get(char, self.floors[position])


class Sight:
    """What one camera saw of one transit, ready to be asked about plates."""

    __slots__ = ("_known", "_strays", "_true", "chance", "folds", "looks", "role")

    def __init__(self, role: str, looks: Sequence[SeenPlate], other: float) -> None:
        """``other`` is the probability that the camera saw something else than the plate."""
        self.role = role
        self.looks = tuple(looks)
        weight = share(len(looks), BURST_CORRELATION)
        self.folds = tuple(_fold(group, weight) for group in _alike(looks))
        self.chance = sum(fold.chance for fold in self.folds)
        self._true = log(1 - other)
        self._strays = tuple((fold, log(other) + fold.chance) for fold in self.folds)
        self._known: dict[str, float] = {}

    def of_plate(self, plate: str) -> float:
        """Log-likelihood of all looks if the plate is ``plate``."""
        known = self._known.get(plate)
        if known is None:
            known = 0.0
            for fold, stray in self._strays:
                known += added(self._true + fold.of_plate(plate), stray)
            self._known[plate] = known
        return known

    def explained_by(self, plate: str) -> bool:
        """True where the plate explains the looks better than pure chance does."""
        return self.of_plate(plate) > self.chance


def added(first: float, second: float) -> float:
    """Log of the sum of two probabilities given as logs."""
    if first < second:
        first, second = second, first
    apart = second - first
    return first if apart < _NEGLIGIBLE else first + log1p(exp(apart))


def of_chance(text: str) -> float:
    """Log-likelihood of reading ``text`` from a plate about which nothing was declared."""
    return sum(
        _CHANCE_DIGIT if c in _DIGITS else _CHANCE_LETTER if c.isascii() else _CHANCE_PROVINCE
        for c in text
    )


def _alike(looks: Sequence[SeenPlate]) -> list[list[SeenPlate]]:
    groups: list[list[SeenPlate]] = []
    for look in looks:
        for group in groups:
            first = group[0].text
            differ = sum(a != b for a, b in zip(first, look.text, strict=False))
            if len(first) == len(look.text) and differ <= ALIKE:
                group.append(look)
                break
        else:
            groups.append([look])
    return groups


def _fold(looks: Sequence[SeenPlate], weight: float) -> Fold:
    text = max(looks, key=lambda look: (look.confidence, look.text)).text
    columns, floors = [], []
    for at in range(len(text)):
        least = [confusion.log_floor(k.text[at]) for k in looks]
        said = [confusion.column(k.text[at], _listed(k, at)) for k in looks]
        named, floor = pool(said, least, weight)
        columns.append(dict.fromkeys(ALPHABET, floor) | named)
        floors.append(floor)
    whole = weight * len(looks)
    return Fold(text, tuple(columns), tuple(floors), whole, whole * of_chance(text))


def _listed(look: SeenPlate, at: int) -> tuple[tuple[str, float], ...]:
    return look.characters[at] if at < len(look.characters) else ()
