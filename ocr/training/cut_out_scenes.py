"""Cut-out plates as the detector meets them: each fills its small picture, all else is grey.

The locator puts such a picture on a grey ground and enlarges it before it looks for the plate's
true corners (``PlateLocator.refine``). Without such scenes the network learns that a plate always
stands before something.
"""

from __future__ import annotations

import random

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.backgrounds import Picture, cut
from ocr.training.boxes import box_out, lean
from ocr.training.camera import photograph, weather
from ocr.training.crops import place, pose
from ocr.training.fonts import Atlas
from ocr.training.plate import draw_plate
from ocr.training.series import random_plate

GREY = 100
"""The locator's ground."""
CHINESE_SHARE = 0.75
LOW, HIGH = 110, 190
"""Width of the small picture as the locator enlarges it, in pixels; it aims at 160."""


def cut_out(
    rng: random.Random, atlas: Atlas, photos: list[Picture]
) -> tuple[Picture, NDArray[np.float32]]:
    """A small picture of one plate and its corners there, 4 x 2; they may lie a little outside."""
    hard = rng.random()
    text = random_plate(rng, CHINESE_SHARE)
    lines = len(text.lines)
    width = rng.uniform(60, 220) if lines == 1 else rng.uniform(40, 140)
    flat = draw_plate(rng, atlas, text, height=40 if width < 120 else 64)
    face = weather(rng, flat.image, hard)
    ph, pw = face.shape[:2]
    quad = lean(rng, pose(rng, width, width * ph / pw * rng.uniform(0.88, 1.15), hard))
    margin = np.float32([0.25 * width + 4] * 2)
    quad -= quad.min(axis=0) - margin
    size = np.ceil(quad.max(axis=0) + margin).astype(int)
    scene = place(cut(rng, photos, int(size[0]), int(size[1])), face, quad)
    scale = float(np.linalg.norm(quad[3] - quad[0])) * (0.7 if lines == 1 else 0.4)
    piece, box = box_out(rng, photograph(rng, scene, scale, hard * 0.7), quad)
    height, width = piece.shape[:2]
    factor = np.float32([width, height]) / (box[2] - box[0])
    return piece, (quad - box[0]) * factor


def set_cut_outs(
    rng: random.Random, atlas: Atlas, photos: list[Picture], width: int, height: int
) -> tuple[Picture, list[NDArray[np.float32]]]:
    """A grey picture ``width`` x ``height`` with one to four cut-out plates, and their corners."""
    image = np.full((height, width, 3), GREY, np.uint8)
    quads: list[NDArray[np.float32]] = []
    cells = [(col, row) for col in (0, 1) for row in (0, 1)]
    for col, row in rng.sample(cells, rng.choice((1, 2, 3, 4))):
        piece, quad = cut_out(rng, atlas, photos)
        wide = float(np.exp(rng.uniform(np.log(LOW), np.log(HIGH))))
        factor = min(wide / piece.shape[1], (height // 2 - 12) / piece.shape[0])
        size = (round(piece.shape[1] * factor), round(piece.shape[0] * factor))
        piece = np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        room = (width // 2 - size[0], height // 2 - size[1])
        x = col * (width // 2) + rng.randint(4, room[0] - 4)
        y = row * (height // 2) + rng.randint(4, room[1] - 4)
        image[y : y + size[1], x : x + size[0]] = piece
        quads.append((quad * np.float32(factor) + np.float32([x, y])).astype(np.float32))
    return image, quads
