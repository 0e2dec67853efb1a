"""Draw one plate flat: paint, frame, characters, dots, screws; and where each character lies."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.cells import cells_of
from ocr.training.fonts import Atlas, Glyphs
from ocr.training.series import PlateText

Colour = tuple[float, float, float]

STANDARD_SHARE = 0.75
"""Share of the Chinese plates that are set in the standard's cells, the rest like type."""

# Middle BGR values of paints and inks; every draw varies them.
_PAINT: dict[str, Colour] = {
    "white": (225, 228, 228),
    "yellow": (30, 185, 235),
    "blue": (170, 85, 25),
    "red": (40, 35, 185),
    "green": (140, 200, 110),
    "black": (35, 32, 32),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatPlate:
    """``image`` h x w x 3 uint8 BGR and the centre (x, y) of each character, in pixels."""

    image: NDArray[np.uint8]
    centres: NDArray[np.float32]
    plate: PlateText


def _vary(rng: random.Random, colour: Colour, spread: float) -> Colour:
    b, g, r = (c + rng.gauss(0, spread) for c in colour)
    return (min(max(b, 0), 255), min(max(g, 0), 255), min(max(r, 0), 255))


class _Typesetter:
    """Chooses faces once per plate and gives each character's mask at the size wanted."""

    def __init__(self, rng: random.Random, atlas: Atlas) -> None:
        self.rng = rng
        drawn = rng.random() < 0.65
        self.latin: Glyphs = rng.choice(atlas.drawn if drawn else atlas.latin)
        self.han: Glyphs = rng.choice(atlas.plain_han if rng.random() < 0.6 else atlas.han)
        ratio = np.mean([self.latin[c].shape[1] for c in "0235689"]) / 64
        self.squeeze = rng.uniform(0.40, 0.60) / ratio if not drawn else rng.uniform(0.9, 1.12)
        self.han_squeeze = rng.uniform(0.42, 0.80)
        self.grow = rng.choice((-1, 0, 0, 0, 0, 1))
        # Chinese characters of plates are drawn narrow and bold; squeezed type gets too thin.
        self.han_grow = rng.choice((-1, 0, 0, 1, 1, 2))

    def mask(self, char: str, height: int) -> NDArray[np.uint8]:
        if char in "-.·":
            return self._separator(char, height)
        if char in self.latin:
            glyph, squeeze = self.latin[char], self.squeeze
            if char in "1I":
                squeeze = min(squeeze, 1.1)
        else:
            glyph, squeeze = self.han[char], self.han_squeeze
        width = max(3, round(glyph.shape[1] * squeeze * height / 64))
        out = cv2.resize(glyph, (width, height), interpolation=cv2.INTER_AREA)
        grow = self.grow if char in self.latin else self.han_grow
        if grow and height > 24:
            kernel = np.ones((2, 1 + abs(grow)), np.uint8)
            out = cv2.dilate(out, kernel) if grow > 0 else cv2.erode(out, kernel)
        return np.asarray(out, np.uint8)

    def fitted(self, char: str, width: int, height: int) -> NDArray[np.uint8]:
        """The mask of ``char`` filling a cell of ``width`` x ``height``, a 1 as narrow as it is."""
        glyph = self.latin[char] if char in self.latin else self.bent(self.han[char])
        own = glyph.shape[1] / glyph.shape[0]
        if char in "1I" and own < 0.45:
            width = max(3, round(width * min(1.0, own / 0.5)))
        out = cv2.resize(glyph, (max(3, width), max(5, height)), interpolation=cv2.INTER_AREA)
        grow = self.grow if char in self.latin else self.han_grow
        if grow and height > 24:
            kernel = np.ones((2, 1 + abs(grow)), np.uint8)
            out = cv2.dilate(out, kernel) if grow > 0 else cv2.erode(out, kernel)
        return np.asarray(out, np.uint8)

    def bent(self, glyph: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """``glyph`` with its parts a little wider or narrower: plates' makers draw them anew."""
        h, w = glyph.shape
        knots: tuple[float, ...]
        moved: tuple[float, ...]
        knots = (0.0, self.rng.uniform(0.35, 0.5), self.rng.uniform(0.5, 0.65), 1.0)
        moved = (0.0, self.rng.uniform(0.35, 0.5), self.rng.uniform(0.5, 0.65), 1.0)
        xs = np.interp(np.linspace(0, 1, w), knots, moved) * (w - 1)
        knots = (0.0, self.rng.uniform(0.35, 0.65), 1.0)
        moved = (0.0, self.rng.uniform(0.4, 0.6), 1.0)
        ys = np.interp(np.linspace(0, 1, h), knots, moved) * (h - 1)
        grid = np.meshgrid(xs.astype(np.float32), ys.astype(np.float32))
        return np.asarray(cv2.remap(glyph, *grid, cv2.INTER_LINEAR), np.uint8)

    def _separator(self, char: str, height: int) -> NDArray[np.uint8]:
        size = max(2, round(height * self.rng.uniform(0.08, 0.18)))
        mask = np.zeros((height, size), np.uint8)
        if char == "-":
            length = max(3, round(height * self.rng.uniform(0.14, 0.32)))
            mask = np.zeros((height, length), np.uint8)
            thick = max(2, round(height * self.rng.uniform(0.07, 0.15)))
            y = (height - thick) // 2
            mask[y : y + thick] = 255
        else:
            y = height - size if char == "." else (height - size) // 2
            if self.rng.random() < 0.3:
                y = (height - size) // 2
            cv2.circle(mask, (size // 2, min(y + size // 2, height - 1)), size // 2, 255, -1)
        return mask


def _set_line(
    setter: _Typesetter, line: str, height: int, room: float, rng: random.Random
) -> tuple[NDArray[np.uint8], list[float]]:
    """One line as a mask no wider than ``room``, and the x centre of each character."""
    masks = [setter.mask(c, height) for c in line]
    gap = height * rng.uniform(0.07, 0.24)
    # Plates set characters in cells of one width: a narrow 1 then stands free.
    cell = height * setter.squeeze * rng.uniform(0.40, 0.5) if rng.random() < 0.6 else 0.0
    widths = [
        m.shape[1] if c in "-.·" else max(m.shape[1], cell)
        for m, c in zip(masks, line, strict=True)
    ]
    total = sum(widths) + gap * (len(masks) - 1)
    strip = np.zeros((height, int(total) + 4), np.uint8)
    x, centres = 1.0, []
    for mask, width, char in zip(masks, widths, line, strict=True):
        left = int(x + (width - mask.shape[1]) / 2)
        right = min(left + mask.shape[1], strip.shape[1])
        np.maximum(strip[:, left:right], mask[:, : right - left], out=strip[:, left:right])
        if char not in "-.·":
            centres.append(left + mask.shape[1] / 2)
        x += width + gap
    if strip.shape[1] > room:
        factor = room / strip.shape[1]
        strip = cv2.resize(strip, (max(1, int(room)), height), interpolation=cv2.INTER_AREA)
        centres = [c * factor for c in centres]
    return np.asarray(strip, np.uint8), centres


def _aspect(rng: random.Random, plate: PlateText) -> float:
    """Width over height of the plate, after the sizes in use, in millimetres."""
    if len(plate.lines) == 2:
        return rng.choice((330 / 165, 440 / 220, 280 / 200, 190 / 140)) * rng.uniform(0.93, 1.07)
    if plate.country == "CN":
        return (480 if plate.colour == "green" else 440) / 140 * rng.uniform(0.93, 1.1)
    return rng.choice((520, 470, 520)) / 110 * rng.uniform(0.88, 1.05)


def _rows(rng: random.Random, plate: PlateText, height: int) -> list[tuple[float, float]]:
    """Top and bottom of each line of characters as pixels."""
    if len(plate.lines) == 1:
        ink = rng.uniform(0.60, 0.80)
        top = (1 - ink) / 2 + rng.uniform(-0.03, 0.03)
        return [(top * height, (top + ink) * height)]
    share = rng.uniform(0.46, 0.54)
    if plate.country == "CN":
        share = rng.uniform(0.33, 0.40)
    edge, gutter = rng.uniform(0.06, 0.10), rng.uniform(0.04, 0.09)
    room = 1 - 2 * edge - gutter
    first = edge + room * share
    return [(edge * height, first * height), ((first + gutter) * height, (1 - edge) * height)]


def _paint(rng: random.Random, plate: PlateText, h: int, w: int) -> tuple[NDArray[Any], Colour]:
    paint = _vary(rng, _PAINT[plate.colour], 16)
    base = np.empty((h, w, 3), np.float32)
    base[:] = paint
    if plate.colour == "green":
        if rng.random() < 0.7:
            light = np.float32(_vary(rng, (225, 235, 225), 10))
            down = np.linspace(0, 1, h, dtype=np.float32)[:, None, None] ** rng.uniform(0.6, 1.5)
            base = light * (1 - down) + base * down
        else:
            base[:, : int(w * rng.uniform(0.22, 0.3))] = _vary(rng, _PAINT["yellow"], 12)
    ink = {"black": (35, 33, 33), "white": (235, 235, 235), "red": (40, 40, 190)}[plate.ink]
    return base, _vary(rng, ink, 14)


def _frame(rng: random.Random, canvas: NDArray[Any], ink: Colour) -> None:
    h, w = canvas.shape[:2]
    if rng.random() < 0.75:
        inset = round(h * rng.uniform(0.01, 0.05))
        thick = max(1, round(h * rng.uniform(0.01, 0.03)))
        cv2.rectangle(canvas, (inset, inset), (w - 1 - inset, h - 1 - inset), ink, thick)
    if rng.random() < 0.3:
        tone = _vary(rng, (120, 120, 120), 70)
        rim = max(1, round(h * rng.uniform(0.02, 0.09)))
        cv2.rectangle(canvas, (0, 0), (w - 1, h - 1), tone, rim)
    for _ in range(rng.choice((0, 0, 2, 4))):
        x = round(w * rng.choice((0.06, 0.2, 0.3, 0.5, 0.7, 0.8, 0.94)))
        y = round(h * rng.choice((0.08, 0.5, 0.92)))
        tone = _vary(rng, (130, 130, 130), 60)
        cv2.circle(canvas, (x, y), max(1, round(h * rng.uniform(0.015, 0.05))), tone, -1)


def _in_cells(
    setter: _Typesetter, rng: random.Random, plate: PlateText, h: int
) -> tuple[NDArray[np.uint8], list[tuple[float, float]]]:
    """The characters of a Chinese plate set as the standard does: mask h x w, their centres."""
    aspect, cells = cells_of(rng, plate)
    w = round(h * aspect * rng.uniform(0.97, 1.05))
    mask = np.zeros((h, w), np.uint8)
    for char, cell in zip(plate.text, cells, strict=True):
        glyph = setter.fitted(char, round(cell.width * w), round(cell.height * h))
        top = min(max(0, round(cell.y * h - glyph.shape[0] / 2)), max(0, h - glyph.shape[0]))
        left = min(max(0, round(cell.x * w - glyph.shape[1] / 2)), max(0, w - glyph.shape[1]))
        area = mask[top : top + glyph.shape[0], left : left + glyph.shape[1]]
        np.maximum(area, glyph[: area.shape[0], : area.shape[1]], out=area)
    if len(plate.lines) == 1 and "·" in plate.lines[0]:
        x, y = round((cells[1].x + cells[2].x) * w / 2), round(cells[0].y * h)
        cv2.circle(mask, (x, y), max(1, round(h * rng.uniform(0.025, 0.05))), 255, -1, cv2.LINE_AA)
    return mask, [(cell.x * w, cell.y * h) for cell in cells]


def _in_lines(
    setter: _Typesetter, rng: random.Random, plate: PlateText, h: int
) -> tuple[NDArray[np.uint8], list[tuple[float, float]]]:
    """The characters set like type, line by line: mask h x w, their centres."""
    w = round(h * _aspect(rng, plate))
    mask = np.zeros((h, w), np.uint8)
    centres: list[tuple[float, float]] = []
    for line, (top, bottom) in zip(plate.lines, _rows(rng, plate, h), strict=True):
        rows = max(8, round(bottom - top))
        strip, xs = _set_line(setter, line, rows, w * rng.uniform(0.86, 0.95), rng)
        spare = w - strip.shape[1]
        left = int(spare * rng.uniform(0.42, 0.58))
        y = min(round(top), h - rows)
        np.maximum(
            mask[y : y + rows, left : left + strip.shape[1]],
            strip,
            out=mask[y : y + rows, left : left + strip.shape[1]],
        )
        centres += [(left + x, y + rows / 2) for x in xs]
    return mask, centres


def draw_plate(rng: random.Random, atlas: Atlas, plate: PlateText, height: int = 72) -> FlatPlate:
    """Draw ``plate`` about ``height`` pixels high (two-line plates half as high again)."""
    setter = _Typesetter(rng, atlas)
    h = height if len(plate.lines) == 1 else round(height * 1.5)
    standard = plate.country == "CN" and rng.random() < STANDARD_SHARE
    mask, centres = (_in_cells if standard else _in_lines)(setter, rng, plate, h)
    canvas, ink = _paint(rng, plate, h, mask.shape[1])
    _frame(rng, canvas, ink)
    alpha = (mask.astype(np.float32) * (rng.uniform(0.8, 1.0) / 255))[..., None]
    canvas += (np.float32(ink) - canvas) * alpha
    if rng.random() < 0.3:
        # Embossing: a bright edge above and a dark one below each stroke.
        relief = np.roll(mask, rng.choice((-1, 1)), axis=0).astype(np.float32) - mask
        canvas += relief[..., None] * rng.uniform(0.05, 0.25)
    return FlatPlate(
        image=np.clip(canvas, 0, 255).astype(np.uint8),
        centres=np.float32(centres),
        plate=plate,
    )
