"""Where the characters of a Chinese plate stand: cells of fixed size, as the standard has them.

The measures are those of GA 36 in millimetres, as generally published; every plate drawn varies
them a little, because pictures show plates of several editions and makers.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from ocr.training.series import PlateText


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The middle, width and height of one character, as shares of the plate's width and height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """Characters of one size in a row: pitch from one to the next, all in millimetres."""

    middle: float
    width: float
    height: float
    gap: float
    after_head: float


_PLATE = {"one": (440.0, 140.0), "green": (480.0, 140.0), "two": (440.0, 220.0)}
_ONE = _Row(middle=70, width=45, height=90, gap=12, after_head=34)
_GREEN = _Row(middle=70, width=43, height=90, gap=9, after_head=49)
_UPPER = _Row(middle=45, width=80, height=60, gap=30, after_head=30)
_LOWER = _Row(middle=142, width=65, height=110, gap=15, after_head=15)


def _spread(rng: random.Random, row: _Row, line: str, plate: tuple[float, float]) -> list[Cell]:
    """Cells of ``line``'s characters (separators have none), the row set in the middle."""
    chars = [c for c in line if c not in "-.·"]
    two = row in (_UPPER, _LOWER)
    width, height = row.width * rng.uniform(0.92, 1.08), row.height * rng.uniform(0.93, 1.06)
    gap = max(2.0, row.gap + row.width - width + rng.gauss(0, 1.5))
    wide = max(gap, row.after_head * rng.uniform(0.85, 1.1)) if "·" in line else gap
    gaps = [gap] * (len(chars) - 1)
    if not two and len(gaps) > 1:
        gaps[1] = max(wide, gap)
    left = (plate[0] - len(chars) * width - sum(gaps)) / 2 + rng.gauss(0, 3)
    cells = []
    for i, _ in enumerate(chars):
        x = left + i * width + sum(gaps[:i]) + width / 2
        y = row.middle / plate[1] + rng.gauss(0, 0.012)
        cells.append(Cell(x=x / plate[0], y=y, width=width / plate[0], height=height / plate[1]))
    return cells


def cells_of(rng: random.Random, plate: PlateText) -> tuple[float, list[Cell]]:
    """Width over height of a Chinese ``plate``, and a cell for each of its characters."""
    if len(plate.lines) == 2:
        size = _PLATE["two"]
        upper = _spread(rng, _UPPER, plate.lines[0], size)
        return size[0] / size[1], upper + _spread(rng, _LOWER, plate.lines[1], size)
    green = plate.colour == "green"
    size = _PLATE["green" if green else "one"]
    row = _GREEN if green else _ONE
    return size[0] / size[1], _spread(rng, row, plate.lines[0], size)
