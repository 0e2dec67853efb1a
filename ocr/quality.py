"""How readable a picture is: sharpness, light, contrast and glare, in a few milliseconds."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.ports import Picture

_WIDTH = 480
_BLOWN = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Figures of a picture or a part of it, measured at 480 pixels of width.

    ``sharpness`` is the variance of the Laplacian divided by the grey variance (about 0.01
    for a strongly blurred picture, above 0.1 for a sharp one); ``brightness`` the mean
    grey, 0..1; ``contrast`` the distance from the 5th to the 95th percentile, 0..1;
    ``glare`` the share of blown-out pixels, 0..1.
    """

    sharpness: float
    brightness: float
    contrast: float
    glare: float

    def remarks(self) -> tuple[str, ...]:
        """What hinders reading, in stable codes: blurred, dark, glare, flat.

        The limits are judgement, not measurement; they word a refusal and decide nothing.
        """
        limits = (
            ("blurred", self.sharpness < 0.02),
            ("dark", self.brightness < 0.15),
            ("glare", self.glare > 0.10),
            ("flat", self.contrast < 0.20),
        )
        return tuple(name for name, holds in limits if holds)


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
