"""Plates that others cut out: the upright box round a plate, as a small picture of its own."""

from __future__ import annotations

import random

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.backgrounds import Picture

USUAL_SIZE = (94, 24)
"""Width and height at which collections of Chinese plates are passed on."""


def lean(rng: random.Random, quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """The corners ``quad`` (4 x 2, middle at 0, 0) of a plate seen from the side or from above."""
    quad = quad.copy()
    # Seen from the side, the ends of a plate stay upright while its edges slope.
    quad[:, 1] += quad[:, 0] * np.float32(rng.gauss(0, 0.11))
    if rng.random() < 0.4:
        # From above or leaning, its ends slope too.
        quad[:, 0] += quad[:, 1] * np.float32(rng.gauss(0, 0.3))
    return quad


def box_out(
    rng: random.Random, seen: Picture, quad: NDArray[np.float32]
) -> tuple[Picture, NDArray[np.float32]]:
    """The small picture made of the upright box round ``quad`` in ``seen``.

    Returns it with the corners in ``seen`` (4 x 2, clockwise from top left) of what it shows.
    """
    low, high = quad.min(axis=0), quad.max(axis=0)
    extent = high - low
    low = low - extent * np.float32([rng.uniform(-0.02, 0.04), rng.uniform(-0.04, 0.12)])
    high = high + extent * np.float32([rng.uniform(-0.02, 0.04), rng.uniform(-0.04, 0.12)])
    low, high = np.maximum(np.floor(low), 0), np.minimum(np.ceil(high), seen.shape[1::-1])
    piece = seen[int(low[1]) : int(high[1]), int(low[0]) : int(high[0])]
    width, height = USUAL_SIZE
    if rng.random() < 0.4 or extent[0] < 2.2 * extent[1]:
        width = rng.randint(64, 180)
        height = max(14, round(width * piece.shape[0] / piece.shape[1]))
    how = rng.choice((cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC))
    piece = np.asarray(cv2.resize(piece, (width, height), interpolation=how), np.uint8)
    if rng.random() < 0.7:
        quality = [cv2.IMWRITE_JPEG_QUALITY, rng.randint(55, 98)]
        piece = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", piece, quality)[1], cv2.IMREAD_COLOR), np.uint8
        )
    (x0, y0), (x1, y1) = low, high
    return piece, np.float32([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
