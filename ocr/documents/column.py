"""Vertical markings: upright characters one under another, as on the sides of containers.

Recognisers read along a line, so the column is cut into its characters, which are then set
side by side.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ocr.engines.lines import Corners
from ocr.ports import Picture

_LEAST_TALL = 1.8
_MOST_CHARACTERS = 13
_LEAST_CHARACTERS = 10
_WIDTH = 48

Rect = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


def columns(found: Sequence[Corners], shape: tuple[int, ...]) -> list[Rect]:
    """Upright columns that the tall boxes of a picture of ``shape`` belong to, tallest first.

    A detector marks parts of a column, so boxes above each other are taken together, and the
    column is continued beyond them by half its height or more.
    """
    tall = [r for r in map(_rect, found) if r[3] - r[1] > _LEAST_TALL * (r[2] - r[0])]
    merged: list[Rect] = []
    for rect in sorted(tall, key=lambda r: r[1]):
        for i, other in enumerate(merged):
            if _same_column(other, rect):
                merged[i] = (
                    min(other[0], rect[0]),
                    other[1],
                    max(other[2], rect[2]),
                    max(other[3], rect[3]),
                )
                break
        else:
            merged.append(rect)
    merged.sort(key=lambda r: r[3] - r[1], reverse=True)
    return [_lengthened(r, shape) for r in merged if r[3] - r[1] >= 3 * (r[2] - r[0])]


def side_by_side(picture: Picture, column: Rect) -> Picture | None:
    """Cut ``column`` into characters and set them in one line; None when it has not about 11."""
    left, top, right, bottom = column
    crop = picture[top:bottom, left:right]
    if min(crop.shape[:2]) < 8:
        return None
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    best: list[tuple[int, int]] = []
    for ink in _inks(grey):
        cuts = _characters(ink, grey.shape[1])
        if _LEAST_CHARACTERS <= len(cuts) <= _MOST_CHARACTERS and len(cuts) > len(best):
            best = cuts
    if not best:
        return None
    height = max(b - a for a, b in best)
    pad = height // 6
    cells: list[np.ndarray] = []
    for a, b in best:
        middle, half = (a + b) // 2, height // 2 + pad
        cell = crop[max(0, middle - half) : middle + half]
        cells.append(cv2.resize(cell, (_WIDTH, _WIDTH * 3 // 2), interpolation=cv2.INTER_CUBIC))
    return np.ascontiguousarray(np.hstack(cells), dtype=np.uint8)


def _inks(grey: np.ndarray) -> list[np.ndarray]:
    """Light and dark ink, each by a threshold that follows the surface's light."""
    size = max(15, grey.shape[1] | 1)
    block = size if size % 2 else size + 1
    mode = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    light = cv2.adaptiveThreshold(grey, 255, mode, cv2.THRESH_BINARY, block, -8)
    dark = cv2.adaptiveThreshold(grey, 255, mode, cv2.THRESH_BINARY_INV, block, 8)
    return [light, dark]


def _characters(ink: np.ndarray, width: int) -> list[tuple[int, int]]:
    """Rows from and to of each character, by the gaps between them."""
    core = ink[:, width // 6 : width - width // 6]
    full = (core > 0).sum(axis=1) >= max(2, core.shape[1] // 10)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], full.astype(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    if not runs:
        return []
    usual = float(np.median([b - a for a, b in runs if b - a > 3] or [0]))
    return [(a, b) for a, b in runs if 0.55 * usual < b - a < 1.6 * usual]


def _rect(corners: Corners) -> Rect:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys))


def _same_column(upper: Rect, lower: Rect) -> bool:
    overlap = min(upper[2], lower[2]) - max(upper[0], lower[0])
    narrower = min(upper[2] - upper[0], lower[2] - lower[0])
    wider = max(upper[2] - upper[0], lower[2] - lower[0])
    return overlap > 0.5 * narrower and lower[1] - upper[3] < 3 * wider


def _lengthened(rect: Rect, shape: tuple[int, ...]) -> Rect:
    """``rect`` long enough for eleven characters, whichever end is missing."""
    left, top, right, bottom = rect
    width = right - left
    need = max(0, 16 * width - (bottom - top))
    side = max(2, width // 8)
    return (
        max(0, left - side),
        max(0, top - need // 2),
        min(shape[1], right + side),
        min(shape[0], bottom + need // 2),
    )
