"""What a reader takes for what: the error that its own probabilities do not tell of.

A table in data: ``confusion_counts`` holds what our reader took for what on drawn plates, and
``measured`` smooths it towards the look-alikes of ``schemas.plates`` (users' reports and letter
shapes). Drawn plates are not the gate's: where real ones are counted, their counts take the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log

from gate.core.confusion_counts import COUNTS
from schemas.plates import LOOKALIKES, lookalikes

UNTOLD = 0.01
"""Share of characters that are wrong in spite of what the reader's posterior says: cautious, on
drawn plates it was a quarter of that (215 of 88,390 wrong and the truth given under 1 %).
"""
_LOOKALIKE = 0.8
"""Share of those errors that end in a look-alike."""
_OTHERS = 34
_SMOOTHING = 0.5
_FEW = 5.0
"""Of a character without look-alikes (a Chinese province) this many errors count half."""

Table = Mapping[str, Mapping[str, float]]
"""Read character -> true character -> share of the untold errors (sums to at most one)."""


def measured(counts: Mapping[tuple[str, str], int]) -> Table:
    """A table from counted (read, true) errors, smoothed towards the look-alikes.

    The smoothing adds half an error to each look-alike, so that one unlucky sample
    does not make a confusion impossible.
    """
    table: dict[str, dict[str, float]] = {}
    for read in sorted({*LOOKALIKES, *(read for read, _ in counts)}):
        found = {true: float(n) for (r, true), n in counts.items() if r == read and true != read}
        alike = lookalikes(read) if read in LOOKALIKES else ()
        for true in alike:
            found[true] = found.get(true, 0.0) + _SMOOTHING
        total = sum(found.values())
        share = _LOOKALIKE if alike else _LOOKALIKE * total / (total + _FEW)
        table[read] = {true: share * n / total for true, n in sorted(found.items())}
    return table


TABLE: Table = measured(COUNTS)

_LOG_FLOOR = log(UNTOLD / _OTHERS)
_LOG_FLOORS = {
    read: log(UNTOLD * (1 - sum(shares.values())) / _OTHERS) for read, shares in TABLE.items()
}


def log_floor(read: str) -> float:
    """Log-probability of each true character that neither posterior nor table names."""
    return _LOG_FLOORS.get(read, _LOG_FLOOR)


def column(read: str, listed: tuple[tuple[str, float], ...]) -> dict[str, float]:
    """Log-likelihood of each named true character, given what the reader listed.

    The reader's posterior is taken as likelihood (a flat prior over characters), mixed with
    the errors it does not tell of.
    """
    values = {char: (1 - UNTOLD) * probability for char, probability in listed}
    for true, share in TABLE.get(read, {}).items():
        values[true] = values.get(true, 0.0) + UNTOLD * share
    least = log_floor(read)
    floor = exp(least)
    return {char: log(value) if value > floor else least for char, value in values.items()}
