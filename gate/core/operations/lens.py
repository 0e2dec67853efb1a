"""Does a camera read worse than it used to? The rule behind the alarm "dirty lens".

The newest reads are compared with the camera's own history. Given ``k`` exact reads of
``n`` in the history, the number of exact reads among the next ``m`` has a beta-binomial
distribution (Jeffreys prior; A. Gelman et al., Bayesian Data Analysis, 3rd ed., 2.4 and
2.8): it holds the doubt about the history as well as the chance of the newest reads. An
alarm needs a result rarer than ``ALARM_AT`` and a loss that matters to the lane.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma

WINDOW = 40
"""Newest reads that are judged: an hour or two of a busy lane."""
LEAST_RECENT = 25
LEAST_HISTORY = 100
MOST_HISTORY = 400
"""A longer history counts as if it had this many reads, so that ordinary changes of light
and weather, which a binomial does not know, raise no alarm."""
ALARM_AT = 1e-4
"""48 cameras judged once a busy hour: less than one false alarm in eight days at the bound,
and windows overlap, so that in practice there are fewer."""
WELL_AT = 0.02
LEAST_LOSS = 0.10
"""A camera that reads ten points worse sends one truck in ten more to the officer."""


class Lens(StrEnum):
    """The judgement."""

    UNKNOWN = "unknown"
    """Too few reads to say anything."""
    WELL = "well"
    FALLING = "falling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """Reads of one camera whose truth is known: how many, and how many were exact."""

    seen: int
    exact: int

    def __post_init__(self) -> None:
        if not 0 <= self.exact <= self.seen:
            raise ValueError(f"{self.exact} exact reads of {self.seen} can't be")

    @property
    def rate(self) -> float | None:
        """Share of exact reads, None without any."""
        return self.exact / self.seen if self.seen else None


def rarity(history: Reads, recent: Reads) -> float:
    """The probability of at most ``recent.exact`` exact reads of ``recent.seen``, if the
    camera is as it was: 1 for as good as ever, near 0 for much worse.
    """
    seen = min(history.seen, MOST_HISTORY)
    exact = history.exact * seen / history.seen if history.seen else 0.0
    a, b = exact + 0.5, seen - exact + 0.5
    n = recent.seen
    whole = _beta(a, b)
    terms = (
        exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + _beta(a + k, b + n - k) - whole)
        for k in range(recent.exact + 1)
    )
    return min(1.0, sum(terms))


def _beta(a: float, b: float) -> float:
    """Natural logarithm of the beta function."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def judge(history: Reads, recent: Reads, *, alarmed: bool = False) -> Lens:
    """Judge the newest reads. ``alarmed`` tells that the alarm stands: to end it the reads
    must be ordinary again, not just a little better than at the bound.
    """
    if history.seen < LEAST_HISTORY or recent.seen < LEAST_RECENT:
        return Lens.UNKNOWN
    loss = (history.rate or 0.0) - (recent.rate or 0.0)
    rare = rarity(history, recent)
    if alarmed:
        return Lens.WELL if rare >= WELL_AT or loss < LEAST_LOSS / 2 else Lens.FALLING
    return Lens.FALLING if rare < ALARM_AT and loss >= LEAST_LOSS else Lens.WELL
