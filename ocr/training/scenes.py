"""Whole pictures for the detector: roughly drawn vehicles, plates, and much that is none."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.plates.alphabet import DIGITS, LETTERS
from ocr.training.backgrounds import Picture, cut
from ocr.training.camera import photograph, weather
from ocr.training.crops import place, pose
from ocr.training.cut_out_scenes import set_cut_outs
from ocr.training.fonts import Atlas
from ocr.training.papers import set_paper
from ocr.training.plate import draw_plate
from ocr.training.series import PlateText, random_plate

SCENE_HEIGHT, SCENE_WIDTH = 320, 448
MOST_PLATES = 6
CUT_OUT_SHARE = 0.10
"""Share of the scenes that hold plates others cut out, on grey, as the locator shows them."""
PAPER_SHARE = 0.12
"""Share of the other scenes with a card or paper in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """``image`` 320 x 448 x 3 and the corners of its plates, k x 4 x 2, clockwise from top left."""

    image: NDArray[np.uint8]
    quads: NDArray[np.float32]


def _tone(rng: random.Random) -> list[float]:
    if rng.random() < 0.6:
        return [rng.uniform(0, 255)] * 3
    return [rng.uniform(0, 255) for _ in range(3)]


def vehicle(rng: random.Random, image: NDArray[Any]) -> None:
    """A body with window, lamps and grille: shapes whose edges surround real plates."""
    h, w = image.shape[:2]
    bw, bh = int(w * rng.uniform(0.2, 0.9)), int(h * rng.uniform(0.25, 0.9))
    x, y = rng.randint(-bw // 3, w - bw // 2), rng.randint(-bh // 3, h - bh // 2)
    body = _tone(rng)
    cv2.rectangle(image, (x, y), (x + bw, y + bh), body, -1)
    glass = [rng.uniform(10, 90)] * 3
    sill = y + bh // 3
    pane = [(x + bw // 8, sill), (x + bw // 5, y), (x + bw * 4 // 5, y), (x + bw * 7 // 8, sill)]
    cv2.fillPoly(image, [np.int32(pane)], glass)
    bars = y + int(bh * rng.uniform(0.4, 0.6))
    dark = [rng.uniform(0, 80)] * 3
    cv2.rectangle(image, (x + bw // 4, bars), (x + bw * 3 // 4, bars + bh // 6), dark, -1)
    light = [rng.uniform(90, 230)] * 3
    for k in range(rng.randint(0, 7)):
        yy = bars + k * max(2, bh // 40)
        cv2.line(image, (x + bw // 4, yy), (x + bw * 3 // 4, yy), light, 1)
    for side in (0.12, 0.88):
        lamp = [rng.uniform(150, 255), rng.uniform(150, 255), rng.uniform(200, 255)]
        if rng.random() < 0.4:
            lamp = [rng.uniform(0, 60), rng.uniform(0, 60), rng.uniform(120, 220)]
        centre = (x + int(bw * side), bars + rng.randint(0, max(1, bh // 8)))
        size = (max(2, bw // rng.randint(10, 20)), max(2, bh // rng.randint(10, 24)))
        cv2.ellipse(image, centre, size, 0, 0, 360, lamp, -1, cv2.LINE_AA)


def words(rng: random.Random, atlas: Atlas, image: NDArray[Any]) -> None:
    """A sign, advert, time stamp or container number: letters that are not a plate."""
    h, w = image.shape[:2]
    size = rng.randint(6, 46)
    chars = rng.choice((LETTERS, LETTERS, DIGITS, LETTERS + DIGITS))
    length = rng.randint(3, 22)
    text = "".join(rng.choice(chars) if rng.random() > 0.12 else " " for _ in range(length))
    glyphs = rng.choice(atlas.latin)
    x, y = rng.randint(-30, w - 20), rng.randint(0, h - size)
    if rng.random() < 0.4:
        wide = int(size * 0.7 * len(text))
        cv2.rectangle(image, (x - 6, y - 5), (x + wide, y + size + 5), _tone(rng), -1)
    ink = np.float32(_tone(rng))
    for char in text:
        if char == " ":
            x += size // 2
            continue
        wide = max(2, round(glyphs[char].shape[1] * size / 64))
        mask = cv2.resize(glyphs[char], (wide, size), interpolation=cv2.INTER_AREA)
        x0, x1 = max(x, 0), min(x + mask.shape[1], w)
        if x1 > x0:
            area = image[y : y + mask.shape[0], x0:x1]
            part = mask[: area.shape[0], x0 - x : x1 - x, None].astype(np.float32) / 255
            area[:] = (area + (ink - area) * part).astype(np.uint8)
        x += mask.shape[1] + max(1, size // 8)


def clutter(rng: random.Random, image: NDArray[Any]) -> None:
    """Stripes of a barrier or kerb, blank plates and boxes, wheels."""
    h, w = image.shape[:2]
    roll = rng.random()
    x, y = rng.randint(0, w), rng.randint(0, h)
    if roll < 0.35:
        step, thick = rng.randint(6, 40), rng.randint(4, 26)
        a, b = rng.choice((((0, 200, 240), (20, 20, 20)), ((240, 240, 240), (30, 30, 200))))
        slant = rng.randint(-8, 8)
        for k in range(rng.randint(3, 14)):
            quad = [(x + k * step, y), (x + k * step + step, y + slant // 4)]
            quad += [(px + slant, py + thick) for px, py in reversed(quad)]
            cv2.fillPoly(image, [np.int32(quad)], a if k % 2 else b)
    elif roll < 0.7:
        size = (rng.randint(12, 120), rng.randint(6, 50))
        cv2.rectangle(image, (x, y), (x + size[0], y + size[1]), _tone(rng), -1)
        cv2.rectangle(image, (x, y), (x + size[0], y + size[1]), _tone(rng), 1)
    else:
        r = rng.randint(5, 60)
        cv2.circle(image, (x, y), r, [rng.uniform(0, 60)] * 3, -1, cv2.LINE_AA)
        cv2.circle(image, (x, y), r // 2, [rng.uniform(80, 220)] * 3, max(1, r // 6), cv2.LINE_AA)


def _collage(rng: random.Random, image: NDArray[Any], photos: list[Picture]) -> None:
    """A piece of another photograph, so that natural texture lies at every place."""
    h, w = image.shape[:2]
    pw, ph = rng.randint(30, w // 2), rng.randint(20, h // 2)
    x, y = rng.randint(0, w - pw), rng.randint(0, h - ph)
    image[y : y + ph, x : x + pw] = cut(rng, photos, pw, ph)


def _free(quads: list[NDArray[np.float32]], quad: NDArray[np.float32]) -> bool:
    low, high = quad.min(axis=0) - 4, quad.max(axis=0) + 4
    return all(bool((q.max(axis=0) < low).any() or (q.min(axis=0) > high).any()) for q in quads)


def set_plate(
    rng: random.Random,
    atlas: Atlas,
    image: Picture,
    quads: list[NDArray[np.float32]],
    hard: float,
    *,
    text: PlateText | None = None,
    width: float = 0.0,
) -> Picture:
    """Set one more plate where none is yet, with a holder and shadow round it at times.

    Its corners are added to ``quads``; where there is no room the picture stays as it is.
    """
    text = text or random_plate(rng)
    low, high = (24, 300) if len(text.lines) == 1 else (18, 220)
    width = width or float(np.exp(rng.uniform(np.log(low), np.log(high))))
    flat = draw_plate(rng, atlas, text, height=40 if width < 120 else 64)
    face = weather(rng, flat.image, hard)
    ph, pw = face.shape[:2]
    quad = pose(rng, width, width * ph / pw * rng.uniform(0.88, 1.15), hard)
    h, w = image.shape[:2]
    room = np.float32([w, h]) - (quad.max(axis=0) - quad.min(axis=0)) - 4
    if room.min() < 4:
        return image
    quad = quad - quad.min(axis=0) + 2 + np.float32([rng.random(), rng.random()]) * room
    if not _free(quads, quad):
        return image
    if rng.random() < 0.55:
        grow = (quad - quad.mean(axis=0)) * rng.uniform(1.05, 1.7) + quad.mean(axis=0)
        grow += np.float32([0, rng.uniform(-0.1, 0.1) * width])
        image = np.ascontiguousarray(image)
        tone = [rng.uniform(0, 90)] * 3 if rng.random() < 0.6 else _tone(rng)
        cv2.fillConvexPoly(image, np.int32(grow), tone, cv2.LINE_AA)
    quads.append(quad)
    return place(image, face, quad)


def draw_scene(rng: random.Random, atlas: Atlas, photos: list[Picture]) -> Scene:
    """A picture with none to several plates; one in eight has none, one in ten cut-out ones."""
    if rng.random() < CUT_OUT_SHARE:
        ground, outs = set_cut_outs(rng, atlas, photos, SCENE_WIDTH, SCENE_HEIGHT)
        return Scene(image=ground, quads=np.float32(outs).reshape(-1, 4, 2))
    hard = rng.random()
    image = np.ascontiguousarray(cut(rng, photos, SCENE_WIDTH, SCENE_HEIGHT))
    for _ in range(rng.choice((0, 1, 2, 4))):
        _collage(rng, image, photos)
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        vehicle(rng, image)
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        clutter(rng, image)
    for _ in range(rng.choice((0, 1, 1, 2, 4))):
        words(rng, atlas, image)
    if rng.random() < PAPER_SHARE:
        set_paper(rng, atlas, image)
    quads: list[NDArray[np.float32]] = []
    for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3, 5))):
        image = set_plate(rng, atlas, image, quads, hard)
    image = photograph(rng, image, rng.uniform(4, 12), hard * 0.8)
    corners = np.float32(quads).reshape(-1, 4, 2)
    if rng.random() < 0.5:
        image = np.asarray(cv2.convertScaleAbs(image, alpha=rng.uniform(0.6, 1.3)), np.uint8)
    return Scene(image=image, quads=corners)
