"""Drawing number plates of Vietnam and China: colours, one and two lines, sizes in millimetres.

Sizes and colours follow Vietnam's Circular 24/2023/TT-BCA (520x110 and 330x165 mm) and China's
GA 36-2018 (440x140 mm, rear of large vehicles 440x220 mm). The letters are those built into
OpenCV, fitted into the cells that plates have, so they resemble plates without being the
official typefaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Rows x columns x blue-green-red, 8 bits each."""

PIXELS_PER_MM = 2.0

_VN = re.compile(r"(\d{2}[A-Z]{1,2})(\d{4,5})")
_GLYPH_PX = 160


class PlateColour(StrEnum):
    """Ground colours with their usual letters."""

    YELLOW = "yellow"
    WHITE = "white"
    BLUE = "blue"
    GREEN = "green"


_PAINT: dict[PlateColour, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    PlateColour.YELLOW: ((25, 190, 245), (20, 20, 20)),
    PlateColour.WHITE: ((240, 242, 242), (20, 20, 20)),
    PlateColour.BLUE: ((165, 70, 15), (245, 245, 245)),
    PlateColour.GREEN: ((130, 200, 120), (20, 20, 20)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateLook:
    """One plate as it hangs on a vehicle: normal form (``14C12345``, ``桂F12345``) and make."""

    text: str
    country: str
    lines: int = 1
    colour: PlateColour = PlateColour.YELLOW

    @property
    def size_mm(self) -> tuple[int, int]:
        """Width and height."""
        if self.country == "CN":
            return (440, 140) if self.lines == 1 else (440, 220)
        return (520, 110) if self.lines == 1 else (330, 165)


def rows_of(look: PlateLook) -> tuple[str, ...]:
    """What is written on each line, with dash and dots (a text of another form stays whole)."""
    if look.country == "CN":
        head, tail = look.text[:2], look.text[2:]
        return (f"{head}·{tail}",) if look.lines == 1 else (head, tail)
    parts = _VN.fullmatch(look.text)
    if parts is None:
        return (look.text,)
    series, number = parts.groups()
    number = f"{number[:3]}.{number[3:]}" if len(number) == 5 else number
    return (f"{series}-{number}",) if look.lines == 1 else (series, number)


@lru_cache(maxsize=8)
def draw_plate(look: PlateLook) -> Picture:
    """The plate seen straight on, ``PIXELS_PER_MM`` pixels a millimetre. Do not write to it."""
    width, height = (round(side * PIXELS_PER_MM) for side in look.size_mm)
    ground, ink = _PAINT[look.colour]
    plate = np.full((height, width, 3), ground, np.uint8)
    if look.colour is PlateColour.GREEN:
        fade = np.linspace(1.0, 0.35, height)[:, None, None]
        plate = np.asarray(255 - (255 - plate) * fade[::-1], np.uint8)
    frame = max(4, height // 40)
    cv2.rectangle(plate, (frame, frame), (width - frame, height - frame), ink, frame, cv2.LINE_AA)
    rows = rows_of(look)
    for number, row in enumerate(rows):
        top, bottom = _row_span(look, number, len(rows), height)
        _write_row(plate, row, top, bottom, ink)
    for x in (0.25, 0.75):
        centre = (round(width * x), frame * 3)
        cv2.circle(plate, centre, frame + 2, (120, 125, 130), -1, cv2.LINE_AA)
    plate.setflags(write=False)
    return plate


def _row_span(look: PlateLook, number: int, rows: int, height: int) -> tuple[int, int]:
    """First and last pixel row of a line of text."""
    if rows == 1:
        return round(height * 0.16), round(height * 0.86)
    if look.country == "CN":
        return (
            (round(height * 0.08), round(height * 0.36))
            if number == 0
            else (round(height * 0.43), round(height * 0.92))
        )
    return (
        (round(height * 0.09), round(height * 0.48))
        if number == 0
        else (round(height * 0.54), round(height * 0.92))
    )


def _write_row(plate: Picture, row: str, top: int, bottom: int, ink: tuple[int, int, int]) -> None:
    """Write one line centred, as wide as the plate allows."""
    height = bottom - top
    room = plate.shape[1] * 0.92
    weights = [0.4 if mark in ".·-" else 1.3 if ord(mark) > 0x3000 else 1.0 for mark in row]
    cell = min(height * (0.62 if len(row) > 6 else 0.72), room / sum(weights))
    x = (plate.shape[1] - cell * sum(weights)) / 2
    for mark, weight in zip(row, weights, strict=True):
        _stamp(plate, mark, (round(x), top, round(cell * weight), height), ink)
        x += cell * weight


def _stamp(
    plate: Picture, mark: str, cell: tuple[int, int, int, int], ink: tuple[int, int, int]
) -> None:
    """Paint one character into its cell (x, y, width, height), keeping a gap to the next."""
    x, y, width, height = cell
    if mark in ".·-":
        centre = (x + width // 2, y + height // 2 if mark != "." else y + round(height * 0.9))
        if mark == "-":
            half = round(width * 0.35)
            thick = max(2, height // 12)
            cv2.line(
                plate, (centre[0] - half, centre[1]), (centre[0] + half, centre[1]), ink, thick
            )
        else:
            cv2.circle(plate, centre, max(3, height // 14), ink, -1, cv2.LINE_AA)
        return
    mask = _glyph(mark)
    inner = width * 0.84
    natural = mask.shape[1] * height / mask.shape[0]
    fitted = round(min(inner, natural))
    mask = cv2.resize(mask, (max(2, fitted), height), interpolation=cv2.INTER_AREA)
    left = x + (width - fitted) // 2
    part = plate[y : y + height, left : left + mask.shape[1]]
    cover = mask[: part.shape[0], : part.shape[1], None].astype(np.float32) / 255
    part[:] = np.asarray(part * (1 - cover) + np.array(ink) * cover, np.uint8)


@lru_cache(maxsize=128)
def _glyph(mark: str) -> Picture:
    """One character as a mask, cut to its ink."""
    canvas = np.zeros((_GLYPH_PX * 2, _GLYPH_PX * 2, 3), np.uint8)
    chinese = ord(mark) > 0x3000
    face = cv2.FontFace("uni" if chinese else "sans")
    origin = (_GLYPH_PX // 3, _GLYPH_PX * 3 // 2)
    cv2.putText(canvas, mark, origin, (255, 255, 255), face, _GLYPH_PX, 400 if chinese else 600)
    mask = canvas[:, :, 0]
    if chinese:
        mask = cv2.dilate(mask, np.ones((5, 5), np.uint8))
    x, y, width, height = cv2.boundingRect(mask)
    return np.asarray(mask[y : y + height, x : x + width], np.uint8)
