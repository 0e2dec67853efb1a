"""Container markings drawn for tests, with made-up owner codes."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.ports import Picture
from schemas.containers import check_digit


def make_number(owner: str, serial: int) -> str:
    """A number with its right check digit."""
    body = f"{owner}U{serial:06}"
    return body + str(check_digit(body))


def paint(
    texts: list[tuple[str, int, int]],
    *,
    size: int = 44,
    ground: tuple[int, int, int] = (140, 60, 40),
    seed: int = 1,
) -> Picture:
    """A corrugated 960 x 720 wall with ``texts`` (text, x, y) in white; ``|`` stacks letters."""
    chance = np.random.default_rng(seed)
    wall = np.full((720, 960, 3), ground, np.float32)
    wall += (18 * np.sin(np.arange(960) / 9))[None, :, None]
    image = Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8)[:, :, ::-1])
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=size)
    for text, x, y in texts:
        if text.startswith("|"):
            for row, letter in enumerate(text[1:]):
                place = (x, y + row * size * 1.05)
                pen.text(place, letter, fill=(240, 240, 235), font=font, anchor="mm")
        else:
            pen.text((x, y), text, fill=(240, 240, 235), font=font, anchor="lm", stroke_width=1)
    picture = np.asarray(image)[:, :, ::-1]
    turn = cv2.getRotationMatrix2D((480, 360), 2, 1)
    turned = cv2.warpAffine(picture, turn, (960, 720), borderValue=ground)
    noisy = cv2.GaussianBlur(turned, (0, 0), 0.8) + chance.normal(0, 5, turned.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
