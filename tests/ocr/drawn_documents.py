"""Travel documents and papers drawn for tests, of people who do not exist."""

import random
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.ports import Picture
from schemas.mrz_layout import COMPOSITE, FIELDS, SHAPES, MrzFormat, check_digit

OCRB = Path(__file__).parent / "fonts" / "OCRB.otf"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_STATES = ("VNM", "CHN", "UTO", "LAO", "KHM", "THA", "D<<", "KOR", "MMR")


def make_zone(layout: MrzFormat, seed: int) -> tuple[str, ...]:
    """A zone of ``layout`` with random content and right check digits."""
    chance = random.Random(seed)
    count, width = SHAPES[layout]
    grid = [["<"] * width for _ in range(count)]

    def put(line: int, start: int, text: str) -> None:
        grid[line][start : start + len(text)] = text

    for place in FIELDS[layout]:
        put(place.line, place.start, _content(chance, layout, place.name, place.end - place.start))
        if place.check >= 0:
            text = "".join(grid[place.line][place.start : place.end])
            empty = place.name == "optional" and not text.strip("<")
            put(place.line, place.check, "<" if empty else check_digit(text))
    if layout in COMPOSITE:
        pieces, (line, column) = COMPOSITE[layout]
        put(line, column, check_digit("".join("".join(grid[i][a:b]) for i, a, b in pieces)))
    return tuple("".join(row) for row in grid)


def _content(chance: random.Random, layout: MrzFormat, name: str, width: int) -> str:
    def word(shortest: int, longest: int) -> str:
        return "".join(chance.choices(_LETTERS, k=chance.randint(shortest, longest)))

    def day(first: int, last: int) -> str:
        year = chance.randint(first, last) % 100
        return f"{year:02}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"

    if name == "type":
        visa = layout.startswith("MRV")
        return "V<" if visa else "P<" if layout is MrzFormat.TD3 else "I<"
    if name in ("issuer", "nationality"):
        return chance.choice(_STATES)
    if name == "number":
        return word(1, 2) + "".join(chance.choices("0123456789", k=7))
    if name == "birth":
        return day(1950, 2005)
    if name == "expiry":
        return day(2027, 2035)
    if name == "sex":
        return chance.choice("MF")
    if name == "name":
        return f"{word(2, 9)}<<{word(2, 6)}<{word(2, 6)}"[:width]
    digits = "".join(chance.choices("0123456789", k=min(width, 9)))
    return digits if chance.random() < 0.6 else ""


def draw_zone(lines: tuple[str, ...], *, pitch: int = 22) -> Picture:
    """A page with the zone at its foot, ``pitch`` pixels a character, and print above it."""
    columns = len(lines[0])
    width = (columns + 6) * pitch
    height = round(width * (0.64 if columns == 30 else 0.71))
    image = Image.new("RGB", (width, height), (226, 232, 236))
    pen = ImageDraw.Draw(image)
    for i in range(0, width, 9):  # guilloche
        pen.arc((i - 90, -60, i + 160, height + 60), 20, 160, fill=(205, 216, 222))
    plain = ImageFont.load_default(size=pitch * 1.1)
    for i, text in enumerate(("UTOPIA", "Surname / Ho", "Given names / Ten", "Date of birth")):
        pen.text((width * 0.36, pitch * (2 + 3 * i)), text, fill=(70, 70, 90), font=plain)
    pen.rectangle((pitch * 2, pitch * 2, width * 0.3, height * 0.55), fill=(170, 160, 150))
    font = ImageFont.truetype(str(OCRB), size=round(pitch * 1.66))
    top = height - pitch * (1.5 + 2.5 * len(lines))
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            place = ((column + 3.5) * pitch, top + (row * 2.5 + 1.2) * pitch)
            pen.text(place, character, fill=(25, 25, 30), font=font, anchor="mm")
    return np.asarray(image)[:, :, ::-1].copy()


def photograph(
    page: Picture,
    *,
    seed: int = 0,
    tilt: float = 0.0,
    skew: float = 0.03,
    blur: float = 0.8,
    noise: float = 5.0,
    glare: float = 0.0,
    width: int = 1280,
) -> Picture:
    """A photo of ``page`` on a table: turned by ``tilt`` degrees, in perspective, with noise.

    ``glare`` is the strength (0..1) of a bright spot over the page.
    """
    chance = np.random.default_rng(seed)
    h, w = page.shape[:2]
    size = int((h * h + w * w) ** 0.5 * 1.08)
    angle = np.deg2rad(tilt)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-w, -h], [w, -h], [w, h], [-w, h]]) / 2 @ turn.T + size / 2
    corners += chance.uniform(-skew, skew, (4, 2)) * w
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    table = cv2.GaussianBlur(chance.integers(70, 120, (size, size, 3), np.uint8), (61, 61), 0)
    photo = cv2.warpPerspective(
        page, matrix, (size, size), dst=table, borderMode=cv2.BORDER_TRANSPARENT
    )
    photo = cv2.resize(photo, (width, width), interpolation=cv2.INTER_AREA)
    if blur:
        photo = cv2.GaussianBlur(photo, (0, 0), blur)
    bright = photo.astype(np.float32)
    if glare:
        x, y = chance.uniform(0.25, 0.75, 2) * width
        yy, xx = np.mgrid[0:width, 0:width]
        spot = np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / (2 * (width * 0.07) ** 2))
        bright += (spot * 255 * glare)[:, :, None]
    bright += chance.normal(0, noise, bright.shape)
    return np.clip(bright, 0, 255).astype(np.uint8)
