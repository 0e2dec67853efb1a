"""Pictures of fictitious trucks for the stories."""

from __future__ import annotations

from functools import cache

from tests.ocr.drawn_plates import WHITE, YELLOW, as_jpeg, draw_plate, street

BLACK = (20, 20, 20)


@cache
def picture_of(text: str, seed: int = 1) -> bytes:
    """A JPEG of a street with this plate (``14C-123.45``), one line, yellow."""
    return as_jpeg(street(draw_plate([text], YELLOW, BLACK), width=190, seed=seed))


@cache
def empty_street(seed: int = 9) -> bytes:
    """A JPEG of a street without any plate."""
    return as_jpeg(street(draw_plate([""], WHITE, WHITE), width=60, seed=seed))


FRONT = "14C-123.45"
REAR = "14R-012.34"
