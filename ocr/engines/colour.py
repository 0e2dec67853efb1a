"""The colour of a plate's ground, which tells commercial, state and army plates apart."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.ports import Picture

# Hue limits in OpenCV's half degrees, upper bound exclusive.
_HUES = ((8, "red"), (38, "yellow"), (90, "green"), (132, "blue"), (170, "violet"), (181, "red"))


def ground_colour(crop: Picture) -> str:
    """Name the ground of a plate crop: white, black, yellow, blue, green, red or violet.

    Judged on the half of the pixels nearest the crop's commonest grey, so that characters
    and border count little.
    """
    hsv = cv2.cvtColor(crop, cv2.COLOR_BGR2HSV).reshape(-1, 3)
    value = hsv[:, 2].astype(np.int16)
    near = np.abs(value - np.median(value))
    ground = hsv[near <= np.median(near)]
    saturation = float(np.median(ground[:, 1]))
    if saturation < 70:
        return "white" if float(np.median(ground[:, 2])) > 70 else "black"
    hue = float(np.median(ground[:, 0]))
    return next(name for limit, name in _HUES if hue < limit)
