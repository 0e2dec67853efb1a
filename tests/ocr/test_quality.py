"""The quality figures follow what was done to a picture."""

import cv2
import numpy as np
from drawn_plates import WHITE, draw_plate, street

from ocr.quality import measure

SCENE = street(draw_plate(["14C-123.45"], WHITE, (0, 0, 0)), width=300, at=(150, 200))


def test_blur_lowers_sharpness_and_is_named() -> None:
    blurred = measure(cv2.GaussianBlur(SCENE, (31, 31), 0))
    assert blurred.sharpness < measure(SCENE).sharpness / 3
    assert "blurred" in blurred.remarks()
    assert "blurred" not in measure(SCENE).remarks()


def test_darkness_flatness_and_glare_are_named() -> None:
    assert "dark" in measure((SCENE * 0.1).astype(np.uint8)).remarks()
    assert "flat" in measure((SCENE // 16 + 110).astype(np.uint8)).remarks()
    glaring = SCENE.copy()
    cv2.circle(glaring, (320, 240), 150, (255, 255, 255), -1)
    assert "glare" in measure(glaring).remarks()


def test_any_size_is_measured() -> None:
    for shape in ((8, 8), (9, 4000), (4000, 9), (3000, 4000)):
        quality = measure(np.zeros((*shape, 3), np.uint8))
        assert quality.brightness == 0
