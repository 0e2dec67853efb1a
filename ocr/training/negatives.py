"""What is read at a gate and is no plate: container walls, signs, papers, numbers, bare paint."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray

from ocr.plates.alphabet import DIGITS, LETTERS
from ocr.plates.rectify import rectify, widen
from ocr.training.backgrounds import Picture, cut
from ocr.training.camera import photograph, weather
from ocr.training.fonts import Atlas
from ocr.training.lettering import some, write
from ocr.training.papers import paper


def _container(rng: random.Random) -> list[str]:
    """Lines as painted on containers: owner and number, size and type, masses."""
    number = some(rng, LETTERS, 3, 3) + rng.choice("UUUJZ")
    digits = some(rng, DIGITS, 6, 6)
    check = rng.choice((" ", "  ", "")) + some(rng, DIGITS, 1, 1)
    size = rng.choice("24L9M") + rng.choice("0258") + rng.choice("GRTUPBV") + rng.choice("0123")
    mass = f"{some(rng, DIGITS, 1, 2)}{rng.choice((' ', '.', ',', ''))}{some(rng, DIGITS, 3, 3)}"
    unit = rng.choice((" KG", " LB", "KGS", "LBS", " CU.M.", " KGS."))
    options = (
        [number + rng.choice((" ", "")) + digits + check],
        [number, digits + check],
        [digits[:3] + " " + digits[3:] + check],
        [size],
        [digits + check, size],
        [number + " " + digits, size],
        [rng.choice(("MAX GROSS ", "MAX.GW. ", "TARE ", "NET ", "PAYLOAD ", "CU.CAP. ")) + mass],
        [mass + unit],
        [mass + unit, some(rng, DIGITS, 2, 2) + rng.choice((".", ",", " ")) + mass[-3:] + unit],
    )
    return rng.choice(options)


def _sign(rng: random.Random) -> list[str]:
    """Words and numbers of signs, adverts, papers and screens."""
    roll = rng.random()
    if roll < 0.25:
        return [some(rng, LETTERS, 3, 14)]
    if roll < 0.4:
        return [some(rng, LETTERS, 3, 9), some(rng, LETTERS + DIGITS, 3, 12)]
    if roll < 0.6:
        return [some(rng, DIGITS, 1, 4) + rng.choice(".- ") + some(rng, DIGITS, 3, 9)]
    if roll < 0.75:
        return [some(rng, LETTERS, 1, 2), some(rng, DIGITS, 1, 3)][: rng.randint(1, 2)]
    if roll < 0.9:
        return [some(rng, LETTERS + DIGITS, 10, 18), some(rng, LETTERS + DIGITS, 8, 18)]
    return [some(rng, DIGITS, 2, 2) + rng.choice(":/.") + some(rng, DIGITS, 2, 2)]


def _wall(rng: random.Random, width: int, height: int) -> Picture:
    """Painted steel, flat or corrugated: upright bars of light and shade."""
    tone = np.float32([rng.uniform(10, 235) for _ in range(3)])
    if rng.random() < 0.4:
        tone = np.float32([rng.uniform(20, 245)] * 3)
    wave = np.ones(width, np.float32)
    if rng.random() < 0.6:
        period = rng.uniform(8, 90)
        bars = np.sin(np.arange(width) / period * 2 * np.pi + rng.uniform(0, 6))
        depth = rng.uniform(0.03, 0.25)
        wave += np.clip(bars * rng.uniform(1, 6), -1, 1).astype(np.float32) * depth
    image = np.repeat((wave[:, None] * tone)[None], height, axis=0)
    return np.clip(image, 0, 255).astype(np.uint8)


def painted(rng: random.Random, atlas: Atlas, photos: list[Picture], w: int, h: int) -> Picture:
    """A piece ``w`` x ``h`` of a wall or sign whose text fills it as a plate's would."""
    ground = _wall(rng, w, h) if rng.random() < 0.65 else cut(rng, photos, w, h)
    image = np.ascontiguousarray(ground)
    lines = (_container if rng.random() < 0.6 else _sign)(rng)
    glyphs = rng.choice(atlas.drawn if rng.random() < 0.25 else atlas.latin)
    light = float(image.mean()) < 128
    ink = np.float32([rng.uniform(170, 255) if light else rng.uniform(0, 80)] * 3)
    if rng.random() < 0.2:
        ink = np.float32([rng.uniform(0, 255) for _ in range(3)])
    size = max(5, round(h * rng.uniform(0.3, 0.85) / len(lines)))
    squeeze = rng.uniform(0.7, 1.1)
    y = h * rng.uniform(-0.05, 0.25)
    for line in lines:
        write(image, glyphs, line, (w * rng.uniform(-0.3, 0.25), y), size, ink, squeeze)
        y += size * rng.uniform(1.1, 1.6)
    return image


def container_wall(rng: random.Random, atlas: Atlas, width: int, height: int) -> Picture:
    """A wall of a container ``width`` x ``height``, with the groups of text such walls bear."""
    image = np.ascontiguousarray(_wall(rng, width, height))
    ink = np.float32([rng.uniform(170, 255) if image.mean() < 128 else rng.uniform(0, 80)] * 3)
    for _ in range(rng.randint(2, 7)):
        glyphs, size = rng.choice(atlas.latin), rng.randint(12, max(14, height // 9))
        x, y = rng.uniform(-0.1, 0.8) * width, rng.uniform(0, 0.9) * height
        squeeze = rng.uniform(0.7, 1.1)
        for line in (_container if rng.random() < 0.8 else _sign)(rng):
            write(image, glyphs, line, (x, y), size, ink, squeeze)
            y += size * rng.uniform(1.1, 1.7)
    return image


def no_plate(
    rng: random.Random, atlas: Atlas, photos: list[Picture], hard: float
) -> NDArray[np.uint8]:
    """A strip 48 x 144 x 3 as the detector might cut it, without a plate."""
    w = round(float(np.exp(rng.uniform(np.log(36), np.log(260)))))
    h = max(12, round(w / rng.uniform(1.2, 5.0)))
    roll = rng.random()
    if roll < 0.55:
        scene = weather(rng, painted(rng, atlas, photos, w, h), hard * 0.6)
    elif roll < 0.8:
        scene = paper(rng, atlas, photos, w, h)
    else:
        scene = cut(rng, photos, w, h)
    scene = photograph(rng, scene, h * 0.5, hard)
    corners = np.float32([[0, 0], [w, 0], [w, h], [0, h]])
    shift = np.float32([[rng.gauss(0, 0.03) * w, rng.gauss(0, 0.06) * h] for _ in range(4)])
    return rectify(scene, widen(corners + shift, -0.02, -0.02))
