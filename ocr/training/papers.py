"""Papers and cards as drivers hold them up: dates, numbers and names in rows, and no plate."""

from __future__ import annotations

import random

import cv2
import numpy as np

from ocr.plates.alphabet import DIGITS, LETTERS
from ocr.training.backgrounds import Picture, cut
from ocr.training.fonts import Atlas
from ocr.training.lettering import some, write

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def date(rng: random.Random) -> str:
    """A day as papers print it; read carelessly, its month becomes a plate's letter."""
    day, month, year = rng.randint(1, 31), rng.randint(1, 12), rng.randint(1950, 2040)
    gap = rng.choice(("-", ".", ". ", " "))
    ways = (
        f"{day:02}{gap}{month:02}{gap}{year}",
        f"{year}{gap}{month:02}{gap}{day:02}",
        f"{day:02}{gap}{month:02}{gap}{year % 100:02}",
        f"{day:02} {MONTHS[month - 1]} {year}",
        f"{day:02} {MONTHS[month - 1]} {year % 100:02}",
        f"{day:02}{month:02}{year}",
    )
    return rng.choice(ways)


def number(rng: random.Random) -> str:
    """The number of a paper: digits alone, letters before or behind, in groups at times."""
    roll = rng.random()
    if roll < 0.3:
        return some(rng, DIGITS, 7, 12)
    if roll < 0.6:
        return some(rng, LETTERS, 1, 3) + rng.choice(("", " ", "-")) + some(rng, DIGITS, 6, 9)
    if roll < 0.8:
        return " ".join(some(rng, DIGITS, 3, 4) for _ in range(rng.randint(2, 4)))
    return some(rng, DIGITS, 6, 9) + rng.choice(("", " ")) + some(rng, LETTERS, 1, 3)


def field(rng: random.Random) -> list[str]:
    """One or two lines of a paper."""
    row = rng.choice((date, date, number))(rng)
    if rng.random() < 0.3:
        return [some(rng, LETTERS, 3, 12), row]
    if rng.random() < 0.2:
        return [row, rng.choice((date, number))(rng)]
    return [row]


def set_paper(rng: random.Random, atlas: Atlas, image: Picture) -> None:
    """Lay a card or paper with rows of print, and often a portrait, into ``image``."""
    h, w = image.shape[:2]
    pw = round(w * rng.uniform(0.3, 1.1))
    ph = round(pw * rng.uniform(0.55, 0.75))
    x, y = rng.randint(-pw // 4, max(1, w - pw * 3 // 4)), rng.randint(-ph // 4, h - ph // 3)
    ground = np.float32([rng.uniform(150, 255)] * 3) + np.float32(
        [rng.uniform(-30, 30) for _ in range(3)]
    )
    tone = [float(v) for v in np.clip(ground, 0, 255)]
    cv2.rectangle(image, (x, y), (x + pw, y + ph), tone, -1)
    if rng.random() < 0.6:
        _portrait(rng, image, (x + pw // 20, y + ph // 4), (pw // 4, ph // 2))
    glyphs, ink = rng.choice(atlas.latin), np.float32([rng.uniform(0, 90)] * 3)
    size = max(5, round(ph * rng.uniform(0.05, 0.12)))
    top: float = y + ph * 0.06
    while top < y + ph * 0.9:
        left = x + pw * rng.choice((0.06, 0.36, 0.36, 0.65))
        for line in field(rng):
            write(image, glyphs, line, (left, top), size, ink, rng.uniform(0.75, 1.05))
            top += size * rng.uniform(1.3, 2.0)


def _portrait(
    rng: random.Random, image: Picture, at: tuple[int, int], size: tuple[int, int]
) -> None:
    """A face in a frame, as far as a small picture shows one: a head on shoulders."""
    (x, y), (w, h) = at, size
    cv2.rectangle(image, (x, y), (x + w, y + h), [rng.uniform(120, 230)] * 3, -1)
    skin = [rng.uniform(90, 170), rng.uniform(120, 190), rng.uniform(150, 230)]
    dark = [rng.uniform(0, 120)] * 3
    cv2.ellipse(image, (x + w // 2, y + h), (w // 2, h // 4), 0, 180, 360, dark, -1)
    cv2.ellipse(image, (x + w // 2, y + h // 2), (w // 4, h // 4), 0, 0, 360, dark, -1)
    cv2.ellipse(image, (x + w // 2, y + h * 11 // 20), (w // 5, h // 5), 0, 0, 360, skin, -1)


def paper(rng: random.Random, atlas: Atlas, photos: list[Picture], w: int, h: int) -> Picture:
    """A piece ``w`` x ``h`` of a paper whose line fills it as a plate's characters would."""
    ground = np.full((h, w, 3), rng.uniform(140, 255), np.float32)
    if rng.random() < 0.5:
        ground += np.float32([rng.uniform(-60, 30) for _ in range(3)])
    if rng.random() < 0.3:
        # Guilloche and watermarks: something faint lies under the print.
        ground += (cut(rng, photos, w, h).astype(np.float32) - 128) * rng.uniform(0.05, 0.3)
    image = np.clip(ground, 0, 255).astype(np.uint8)
    lines = field(rng)
    size = max(5, round(h * rng.uniform(0.35, 0.85) / len(lines)))
    ink = np.float32([rng.uniform(0, 100)] * 3)
    glyphs, squeeze = rng.choice(atlas.latin), rng.uniform(0.7, 1.1)
    top = h * rng.uniform(0.0, 0.25)
    for line in lines:
        write(image, glyphs, line, (w * rng.uniform(-0.2, 0.2), top), size, ink, squeeze)
        top += size * rng.uniform(1.1, 1.6)
    return image
