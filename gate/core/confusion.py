"""What a reader takes for what: the error that its own probabilities do not tell of.

A table in data. Until confusions of the plate reader are measured on enough real plates, it is
derived from the look-alike table of ``schemas.plates`` (users' reports and letter shapes, not a
measurement of this reader); ``measured`` makes one from counts, to be put in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log

from schemas.plates import LOOKALIKES, lookalikes

UNTOLD = 0.01
"""Share of characters that are wrong in spite of what the reader's posterior says."""
_LOOKALIKE = 0.8
"""Share of those errors that end in a look-alike."""
_OTHERS = 34
_SMOOTHING = 0.5

Table = Mapping[str, Mapping[str, float]]
"""Read character -> true character -> share of the untold errors (sums to at most one)."""


def _from_lookalikes() -> dict[str, dict[str, float]]:
    table = {}
    for read in LOOKALIKES:
        alike = lookalikes(read)
        table[read] = {true: _LOOKALIKE / len(alike) for true in alike}
    return table


TABLE: Table = _from_lookalikes()


_LOG_FLOOR_KNOWN = log(UNTOLD * (1 - _LOOKALIKE) / _OTHERS)
_LOG_FLOOR = log(UNTOLD / _OTHERS)


def log_floor(read: str) -> float:
    """Log-probability of each true character that neither posterior nor table names."""
    return _LOG_FLOOR_KNOWN if read in TABLE else _LOG_FLOOR


def measured(counts: Mapping[tuple[str, str], int]) -> Table:
    """A table from counted (read, true) errors, smoothed towards the look-alikes.

    The smoothing adds half an error to each look-alike, so that one unlucky sample
    does not make a confusion impossible.
    """
    table: dict[str, dict[str, float]] = {}
    for read, alike in TABLE.items():
        found = {true: float(n) for (r, true), n in counts.items() if r == read and true != read}
        for true in alike:
            found[true] = found.get(true, 0.0) + _SMOOTHING
        total = sum(found.values())
        table[read] = {true: _LOOKALIKE * n / total for true, n in found.items()}
    return table


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
