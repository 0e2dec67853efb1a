"""Cut a plate out of a picture by its four corners, as the upright strip the recogniser reads."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.plates.alphabet import INPUT_HEIGHT, INPUT_WIDTH

Corners = NDArray[np.float32]
"""Four (x, y) points clockwise from top left, in pixels of the picture; shape (4, 2)."""


def widen(corners: Corners, across: float, along: float) -> Corners:
    """Move the corners outwards: ``across`` as a share of the height, ``along`` of the width."""
    tl, tr, br, bl = corners.astype(np.float32)
    top, bottom = (tr - tl) * along, (br - bl) * along
    left, right = (bl - tl) * across, (br - tr) * across
    return np.stack([tl - top - left, tr + top - right, br + bottom + right, bl - bottom + left])


def rectify(
    picture: NDArray[Any],
    corners: Corners,
    width: int = INPUT_WIDTH,
    height: int = INPUT_HEIGHT,
) -> NDArray[np.uint8]:
    """Warp the quadrilateral ``corners`` of ``picture`` to ``height`` x ``width``.

    A plate much larger than the strip is first shrunk by area averaging, so that fine
    strokes do not alias. Points outside the picture repeat its border.
    """
    quad = corners.astype(np.float32)
    x0, y0 = np.floor(quad.min(axis=0)).astype(int) - 2
    x1, y1 = np.ceil(quad.max(axis=0)).astype(int) + 3
    rows, cols = picture.shape[:2]
    x0, y0 = min(max(x0, 0), cols - 1), min(max(y0, 0), rows - 1)
    x1, y1 = max(min(x1, cols), x0 + 1), max(min(y1, rows), y0 + 1)
    patch = picture[y0:y1, x0:x1]
    quad = quad - np.array([x0, y0], np.float32)
    across = float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
    shrink = across / width
    if shrink > 1.5:
        size = (max(1, round(patch.shape[1] / shrink)), max(1, round(patch.shape[0] / shrink)))
        factors = np.array([size[0] / patch.shape[1], size[1] / patch.shape[0]], np.float32)
        patch = cv2.resize(patch, size, interpolation=cv2.INTER_AREA)
        quad = quad * factors
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    warped = cv2.warpPerspective(
        patch, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, dtype=np.uint8)
