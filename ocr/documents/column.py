"""Vertical markings: upright characters one under another, as on the sides of containers.

Recognisers read along a line, so the column is cut into its characters, which are then set
side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.engines.lines import Corners
from ocr.ports import Picture

_LEAST_TALL = 1.8
_MOST_CHARACTERS = 13
_LEAST_CHARACTERS = 10
_WIDTH = 64
_CELL = 64

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
    zoom = max(1.0, _WIDTH / crop.shape[1])
    crop = cv2.resize(crop, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    chains = [_chain(_blobs(ink)) for ink in _inks(grey)]
    best = _without_holes(max(chains, key=_likeness))
    if not _LEAST_CHARACTERS <= len(best) <= _MOST_CHARACTERS:
        return None
    half = round(float(np.median([b.bottom - b.top for b in best])) * 0.62)
    cells: list[np.ndarray] = []
    for blob in best:
        x, y = round(blob.x), round(blob.y)
        cell = crop[max(0, y - half) : y + half, max(0, x - half) : x + half]
        cells.append(cv2.resize(cell, (_CELL * 3 // 4, _CELL), interpolation=cv2.INTER_AREA))
    return np.ascontiguousarray(np.hstack(cells), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Blob:
    left: int
    top: int
    right: int
    bottom: int

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> int:
        return self.bottom - self.top


def _inks(grey: np.ndarray) -> list[np.ndarray]:
    """Light and dark ink, each by a threshold that follows the surface's light."""
    block = grey.shape[1] // 2 * 2 + 1
    mode = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    light = cv2.adaptiveThreshold(smooth, 255, mode, cv2.THRESH_BINARY, block, -8)
    dark = cv2.adaptiveThreshold(smooth, 255, mode, cv2.THRESH_BINARY_INV, block, 8)
    return [np.asarray(light), np.asarray(dark)]


def _blobs(ink: np.ndarray) -> list[_Blob]:
    """Connected pieces of ink of a character's size, pieces of one character joined."""
    width = ink.shape[1]
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=4)
    found = [
        _Blob(int(x), int(y), int(x + w), int(y + h))
        for x, y, w, h, area in stats[1:]
        if 0.18 * width < h < 1.3 * width and w < 0.95 * width and area > 0.004 * width * width
    ]
    joined: list[_Blob] = []
    for blob in sorted(found, key=lambda b: b.top):
        last = joined[-1] if joined else None
        if last and min(last.bottom, blob.bottom) - blob.top > 0.5 * min(last.height, blob.height):
            joined[-1] = _Blob(
                min(last.left, blob.left),
                last.top,
                max(last.right, blob.right),
                max(last.bottom, blob.bottom),
            )
        else:
            joined.append(blob)
    return joined


def _chain(blobs: list[_Blob]) -> list[_Blob]:
    """Blobs of the commonest height that follow one straight, nearly upright line."""
    best: list[_Blob] = []
    for model in blobs:
        alike = [b for b in blobs if 0.7 * model.height < b.height < 1.4 * model.height]
        for other in alike:
            if other.y - model.y < 3 * model.height:
                continue
            slope = (other.x - model.x) / (other.y - model.y)
            if abs(slope) > 0.25:
                continue
            near = [
                b
                for b in alike
                if abs(b.x - model.x - slope * (b.y - model.y)) < 0.3 * model.height
            ]
            if _likeness(near) > _likeness(best):
                best = near
    return best


def _without_holes(chain: list[_Blob]) -> list[_Blob]:
    """The chain with an empty place where a character is missing; reading tells what is there."""
    if len(chain) < 3:
        return chain
    usual = float(np.median(np.diff([b.y for b in chain])))
    filled = chain[:1]
    for blob in chain[1:]:
        last = filled[-1]
        if 1.7 * usual < blob.y - last.y < 2.6 * usual:
            filled.append(
                _Blob(
                    (last.left + blob.left) // 2,
                    (last.top + blob.top) // 2,
                    (last.right + blob.right) // 2,
                    (last.bottom + blob.bottom) // 2,
                )
            )
        filled.append(blob)
    return filled


def _likeness(chain: list[_Blob]) -> float:
    """How much like eleven evenly spaced characters a chain is."""
    if len(chain) < 2:
        return -float(_MOST_CHARACTERS)
    steps = np.diff([b.y for b in chain])
    uneven = float(np.mean(np.abs(steps - np.median(steps))) / max(np.median(steps), 1.0))
    return -abs(len(chain) - 11) - uneven


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
    more = max((16 * width - (bottom - top)) // 2, 2 * width)
    side = max(2, width // 6)
    return (
        max(0, left - side),
        max(0, top - more),
        min(shape[1], right + side),
        min(shape[0], bottom + more),
    )
