"""Find plates in a whole picture as four corners each, with our own detector."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.plates.network import load_network
from ocr.plates.rectify import Corners
from ocr.ports import Picture

_STRIDE = 8
_UNIT = 32.0
"""Pixels that one unit of the corner output stands for; as in training."""
_BLOCK = 32
_LONGEST, _LONGEST_LARGE = 640, 768
"""Longest side the detector works at: ordinary pictures, and frames above 1400 pixels."""
LARGE = 1400
_MOST_ZOOM = 1.5
_GREY = (100, 100, 100)
_NEAR_WIDTH, _ROOM, _LEAST_NEAR = 160, 0.8, 0.1
"""Second look: width of the plate in pixels, share of its size seen round it, least score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A plate: ``corners`` clockwise from top left in pixels of the picture, ``score`` 0..1."""

    corners: Corners
    score: float

    @property
    def width(self) -> float:
        """Mean length of the upper and lower edge, in pixels."""
        a, b, c, d = self.corners
        return float(np.linalg.norm(b - a) + np.linalg.norm(c - d)) / 2


def working_scale(height: int, width: int) -> float:
    """How much the picture is scaled before detection; small ones are enlarged a little."""
    longest = max(height, width)
    return min(_MOST_ZOOM, (_LONGEST_LARGE if longest > LARGE else _LONGEST) / longest)


class PlateLocator:
    """Runs the detector on one thread; keeps nothing between pictures."""

    def __init__(self) -> None:
        """Load the model; raises PlateModelMissingError."""
        self._network = load_network("plate-detector")
        self.sha256 = self._network.sha256

    def find(
        self, picture: Picture, *, least: float = 0.3, most: int = 8, finer: float = 1.0
    ) -> tuple[Located, ...]:
        """Return at most ``most`` plates with a score of at least ``least``, best first.

        ``finer`` times the usual scale finds smaller plates, at the square of that in time.
        """
        height, width = picture.shape[:2]
        return self._at_scale(picture, working_scale(height, width) * finer, least)[:most]

    def refine(self, picture: Picture, place: Located) -> Located:
        """Look at ``place`` again, near and at a better scale; as it was where nothing is seen.

        What lies outside the picture is grey there: a plate that was cut out stands free then,
        and its true corners are found although it fills the picture.
        """
        height, width = picture.shape[:2]
        low, high = place.corners.min(axis=0), place.corners.max(axis=0)
        room = np.maximum(high - low, 8) * _ROOM
        (x0, y0), (x1, y1) = np.floor(low - room).astype(int), np.ceil(high + room).astype(int)
        piece = picture[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
        if min(piece.shape[:2]) < 8:
            return place
        outside = (max(-y0, 0), max(y1 - height, 0), max(-x0, 0), max(x1 - width, 0))
        if any(outside):
            piece = cv2.copyMakeBorder(piece, *outside, cv2.BORDER_CONSTANT, value=_GREY)
        scale = float(np.clip(_NEAR_WIDTH / max(place.width, 1.0), 0.1, 4.0))
        found = self._at_scale(np.asarray(piece, np.uint8), scale, _LEAST_NEAR)
        centre = place.corners.mean(axis=0) - [x0, y0]
        near = [f for f in found if np.abs(f.corners.mean(axis=0) - centre).max() < place.width / 2]
        if not near:
            return place
        corners = near[0].corners + np.array([x0, y0], np.float32)
        return Located(corners=corners, score=max(place.score, near[0].score))

    def _at_scale(self, picture: Picture, scale: float, least: float) -> tuple[Located, ...]:
        """All plates found in ``picture`` scaled by ``scale``, best first."""
        height, width = picture.shape[:2]
        size = (max(8, round(width * scale)), max(8, round(height * scale)))
        work = _resized(picture, size)
        right, bottom = -work.shape[1] % _BLOCK, -work.shape[0] % _BLOCK
        if right or bottom:
            work = cv2.copyMakeBorder(work, 0, bottom, 0, right, cv2.BORDER_REPLICATE)
        block = np.ascontiguousarray(work)[None]
        heat, offsets = self._network.session.run(None, {self._network.input_name: block})
        factor = np.array([width / size[0], height / size[1]], np.float32)
        found = _peaks(heat[0, 0], offsets[0], least)
        return tuple(
            Located(corners=(corners * factor).astype(np.float32), score=score)
            for corners, score in _distinct(found)
        )


def _resized(picture: Picture, size: tuple[int, int]) -> Picture:
    """``picture`` at ``size`` (width, height).

    Large pictures are halved by averaging as often as that fits, then resized bilinearly: five
    times as fast as area averaging by an odd factor, and as free of aliasing.
    """
    while picture.shape[1] >= 2 * size[0] and picture.shape[0] >= 2 * size[1]:
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _peaks(
    logits: NDArray[Any], offsets: NDArray[Any], least: float
) -> list[tuple[NDArray[np.float32], float]]:
    """Local maxima of the heat with their corners, averaged over the cells round each."""
    low = math.log(least / (1 - least))
    top = cv2.dilate(logits, np.ones((3, 3), np.uint8))
    rows, cols = np.nonzero((logits >= top) & (logits > low))
    found = []
    for row, col in zip(rows.tolist(), cols.tolist(), strict=True):
        r0, r1 = max(row - 1, 0), min(row + 2, logits.shape[0])
        c0, c1 = max(col - 1, 0), min(col + 2, logits.shape[1])
        heat = 1 / (1 + np.exp(-logits[r0:r1, c0:c1]))
        weight = heat * (heat > 0.5 * heat.max())
        gy, gx = np.mgrid[r0:r1, c0:c1].astype(np.float32)
        centre = np.stack([gx, gy])[None] + 0.5
        part = offsets[:, r0:r1, c0:c1].reshape(4, 2, r1 - r0, c1 - c0)
        corners = part * _UNIT + centre * _STRIDE
        mean = (corners * weight).sum(axis=(2, 3)) / weight.sum()
        score = 1 / (1 + math.exp(-float(logits[row, col])))
        found.append((mean.astype(np.float32), score))
    return sorted(found, key=lambda item: item[1], reverse=True)


def _distinct(
    found: list[tuple[NDArray[np.float32], float]],
) -> list[tuple[NDArray[np.float32], float]]:
    """Drop plates whose upright box lies for the greater part in that of a better one."""
    kept: list[tuple[NDArray[np.float32], float]] = []
    for corners, score in found:
        low, high = corners.min(axis=0), corners.max(axis=0)
        area = float(np.prod(np.maximum(high - low, 1)))
        for other, _ in kept:
            olow, ohigh = other.min(axis=0), other.max(axis=0)
            inner = np.maximum(np.minimum(high, ohigh) - np.maximum(low, olow), 0)
            smaller = min(area, float(np.prod(np.maximum(ohigh - olow, 1))))
            if float(np.prod(inner)) > 0.4 * smaller:
                break
        else:
            kept.append((corners, score))
    return kept
