"""How readable a picture is: sharpness, light, contrast and glare, in a few milliseconds."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.outcome import Quality
from ocr.ports import Picture

_WIDTH = 480
_BLOWN = 250


def measure(picture: Picture) -> Quality:
    """Measure ``picture`` (BGR, uint8)."""
    height, width = picture.shape[:2]
    scale = min(1.0, _WIDTH / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    grey = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    low, high = np.percentile(grey, (5, 95))
    spread = float(grey.var())
    edges = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    return Quality(
        sharpness=round(edges / (spread + 1.0), 4),
        brightness=round(float(grey.mean()) / 255, 4),
        contrast=round(float(high - low) / 255, 4),
        glare=round(float((grey >= _BLOWN).mean()), 4),
    )
