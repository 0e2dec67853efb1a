"""Printed papers drawn for tests; numbers, firms and plates are made up."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.ports import Picture

DECLARATION = [
    "CONG HOA XA HOI CHU NGHIA VIET NAM",
    "TO KHAI HANG HOA XUAT KHAU (THONG QUAN)",
    "So to khai: 305123456780        Ngay dang ky: 24/11/2026",
    "Ma chi cuc hai quan: 15E4",
    "Nguoi xuat khau: CONG TY TNHH VI DU",
    "Bien so xe: 12C-098.76   ro mooc: 12R-001.23",
    "Container: CSQU3054383    Seal: VN123456",
    "Declaration No. 530120261123456789",
]


def draw_paper(lines: list[str], *, seed: int = 1, tilt: float = 1.0, noise: float = 6) -> Picture:
    """A 1240 x 900 page of print, slightly turned, blurred and noisy."""
    chance = np.random.default_rng(seed)
    image = Image.new("RGB", (1240, 900), (238, 238, 232))
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=30)
    for row, line in enumerate(lines):
        pen.text((70, 90 + row * 80), line, fill=(30, 30, 40), font=font)
    page = np.asarray(image)[:, :, ::-1]
    turn = cv2.getRotationMatrix2D((620, 450), tilt, 0.97)
    turned = cv2.warpAffine(page, turn, (1240, 900), borderValue=(90, 100, 100))
    noisy = cv2.GaussianBlur(turned, (0, 0), 0.7) + chance.normal(0, noise, turned.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
