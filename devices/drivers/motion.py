"""Deciding from video frames alone when to take a picture."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""A picture as rows x columns x blue-green-red, 8 bits each."""

_LOOK_AT = (160, 90)
_DIFFERS_BY = 25
_LEARNING = 0.05


class MotionDetector:
    """Compares each frame with a slowly learned background.

    ``share`` is how much of the view must differ; an empty lane learns its own light, a
    vehicle that stays is learned too and no longer counts as motion after about a minute.
    """

    def __init__(self, share: float = 0.03) -> None:
        self._share = share
        self._background: NDArray[np.float32] | None = None

    def moved(self, frame: Frame) -> bool:
        """Whether something moves in this frame; the first frame only teaches."""
        small = cv2.resize(frame, _LOOK_AT, interpolation=cv2.INTER_AREA)
        now = np.asarray(cv2.GaussianBlur(small, (5, 5), 0), np.float32)
        if self._background is None:
            self._background = now
            return False
        # The strongest channel counts: a red truck can be exactly as bright as the road.
        strongest = np.abs(now - self._background).max(axis=2)
        differing = float(np.mean(strongest > _DIFFERS_BY))
        self._background += _LEARNING * (now - self._background)
        return differing >= self._share
