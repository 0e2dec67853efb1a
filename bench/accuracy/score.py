"""From readings to figures: exact plates, character errors, false reads, calibration, time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one reader said about one picture: its best text, confidence and CPU time.

    ``located`` tells whether any reading lies on the plate; None where its place is unknown.
    ``asked`` tells whether a second reader was asked for the best reading.
    """

    set_name: str
    name: str
    truth: str
    dev: bool
    text: str
    confidence: float
    others: tuple[str, ...]
    ms: float
    located: bool | None = None
    asked: bool = False

    @property
    def exact(self) -> bool:
        """The best reading is the truth, character by character."""
        return self.text == self.truth


def distance(a: str, b: str) -> int:
    """Fewest insertions, deletions and replacements that turn ``a`` into ``b``."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of one reader on one set. Shares are 0..1; ``ms`` is the median CPU time."""

    pictures: int
    exact: float
    anywhere: float
    found: float
    recall: float | None
    character_errors: float
    ms: float
    sure: int
    sure_right: int


def figures(results: Sequence[Result], sure: float = 0.99) -> Figures:
    """Summarise ``results``; for pictures without truth "exact" means that nothing was read."""
    placed = [r.located for r in results if r.located is not None]
    total = sum(max(len(r.truth), 1) for r in results)
    certain = [r for r in results if r.text and r.confidence >= sure]
    return Figures(
        pictures=len(results),
        exact=sum(r.exact for r in results) / len(results),
        anywhere=sum(r.exact or r.truth in r.others for r in results) / len(results),
        found=sum(bool(r.text) for r in results) / len(results),
        recall=sum(placed) / len(placed) if placed else None,
        character_errors=sum(distance(r.text, r.truth) for r in results) / total,
        ms=median(r.ms for r in results),
        sure=len(certain),
        sure_right=sum(r.exact for r in certain),
    )


def calibration_error(results: Sequence[Result], bins: int = 10) -> float:
    """Expected calibration error: mean gap between confidence and share right, by bins."""
    read = [r for r in results if r.text]
    error = 0.0
    for k in range(bins):
        part = [r for r in read if min(int(r.confidence * bins), bins - 1) == k]
        if part:
            gap = sum(r.confidence - r.exact for r in part)
            error += abs(gap) / len(read)
    return error
