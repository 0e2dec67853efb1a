"""Letters and digits by chance, and lettering that is no plate's painted into a picture."""

from __future__ import annotations

import random

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.backgrounds import Picture
from ocr.training.fonts import Glyphs


def some(rng: random.Random, chars: str, low: int, high: int) -> str:
    """From ``low`` to ``high`` of ``chars``, any of them any number of times."""
    return "".join(rng.choice(chars) for _ in range(rng.randint(low, high)))


def write(
    image: Picture,
    glyphs: Glyphs,
    line: str,
    at: tuple[float, float],
    size: int,
    ink: NDArray[np.float32],
    squeeze: float,
) -> None:
    """Paint ``line`` in ``ink`` (BGR) from ``at`` (left, top), its characters ``size`` pixels high.

    ``squeeze`` is their width as a share of the font's own; what lies outside is cut off.
    """
    x, y = at
    height, width = image.shape[:2]
    for char in line:
        if char not in glyphs:
            left, low = round(x + size * 0.1), round(y + size * (0.55 if char == "-" else 0.98))
            if char in ".-" and 0 <= left < width:
                end = (left + max(1, size // (8 if char == "." else 4)), low - max(1, size // 8))
                cv2.rectangle(image, (left, low), end, [float(v) for v in ink], -1)
            x += size * 0.35
            continue
        wide = max(2, round(glyphs[char].shape[1] * squeeze * size / 64))
        mask = cv2.resize(glyphs[char], (wide, size), interpolation=cv2.INTER_AREA)
        left, top = round(x), round(y)
        x0, x1 = max(left, 0), min(left + wide, width)
        y0, y1 = max(top, 0), min(top + size, height)
        if x1 > x0 and y1 > y0:
            area = image[y0:y1, x0:x1]
            part = mask[y0 - top : y1 - top, x0 - left : x1 - left, None].astype(np.float32) / 255
            area[:] = (area + (ink - area) * part).astype(np.uint8)
        x += wide + max(1.0, size * 0.12)
