"""A line of text as an engine saw it: where, and which characters with what probability."""

from __future__ import annotations

import math
from dataclasses import dataclass

Options = tuple[tuple[str, float], ...]
"""Competing characters of one position with their probabilities, best first."""

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Four (x, y) points clockwise from top left, in pixels of the whole picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line: its characters' competing readings and its corners.

    ``spans`` gives each character's left and right edge as fractions of the line's width,
    approximate, or is empty.
    """

    characters: tuple[Options, ...]
    corners: Corners
    spans: tuple[tuple[float, float], ...] = ()

    @property
    def text(self) -> str:
        """The likeliest character of every position."""
        return "".join(options[0][0] for options in self.characters)

    @property
    def height(self) -> float:
        """Mean length of the two short edges, in pixels."""
        a, b, c, d = self.corners
        return max((math.dist(a, d) + math.dist(b, c)) / 2, 1.0)

    @property
    def width(self) -> float:
        """Mean length of the two long edges, in pixels."""
        a, b, c, d = self.corners
        return max((math.dist(a, b) + math.dist(d, c)) / 2, 1.0)

    @property
    def centre(self) -> Point:
        """Middle of the four corners."""
        return (sum(x for x, _ in self.corners) / 4, sum(y for _, y in self.corners) / 4)
