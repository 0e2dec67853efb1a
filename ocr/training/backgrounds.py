"""Pictures without plates to set plates into: free photographs and textures, and drawn ones.

The pictures come from Debian packages (BACKGROUND_PACKAGES), are used for training only and
are not shipped. Where they are absent, the drawn patterns alone are used.
"""

from __future__ import annotations

import random
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

BACKGROUND_PACKAGES = (
    "gnome-backgrounds",
    "mate-backgrounds",
    "plasma-workspace-wallpapers",
    "tuxpaint-stamps-default",
    "torcs-data",
)
_ROOTS = (
    "/usr/share/backgrounds",
    "/usr/share/wallpapers",
    "/usr/share/tuxpaint/stamps",
    "/usr/share/games/torcs",
)
_SUFFIXES = {".jpg", ".jpeg", ".png"}

Picture = NDArray[np.uint8]


def load_photographs(limit: int = 900, longest: int = 700, seed: int = 3) -> list[Picture]:
    """Up to ``limit`` installed pictures, shrunk to ``longest`` pixels, without alpha."""
    paths = [p for root in _ROOTS for p in sorted(Path(root).rglob("*")) if p.suffix in _SUFFIXES]
    random.Random(seed).shuffle(paths)
    pictures: list[Picture] = []
    for path in paths:
        if len(pictures) >= limit:
            break
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None or min(picture.shape[:2]) < 60:
            continue
        scale = longest / max(picture.shape[:2])
        if scale < 1:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        pictures.append(np.asarray(picture, np.uint8))
    return pictures


def cut(rng: random.Random, pictures: list[Picture], width: int, height: int) -> Picture:
    """A random piece of a random picture at ``width`` x ``height``, or a drawn pattern."""
    if not pictures or rng.random() < 0.35:
        return pattern(rng, width, height)
    picture = rng.choice(pictures)
    rows, cols = picture.shape[:2]
    share = rng.uniform(0.15, 1.0)
    w = max(4, int(min(cols, rows * width / height) * share))
    h = max(4, min(rows, int(w * height / width)))
    x, y = rng.randint(0, cols - w), rng.randint(0, rows - h)
    piece = cv2.resize(picture[y : y + h, x : x + w], (width, height))
    if rng.random() < 0.5:
        piece = cv2.flip(piece, 1)
    return np.asarray(piece, np.uint8)


def pattern(rng: random.Random, width: int, height: int) -> Picture:
    """Painted metal, bars of a grille, steps of light: what is drawn round a real plate."""
    tone = np.float32([rng.uniform(5, 240)] * 3) + np.float32([rng.gauss(0, 15) for _ in range(3)])
    if rng.random() < 0.4:
        tone = np.float32([rng.uniform(0, 255) for _ in range(3)])
    slope = np.linspace(rng.uniform(0.6, 1.1), rng.uniform(0.6, 1.3), height, dtype=np.float32)
    image = np.repeat((slope[:, None] * tone)[:, None, :], width, axis=1)
    image = np.ascontiguousarray(image)
    for _ in range(rng.randint(0, 6)):
        colour = [rng.uniform(0, 255)] * 3
        thick = rng.randint(1, max(2, height // 8))
        if rng.random() < 0.6:
            y = rng.randint(0, height)
            cv2.line(image, (0, y), (width, y + rng.randint(-9, 9)), colour, thick, cv2.LINE_AA)
        elif rng.random() < 0.5:
            centre = (rng.randint(0, width), rng.randint(0, height))
            cv2.circle(image, centre, rng.randint(2, max(3, height // 2)), colour, thick)
        else:
            a, b = (rng.randint(0, width), rng.randint(0, height)), (rng.randint(0, width), height)
            cv2.rectangle(image, a, b, colour, -1)
    return np.clip(image, 0, 255).astype(np.uint8)
