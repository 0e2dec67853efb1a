"""Plates drawn for tests: fictitious numbers on a grey street, with mild perspective and noise."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.ports import Picture

WHITE, YELLOW, BLUE, RED = (245, 245, 245), (40, 190, 245), (160, 70, 20), (40, 40, 200)


def draw_plate(
    lines: list[str], ground: tuple[int, int, int], ink: tuple[int, int, int]
) -> Picture:
    """A flat plate, 110 pixels a line high, BGR."""
    width, height = (520, 110) if len(lines) == 1 else (330, 165)
    image = Image.new("RGB", (width, height), ground[::-1])
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((3, 3, width - 4, height - 4), radius=8, outline=ink[::-1], width=3)
    step = height / len(lines)
    for i, line in enumerate(lines):
        font = ImageFont.load_default(size=step * 0.72)
        place = (width / 2, step * (i + 0.5))
        pen.text(place, line, fill=ink[::-1], font=font, anchor="mm", stroke_width=1)
    return np.asarray(image)[:, :, ::-1].copy()


def street(
    plate: Picture, *, width: int = 160, at: tuple[int, int] = (240, 260), seed: int = 1
) -> Picture:
    """A 640 x 480 scene with ``plate`` scaled to ``width`` pixels, tilted, noisy."""
    chance = np.random.default_rng(seed)
    scene = cv2.GaussianBlur(chance.integers(60, 150, (480, 640, 3), np.uint8), (31, 31), 0)
    cv2.rectangle(scene, (120, 80), (520, 420), (90, 80, 70), -1)
    height = round(width * plate.shape[0] / plate.shape[1])
    x, y = at
    corners = np.array([[x, y], [x + width, y + 6], [x + width, y + height + 8], [x, y + height]])
    source = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * [plate.shape[1], plate.shape[0]]
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), corners.astype(np.float32))
    small = cv2.warpPerspective(plate, matrix, (640, 480), flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full(plate.shape[:2], 255, np.uint8), matrix, (640, 480))
    scene[mask > 127] = small[mask > 127]
    noisy = scene.astype(np.int16) + chance.normal(0, 4, scene.shape).astype(np.int16)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def as_jpeg(picture: Picture, quality: int = 90) -> bytes:
    """The picture as a JPEG file's bytes."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return data.tobytes()
