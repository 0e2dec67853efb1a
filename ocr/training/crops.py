"""One training example of the recogniser: a plate as the detector would cut it from a picture."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.plates.alphabet import (
    COLOURS,
    COUNTRIES,
    INPUT_HEIGHT,
    INPUT_WIDTH,
    SLOTS,
    encode,
)
from ocr.plates.rectify import rectify, widen
from ocr.training.backgrounds import Picture, cut
from ocr.training.boxes import box_out, lean
from ocr.training.camera import photograph, weather
from ocr.training.fonts import Atlas
from ocr.training.negatives import no_plate
from ocr.training.plate import FlatPlate, draw_plate
from ocr.training.series import random_plate

NEGATIVE_SHARE = 0.10
CHINESE_SHARE = 0.55
COVERED_SHARE = 0.08
"""Share of the plates with one character out of sight: the network learns to say it can't tell."""
MOSTLY_COVERED = 0.25
"""The same share in the last lesson: long lessons with few such plates let that skill fade."""
CUT_OUT_SHARE = {"CN": 0.6, "VN": 0.12}
"""Share of the one-line plates that come as small upright boxes, cut out and scaled by others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """``image`` 48 x 144 x 3; ``label`` 9 classes; ``centres`` 9 x 2 in pixels, -1 where empty.

    ``layout`` is (country, lines, colour) as class numbers; a negative has country 0.
    """

    image: NDArray[np.uint8]
    label: NDArray[np.uint8]
    centres: NDArray[np.float32]
    layout: NDArray[np.uint8]


def pose(rng: random.Random, w: float, h: float, hard: float) -> NDArray[np.float32]:
    """Corners of a plate ``w`` x ``h`` seen from the side, from above and tilted, around 0, 0."""
    quad = np.float32([[-w, -h], [w, -h], [w, h], [-w, h]]) / 2
    yaw, pitch = rng.gauss(0, 0.35 * hard), rng.gauss(0, 0.25 * hard)
    if rng.random() < 0.12 * hard:
        yaw *= 2
    yaw, pitch = float(np.clip(yaw, -1.0, 1.0)), float(np.clip(pitch, -0.8, 0.8))
    distance = w * rng.uniform(3.0, 9.0)
    depth = quad[:, 0] * np.sin(yaw) + quad[:, 1] * np.sin(pitch)
    flat = np.stack([quad[:, 0] * np.cos(yaw), quad[:, 1] * np.cos(pitch)], axis=1)
    flat *= (distance / (distance + depth))[:, None]
    roll = rng.gauss(0, 0.07 * hard) if rng.random() < 0.85 else rng.gauss(0, 0.2 * hard)
    shear = rng.gauss(0, 0.10 * hard)
    turn = np.float32([[np.cos(roll), -np.sin(roll)], [np.sin(roll) + shear * 0.5, np.cos(roll)]])
    return (flat @ turn.T).astype(np.float32)


def _target_width(rng: random.Random, lines: int, hard: float) -> float:
    """Width of the plate in pixels of the camera; small ones are common."""
    low, high = (36, 240) if lines == 1 else (28, 150)
    if lines == 2 and rng.random() < 0.45:
        low, high = 32, 64
    low = low + (1 - hard) * low * 1.5
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _looked_at(rng: random.Random, quad: NDArray[np.float32], hard: float) -> NDArray[np.float32]:
    """The corners as a detector would give them: jittered, or only an upright box."""
    w = float(np.linalg.norm(quad[1] - quad[0]))
    h = float(np.linalg.norm(quad[3] - quad[0]))
    if rng.random() < 0.22:
        (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
        quad = np.float32([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    shift = np.float32([[rng.gauss(0, 1), rng.gauss(0, 1)] for _ in range(4)])
    whole = np.float32([rng.gauss(0, 1), rng.gauss(0, 1)])
    spread = np.float32([0.018 * w + 0.3, 0.05 * h + 0.3]) * (0.3 + 0.7 * hard)
    quad = quad + (shift * 0.8 + whole * 0.6) * spread
    # Around the margin of the reader (a tenth of the height, 3 % of the width).
    return widen(quad, rng.uniform(0.0, 0.22), rng.uniform(0.0, 0.07))


def positive(
    rng: random.Random,
    atlas: Atlas,
    photos: list[Picture],
    hard: float,
    covered: float = COVERED_SHARE,
) -> Crop:
    """A plate with its truth; ``hard`` 0..1 sets how badly it is seen."""
    text = random_plate(rng, CHINESE_SHARE)
    lines = len(text.lines)
    width = _target_width(rng, lines, hard)
    boxed = lines == 1 and rng.random() < CUT_OUT_SHARE[text.country]
    if boxed:
        width = max(width, 70.0)
    flat = draw_plate(rng, atlas, text, height=40 if width < 120 else 64)
    face, left, right = flat.image, 0.0, 1.0
    if rng.random() < covered:
        face, left, right = cover(rng, flat)
    image = weather(rng, face, hard)
    ph, pw = image.shape[:2]
    quad = pose(rng, width, width * ph / pw * rng.uniform(0.88, 1.15), hard)
    if boxed:
        quad = lean(rng, quad)
    margin = np.float32([0.25 * width + 4, 0.25 * width + 4])
    quad -= quad.min(axis=0) - margin
    size = np.ceil(quad.max(axis=0) + margin).astype(int)
    seen = place(cut(rng, photos, int(size[0]), int(size[1])), image, quad)
    scale = float(np.linalg.norm(quad[3] - quad[0])) * (0.7 if lines == 1 else 0.4)
    seen = photograph(rng, seen, scale, hard * 0.7 if boxed else hard)
    if boxed:
        strip, look = _boxed(rng, seen, quad)
    else:
        # A detector takes the end of what is seen of a plate for the plate's own.
        whole = rng.random() < 0.4
        look = _looked_at(rng, quad if whole else _between(quad, left, right), hard)
        strip = rectify(seen, look)
    return Crop(
        image=strip,
        label=np.uint8(encode(text.text)),
        centres=_carry(flat, quad, look),
        layout=np.uint8([COUNTRIES.index(text.country), lines - 1, COLOURS.index(text.colour)]),
    )


def cover(rng: random.Random, flat: FlatPlate) -> tuple[NDArray[np.uint8], float, float]:
    """The plate with one character, often the last, under dirt, a strap or a towing eye.

    Returns it with the shares of its width between which it is seen from edge to edge.
    """
    height, width = flat.image.shape[:2]
    last = len(flat.centres) - 1
    k = last if rng.random() < 0.5 else rng.randint(0, last)
    x, y = flat.centres[k]
    row = [c[0] for c in flat.centres if abs(c[1] - y) < height * 0.15]
    pitch = (max(row) - min(row)) / max(1, len(row) - 1)
    x0, x1 = x - pitch * rng.uniform(0.5, 0.65), x + pitch * rng.uniform(0.5, 0.65)
    # A patch over the plate's end mostly hides its edge too.
    x0 = 0 if x <= min(row) and rng.random() < 0.7 else x0
    x1 = width if x >= max(row) and rng.random() < 0.7 else x1
    half = height if rng.random() < 0.6 else height * (0.45 if len(flat.plate.lines) == 1 else 0.3)
    image = flat.image.copy()
    tone = [rng.uniform(0, 255)] * 3
    if rng.random() < 0.4:
        tone = [rng.uniform(0, 255) for _ in range(3)]
    low, high = (round(x0), round(y - half)), (round(x1), round(y + half))
    cv2.rectangle(image, low, high, tone, -1)
    hidden = half >= height
    left = max(x1, 0.0) / width if hidden and x0 <= 0 else 0.0
    right = min(x0, width) / width if hidden and x1 >= width else 1.0
    return image, left, right


def _between(quad: NDArray[np.float32], left: float, right: float) -> NDArray[np.float32]:
    """The part of ``quad`` between two shares of its width."""
    a, b, c, d = quad
    top, low = b - a, c - d
    part = [a + top * left, a + top * right, d + low * right, d + low * left]
    return np.asarray(part, np.float32)


def _boxed(
    rng: random.Random, seen: Picture, quad: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The upright box round the plate, scaled to a small picture and looked at as a whole.

    Returns the strip, and the corners of what it shows in ``seen``.
    """
    piece, box = box_out(rng, seen, quad)
    across, along = rng.uniform(0.0, 0.12), rng.uniform(0.0, 0.04)
    height, width = piece.shape[:2]
    whole = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    return rectify(piece, widen(whole, across, along)), widen(box, across, along)


def place(scene: Picture, plate: Picture, quad: NDArray[np.float32]) -> Picture:
    """Set ``plate`` into ``scene`` at the corners ``quad``, with soft edges."""
    ph, pw = plate.shape[:2]
    factor = float(np.linalg.norm(quad[1] - quad[0])) / pw
    if factor < 0.75:
        size = (max(8, round(pw * factor * 1.15)), max(5, round(ph * factor * 1.15)))
        plate = np.asarray(cv2.resize(plate, size, interpolation=cv2.INTER_AREA), np.uint8)
        ph, pw = plate.shape[:2]
    matrix = cv2.getPerspectiveTransform(np.float32([[0, 0], [pw, 0], [pw, ph], [0, ph]]), quad)
    h, w = scene.shape[:2]
    warped = cv2.warpPerspective(plate, matrix, (w, h), borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((h, w), np.uint8)
    cv2.fillConvexPoly(mask, np.round(quad * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    alpha = mask.astype(np.float32)[..., None] / 255
    return (scene + (warped.astype(np.float32) - scene) * alpha).astype(np.uint8)


def _carry(flat: FlatPlate, quad: NDArray[Any], look: NDArray[Any]) -> NDArray[np.float32]:
    """Where each character lies in the strip, through both homographies; -1 where outside."""
    ph, pw = flat.image.shape[:2]
    corners = np.float32([[0, 0], [pw, 0], [pw, ph], [0, ph]])
    strip = np.float32([[0, 0], [INPUT_WIDTH, 0], [INPUT_WIDTH, INPUT_HEIGHT], [0, INPUT_HEIGHT]])
    matrix = cv2.getPerspectiveTransform(look.astype(np.float32), strip)
    matrix = matrix @ cv2.getPerspectiveTransform(corners, quad)
    points = cv2.perspectiveTransform(flat.centres[None], matrix)[0]
    out = np.full((SLOTS, 2), -1.0, np.float32)
    out[: len(points)] = np.clip(points, 0, [INPUT_WIDTH - 1, INPUT_HEIGHT - 1])
    # A covered character may lie outside the strip: nothing there to look at.
    beyond = (points[:, 0] < -4) | (points[:, 0] > INPUT_WIDTH + 4)
    out[: len(points)][beyond] = -1.0
    return out


def negative(rng: random.Random, atlas: Atlas, photos: list[Picture], hard: float) -> Crop:
    """Something that is not a plate."""
    return Crop(
        image=no_plate(rng, atlas, photos, hard),
        label=np.zeros(SLOTS, np.uint8),
        centres=np.full((SLOTS, 2), -1.0, np.float32),
        layout=np.zeros(3, np.uint8),
    )


def draw_crop(
    rng: random.Random,
    atlas: Atlas,
    photos: list[Picture],
    hard: float,
    covered: float = COVERED_SHARE,
) -> Crop:
    """A random example: ``NEGATIVE_SHARE`` have no plate, ``covered`` of the plates a gap."""
    if rng.random() < NEGATIVE_SHARE:
        return negative(rng, atlas, photos, hard)
    return positive(rng, atlas, photos, hard, covered)
