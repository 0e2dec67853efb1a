"""Find a machine-readable zone among the lines of a picture: two or three long equal rows.

Works on geometry first, so that few lines have to be read: rows of one zone have the same
direction and ends and lie close together. Any rotation is possible; whether a stack stands on
its head is told by reading it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr.engines.lines import Corners, Point

_LEAST_ASPECT = 9.0
_LEAST_HEIGHT = 5.0
_MOST_ROWS = 16
_MARGIN = 0.012
_HEIGHTEN = 1.12


@dataclass(frozen=True, slots=True)
class Row:
    """A long line with its long side as direction: middle of the left and right ends, height."""

    left: Point
    right: Point
    height: float

    @property
    def width(self) -> float:
        """Length along the direction."""
        return math.dist(self.left, self.right)

    @property
    def angle(self) -> float:
        """Direction in radians."""
        return math.atan2(self.right[1] - self.left[1], self.right[0] - self.left[0])

    def reversed(self) -> Row:
        """The same row read the other way round (turned by 180 degrees)."""
        return Row(self.right, self.left, self.height)

    def corners(self) -> Corners:
        """Four corners clockwise from top left, in the row's own direction."""
        (x0, y0), (x1, y1) = self.left, self.right
        length = max(self.width, 1e-6)
        nx, ny = -(y1 - y0) / length * self.height / 2, (x1 - x0) / length * self.height / 2
        return ((x0 - nx, y0 - ny), (x1 - nx, y1 - ny), (x1 + nx, y1 + ny), (x0 + nx, y0 + ny))


def long_rows(found: Sequence[Corners]) -> list[Row]:
    """Rows long enough for a zone, widest first, all pointing right (or down)."""
    rows = [_row(corners) for corners in found]
    long = [
        row
        for row in rows
        if row.height >= _LEAST_HEIGHT and row.width >= _LEAST_ASPECT * row.height
    ]
    return sorted(long, key=lambda row: row.width, reverse=True)[:_MOST_ROWS]


def stacks(rows: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    """Chains of two to five neighbouring rows of equal width, likeliest zone first."""
    chains: list[tuple[Row, ...]] = []
    for top in rows:
        if any(_follows(other, top) for other in rows):
            continue
        chain = [top]
        while len(chain) < 5:
            below = [row for row in rows if _follows(chain[-1], row)]
            if not below:
                break
            chain.append(min(below, key=lambda row: _across(chain[-1], row)))
        if len(chain) >= 2:
            chains.append(tuple(chain))
    yield from sorted(chains, key=lambda c: sum(r.width / r.height for r in c[-3:]), reverse=True)


def common_ends(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows lengthened to the same ends, with a small margin, and of one height.

    A detector often stops before trailing fillers; the other rows show where the zone ends.
    """
    angle = rows[0].angle
    ux, uy = math.cos(angle), math.sin(angle)
    start = min(row.left[0] * ux + row.left[1] * uy for row in rows)
    end = max(row.right[0] * ux + row.right[1] * uy for row in rows)
    margin = (end - start) * _MARGIN
    height = max(row.height for row in rows) * _HEIGHTEN
    return tuple(_stretched(row, start - margin, end + margin, (ux, uy), height) for row in rows)


def flipped(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The stack turned by 180 degrees."""
    return tuple(row.reversed() for row in reversed(rows))


def band_around(row: Row, lines: float = 4.5) -> Row:
    """A high row round ``row``: where the other rows of its zone must be."""
    (x0, y0), (x1, y1) = row.left, row.right
    dx, dy = (x1 - x0) * 0.06, (y1 - y0) * 0.06
    return Row((x0 - dx, y0 - dy), (x1 + dx, y1 + dy), row.height * (2 * lines + 1))


def _row(corners: Corners) -> Row:
    a, b, c, d = corners
    if math.dist(a, b) < math.dist(b, c):
        a, b, c, d = d, a, b, c
    left, right = _middle(a, d), _middle(b, c)
    height = (math.dist(a, d) + math.dist(b, c)) / 2
    steep = abs(right[1] - left[1]) > abs(right[0] - left[0])
    backwards = right[1] < left[1] if steep else right[0] < left[0]
    return Row(right, left, height) if backwards else Row(left, right, height)


def _middle(a: Point, b: Point) -> Point:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)


def _across(upper: Row, lower: Row) -> float:
    """Distance of the centres across the direction, in heights; positive when below."""
    cx, cy = _middle(upper.left, upper.right)
    dx, dy = _middle(lower.left, lower.right)
    angle = (upper.angle + lower.angle) / 2
    return (-(dx - cx) * math.sin(angle) + (dy - cy) * math.cos(angle)) / (
        (upper.height + lower.height) / 2
    )


def _follows(upper: Row, lower: Row) -> bool:
    """Whether ``lower`` can be the next row of the zone that ``upper`` belongs to."""
    if upper is lower or abs(upper.angle - lower.angle) > 0.08:
        return False
    if not 0.7 < _across(upper, lower) < 3.2:
        return False
    if not 0.6 < upper.height / lower.height < 1.7:
        return False
    widest = max(upper.width, lower.width)
    ends = math.dist(upper.left, lower.left), math.dist(upper.right, lower.right)
    apart = _across(upper, lower) * (upper.height + lower.height) / 2
    return all(math.sqrt(max(0.0, e * e - apart * apart)) < 0.12 * widest for e in ends)


def _stretched(row: Row, start: float, end: float, u: Point, height: float) -> Row:
    """``row`` continued along its own line to where it meets ``start`` and ``end`` on ``u``."""
    (x0, y0), (x1, y1) = row.left, row.right
    a, b = x0 * u[0] + y0 * u[1], x1 * u[0] + y1 * u[1]
    span = max(b - a, 1e-6)
    p, q = (start - a) / span, (end - a) / span
    dx, dy = x1 - x0, y1 - y0
    return Row((x0 + dx * p, y0 + dy * p), (x0 + dx * q, y0 + dy * q), height)
