"""What light, dirt and a camera do to a plate: shadow, glare, blur, noise, infrared, JPEG."""

from __future__ import annotations

import random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_NOISE = np.random.default_rng(11).standard_normal((700, 1100, 3)).astype(np.float32)
_SOFT = [cv2.GaussianBlur(_NOISE, (0, 0), s) * s * 2.2 for s in (2.0, 5.0, 12.0)]


def noise(rng: random.Random, height: int, width: int, soft: int | None = None) -> NDArray[Any]:
    """A piece of a prepared noise field of unit spread; ``soft`` 0..2 picks coarser grain."""
    field = _NOISE if soft is None else _SOFT[soft]
    if height > field.shape[0] or width > field.shape[1]:
        return cv2.resize(field, (width, height))
    y, x = rng.randint(0, field.shape[0] - height), rng.randint(0, field.shape[1] - width)
    return field[y : y + height, x : x + width]


def weather(rng: random.Random, image: Picture, hard: float) -> Picture:
    """Dirt, scratches, shadow edges and glare on the flat plate; ``hard`` 0..1 sets how much."""
    h, w = image.shape[:2]
    out = image.astype(np.float32)
    if rng.random() < 0.35 * hard + 0.1:
        dirt = noise(rng, h, w, rng.randint(0, 2))[..., :1]
        amount = np.clip(dirt * rng.uniform(0.1, 0.5) * hard, 0, 0.8)
        out += (np.float32([rng.uniform(40, 130)] * 3) - out) * amount
    if rng.random() < 0.15 * hard:
        for _ in range(rng.randint(1, 5)):
            a, b = (rng.randint(0, w), rng.randint(0, h)), (rng.randint(0, w), rng.randint(0, h))
            cv2.line(out, a, b, [rng.uniform(30, 230)] * 3, 1, cv2.LINE_AA)
    if rng.random() < 0.3:
        shade = np.full((h, w), 1.0, np.float32)
        x0, x1 = rng.uniform(-0.3, 1.3) * w, rng.uniform(-0.3, 1.3) * w
        side = [(x0, 0), (x1, h), (w * 2, h), (w * 2, 0)]
        if rng.random() < 0.4:
            y0, y1 = rng.uniform(0, 1) * h, rng.uniform(0, 1) * h
            side = [(0, y0), (w, y1), (w, -h), (0, -h)]
        cv2.fillPoly(shade, [np.int32(side)], rng.uniform(0.35, 0.8))
        out *= cv2.blur(shade, (3, 3))[..., None]
    if rng.random() < 0.12 * hard + 0.03:
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
        cx, cy, r = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.3, 1.5) * h
        spot = np.exp(-((xx - cx) ** 2 + (yy - cy) ** 2) / (r * r))
        out += spot[..., None] * rng.uniform(60, 220)
    if rng.random() < 0.04 * hard:
        x, y = rng.randint(0, w), rng.randint(0, h)
        size = (rng.randint(2, max(3, w // 6)), rng.randint(2, max(3, h // 3)))
        cv2.ellipse(out, (x, y), size, rng.uniform(0, 180), 0, 360, [rng.uniform(20, 200)] * 3, -1)
    return np.clip(out, 0, 255).astype(np.uint8)


def _blur(rng: random.Random, image: Picture, scale: float, hard: float) -> Picture:
    """Focus or motion blur; ``scale`` is the height of a character in pixels."""
    roll = rng.random()
    if roll < 0.45:
        sigma = rng.uniform(0.2, 0.35 + 0.075 * hard * scale)
        return np.asarray(cv2.GaussianBlur(image, (0, 0), min(sigma, 4.0)), np.uint8)
    if roll < 0.62:
        length = max(2, round(rng.uniform(1, 2 + 0.22 * hard * scale)))
        kernel = np.zeros((length * 2 + 1, length * 2 + 1), np.float32)
        angle = rng.gauss(0, 0.35) if rng.random() < 0.6 else rng.uniform(0, 3.15)
        dx, dy = np.cos(angle) * length / 2, np.sin(angle) * length / 2
        a, b = (round(length - dx), round(length - dy)), (round(length + dx), round(length + dy))
        cv2.line(kernel, a, b, 1.0, 1)
        return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)
    return image


def _tone(rng: random.Random, image: Picture, hard: float) -> NDArray[Any]:
    """Exposure, contrast, colour cast, gamma; night and infrared are grey and of odd contrast."""
    out = image.astype(np.float32)
    if rng.random() < 0.14:
        weights = np.float32([rng.uniform(0.05, 1) for _ in range(3)])
        grey = (out * (weights / weights.sum())).sum(axis=2, keepdims=True)
        out = np.repeat(grey, 3, axis=2)
    elif rng.random() < 0.5:
        out *= np.float32([rng.uniform(0.75, 1.25) for _ in range(3)])
    if rng.random() < 0.6:
        gamma = rng.uniform(0.55, 1.6)
        out = np.power(np.clip(out, 0, 255) / 255, gamma) * 255
    low, high = rng.uniform(0, 60 * hard), rng.uniform(255 - 130 * hard, 290)
    if rng.random() < 0.15 * hard:
        high = low + rng.uniform(50, 130)
    return out * ((high - low) / 255) + low


def photograph(rng: random.Random, image: Picture, scale: float, hard: float) -> Picture:
    """The picture a camera makes of ``image``: blur, tone, noise, sharpening, JPEG."""
    out = _tone(rng, _blur(rng, image, scale, hard), hard)
    if rng.random() < 0.6:
        h, w = image.shape[:2]
        grain = rng.uniform(1, 4 + 12 * hard)
        out = out + noise(rng, h, w) * grain
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.8, 2))
        out = out + (out - soft) * rng.uniform(0.4, 1.8)
    result = np.clip(out, 0, 255).astype(np.uint8)
    if rng.random() < 0.75:
        quality = rng.randint(round(90 - 60 * hard), 95)
        ok, data = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if ok:
            result = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return result
