"""Draw one plate flat: paint, frame, characters, dots, screws; and where each character lies."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.fonts import Atlas, Glyphs
from ocr.training.series import PlateText

Colour = tuple[float, float, float]

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
        self.han: Glyphs = rng.choice(atlas.han)
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


def draw_plate(rng: random.Random, atlas: Atlas, plate: PlateText, height: int = 72) -> FlatPlate:
    """Draw ``plate`` about ``height`` pixels high (two-line plates half as high again)."""
    setter = _Typesetter(rng, atlas)
    h = height if len(plate.lines) == 1 else round(height * 1.5)
    w = round(h * _aspect(rng, plate))
    canvas, ink = _paint(rng, plate, h, w)
    _frame(rng, canvas, ink)
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
