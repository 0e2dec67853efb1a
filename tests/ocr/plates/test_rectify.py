"""A tilted plate is cut out upright, whatever its size and place."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.plates.alphabet import INPUT_HEIGHT, INPUT_WIDTH
from ocr.plates.rectify import rectify, widen

QUADRANTS = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]], np.uint8)


def flag() -> np.ndarray:
    """Four coloured quarters, 40 x 120."""
    image = np.zeros((40, 120, 3), np.uint8)
    image[:20, :60], image[:20, 60:] = QUADRANTS[0], QUADRANTS[1]
    image[20:, 60:], image[20:, :60] = QUADRANTS[2], QUADRANTS[3]
    return image


@pytest.mark.parametrize("size", [0.6, 1.0, 6.0])
def test_corners_of_a_tilted_plate_come_out_upright(size: float) -> None:
    quad = np.array([[30, 60], [140, 30], [150, 75], [40, 105]], np.float32) * size
    source = np.array([[0, 0], [120, 0], [120, 40], [0, 40]], np.float32)
    shape = (round(200 * size), round(140 * size))
    scene = cv2.warpPerspective(flag(), cv2.getPerspectiveTransform(source, quad), shape)

    strip = rectify(scene, quad)

    assert strip.shape == (INPUT_HEIGHT, INPUT_WIDTH, 3)
    quarters = [strip[12, 36], strip[12, 108], strip[36, 108], strip[36, 36]]
    np.testing.assert_allclose(quarters, QUADRANTS, atol=40)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-500, 500), min_size=8, max_size=8),
    st.integers(1, 60),
    st.integers(1, 60),
)
def test_any_corners_give_a_strip(values: list[float], width: int, height: int) -> None:
    quad = np.array(values, np.float32).reshape(4, 2)
    picture = np.full((height, width, 3), 77, np.uint8)

    strip = rectify(picture, quad)

    assert strip.shape == (INPUT_HEIGHT, INPUT_WIDTH, 3)


def test_widen_moves_each_side_outwards_by_its_share() -> None:
    square = np.array([[0, 0], [100, 0], [100, 20], [0, 20]], np.float32)

    wide = widen(square, 0.1, 0.05)

    assert wide.tolist() == [[-5, -2], [105, -2], [105, 22], [-5, 22]]
