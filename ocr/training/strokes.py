"""A plate alphabet drawn from strokes, so that its width, weight and roundness can vary freely.

Real plate letters are tall, narrow and of even stroke, and no free font has exactly their
shapes. Each glyph here is a few polylines in a unit box whose corners may be rounded; a
variant picks stroke, corner radius and alternative forms, so the real ones lie in the range.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float, bool]
Path = tuple[Point, ...]


def _p(spec: str) -> Path:
    """Parse ``"0,0 1,0r"``: points of the unit box, ``r`` marks a rounded corner."""
    points = []
    for word in spec.split():
        x, y = word.rstrip("r").split(",")
        points.append((float(x), float(y), word.endswith("r")))
    return tuple(points)


_FORMS: dict[str, tuple[tuple[str, ...], ...]] = {
    "0": (("C 0,0r 1,0r 1,1r 0,1r",),),
    "1": (
        ("0.5,0 0.5,1",),
        ("0.05,0.22 0.5,0 0.5,1",),
        ("0.15,0.15 0.55,0 0.55,1",),
        # A short, nearly level flag, as on Vietnamese plates.
        ("0.18,0.1 0.55,0.02 0.55,1",),
        ("0.25,0.14 0.55,0.02 0.55,1",),
        ("0.1,0.12 0.55,0.0 0.55,1",),
        ("0.2,0.04 0.55,0.02 0.55,1",),
    ),
    "2": (("0,0.26 0,0r 1,0r 1,0.42r 0,1 1,1",), ("0,0.2 0,0r 1,0r 1,0.5r 0,0.75r 0,1 1,1",)),
    "3": (
        ("0,0.2 0,0r 1,0r 1,0.47r 0.4,0.47", "0.4,0.47 1,0.47r 1,1r 0,1r 0,0.8"),
        ("0,0 1,0 0.45,0.4 1,0.42r 1,1r 0,1r 0,0.8",),
    ),
    "4": (("0.72,1 0.72,0 0,0.72 1,0.72",), ("0.6,0 0,0.74 1,0.74", "0.75,0.45 0.75,1")),
    "5": (
        ("0.95,0 0.06,0 0.02,0.45 0.2,0.38 1,0.38r 1,1r 0,1r 0,0.8",),
        ("0.95,0 0,0 0,0.42 1,0.42r 1,1r 0,1r 0,0.8",),
    ),
    "6": (
        ("1,0.2 1,0r 0,0r 0,1r 1,1r 1,0.42r 0,0.42r 0,0.6",),
        ("0.75,0 0,0.58r 0,1r 1,1r 1,0.42r 0.1,0.42",),
    ),
    "7": (("0,0 1,0 0.35,1",), ("0,0.15 0,0 1,0 0.4,0.5r 0.35,1",)),
    "8": (("C 0.05,0r 0.95,0r 0.95,0.46r 0.05,0.46r", "C 0,0.46r 1,0.46r 1,1r 0,1r"),),
    "9": (
        ("0,0.8 0,1r 1,1r 1,0r 0,0r 0,0.58r 1,0.58r 1,0.4",),
        ("0.25,1 1,0.42r 1,0r 0,0r 0,0.58r 0.9,0.58",),
    ),
    "A": (("0,1 0.5,0 1,1", "0.18,0.68 0.82,0.68"), ("0,1 0.42,0 0.58,0 1,1", "0.2,0.7 0.8,0.7")),
    "B": (("0,0 0.95,0r 0.95,0.47r 0,0.47", "0,0.47 1,0.47r 1,1r 0,1 0,0"),),
    "C": (("1,0.28 1,0r 0,0r 0,1r 1,1r 1,0.72",),),
    "D": (("C 0,0 1,0r 1,1r 0,1",),),
    "E": (("1,0 0,0 0,1 1,1", "0,0.48 0.85,0.48"),),
    "F": (("1,0 0,0 0,1", "0,0.48 0.85,0.48"),),
    "G": (
        ("1,0.26 1,0r 0,0r 0,1r 1,1r 1,0.55 0.5,0.55",),
        ("1,0.22 1,0r 0,0r 0,1r 1,1r 1,0.6 0.55,0.6", "1,0.6 1,1"),
    ),
    "H": (("0,0 0,1", "1,0 1,1", "0,0.5 1,0.5"),),
    "I": (("0.5,0 0.5,1",), ("0.5,0 0.5,1", "0.2,0 0.8,0", "0.2,1 0.8,1")),
    "J": (("0.9,0 0.9,1r 0,1r 0,0.72",), ("0.4,0 1,0 1,1r 0,1r 0,0.75",)),
    "K": (("0,0 0,1", "1,0 0,0.6", "0.35,0.4 1,1"), ("0,0 0,1", "1,0 0.1,0.5 1,1")),
    "L": (("0,0 0,1 1,1",),),
    "M": (("0,1 0,0 0.5,0.65 1,0 1,1",), ("0,1 0,0 0.5,0.95 1,0 1,1",)),
    "N": (("0,1 0,0 1,1 1,0",),),
    "O": (("C 0,0r 1,0r 1,1r 0,1r",),),
    "P": (("0,1 0,0 1,0r 1,0.54r 0,0.54",),),
    "Q": (("C 0,0r 1,0r 1,1r 0,1r", "0.6,0.75 1,1.03"),),
    "R": (("0,1 0,0 1,0r 1,0.52r 0,0.52", "0.45,0.52 1,1"),),
    "S": (("1,0.22 1,0r 0,0r 0,0.48r 1,0.5r 1,1r 0,1r 0,0.78",),),
    "T": (("0,0 1,0", "0.5,0 0.5,1"),),
    "U": (("0,0 0,1r 1,1r 1,0",),),
    "V": (("0,0 0.5,1 1,0",),),
    "W": (("0,0 0.25,1 0.5,0.2 0.75,1 1,0",), ("0,0 0.2,1 0.5,0.4 0.8,1 1,0",)),
    "X": (("0,0 1,1", "1,0 0,1"),),
    "Y": (("0,0 0.5,0.5 1,0", "0.5,0.5 0.5,1"),),
    "Z": (("0,0 1,0 0,1 1,1",),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StrokeStyle:
    """One variant: ``width`` and ``stroke`` as shares of the height, ``radius`` of the width."""

    width: float
    stroke: float
    radius: float
    jitter: float
    seed: int


def random_style(rng: random.Random) -> StrokeStyle:
    """A style as seen on plates: narrow to middling, thin to bold, square to round."""
    return StrokeStyle(
        width=rng.uniform(0.36, 0.62),
        stroke=rng.uniform(0.08, 0.19),
        radius=rng.uniform(0.12, 0.55),
        jitter=rng.uniform(0.0, 0.025),
        seed=rng.getrandbits(30),
    )


def _rounded(path: list[Point], closed: bool, radius: float) -> list[tuple[float, float]]:
    """Replace marked corners by short quadratic curves; points in pixels."""
    out: list[tuple[float, float]] = []
    n = len(path)
    for i, (x, y, bent) in enumerate(path):
        if not bent or (not closed and i in (0, n - 1)):
            out.append((x, y))
            continue
        arms = []
        for j in (i - 1, (i + 1) % n):
            dx, dy = path[j][0] - x, path[j][1] - y
            length = max(1e-6, float(np.hypot(dx, dy)))
            share = min(radius / length, 0.5)
            arms.append((x + dx * share, y + dy * share))
        (ax, ay), (bx, by) = arms
        for t in np.linspace(0, 1, 7):
            u = 1 - t
            # A conic bulges further than a parabola: pull the middle towards the corner.
            w = 1.35
            d = u * u + 2 * w * u * t + t * t
            px = (u * u * ax + 2 * w * u * t * x + t * t * bx) / d
            py = (u * u * ay + 2 * w * u * t * y + t * t * by) / d
            out.append((float(px), float(py)))
    return out


def draw_glyph(char: str, style: StrokeStyle, height: int = 64) -> NDArray[np.uint8]:
    """The mask of ``char`` (0..255), cut to its ink, ``height`` rows high."""
    rng = random.Random(f"{style.seed}{char}")
    form = rng.choice(_FORMS[char])
    scale = 3
    big = height * scale
    stroke = max(2, round(style.stroke * big))
    wide = style.width * big * (1.25 if char in "MW" else 1.0)
    inner_w, inner_h = max(4.0, wide - stroke), big - stroke
    canvas = np.zeros((big + 2 * stroke, int(wide) + 3 * stroke), np.uint8)
    for spec in form:
        closed = spec.startswith("C ")
        points = [
            (
                (x + rng.uniform(-1, 1) * style.jitter) * inner_w + stroke,
                (y + rng.uniform(-1, 1) * style.jitter) * inner_h + stroke,
                bent,
            )
            for x, y, bent in _p(spec.removeprefix("C "))
        ]
        line = np.round(_rounded(points, closed, style.radius * wide)).astype(np.int32)
        cv2.polylines(canvas, [line], closed, 255, stroke, cv2.LINE_AA)
    ys, xs = np.nonzero(canvas > 40)
    ink = canvas[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    out_w = max(3, round(ink.shape[1] * height / ink.shape[0]))
    return np.asarray(cv2.resize(ink, (out_w, height), interpolation=cv2.INTER_AREA), np.uint8)
