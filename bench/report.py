"""One line a figure: what was measured, the figure, the limit, and the ratio to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value against its limit (both in ``unit``; smaller is better)."""

    what: str
    value: float
    limit: float
    unit: str

    @property
    def line(self) -> str:
        """The figure as printed: a ratio up to 1 keeps the limit; a limit of 0 allows none."""
        ratio = self.value / self.limit if self.limit else float(self.value > 0)
        verdict = "ok  " if self.value <= self.limit else "OVER"
        return (
            f"{verdict} {self.what:<58} {self.value:>9.1f} {self.unit:<4}"
            f" limit {self.limit:>7.0f}  ratio {ratio:.2f}"
        )


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
