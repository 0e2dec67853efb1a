"""Draw the small fixed set of pictures that the tests and `make accuracy` measure on.

Seeds differ from those of the training shards. The backgrounds are drawn patterns only, so
that no photograph is shipped.
"""

from __future__ import annotations

import argparse
import csv
import random
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.backgrounds import pattern
from ocr.training.camera import photograph
from ocr.training.fonts import Atlas, load_atlas
from ocr.training.scenes import clutter, set_plate, vehicle, words
from ocr.training.series import PlateText, chinese, vietnamese
from schemas.plates import parse_plate

HEIGHT, WIDTH = 432, 768


def _text(rng: random.Random, country: str) -> PlateText:
    """A plate the project's grammar knows."""
    while True:
        text = vietnamese(rng) if country == "VN" else chinese(rng)
        if parse_plate(text.text) is not None:
            return text


def lane(
    rng: random.Random, atlas: Atlas, text: PlateText | None, width: float
) -> tuple[NDArray[np.uint8], list[NDArray[np.float32]]]:
    """A lane picture with one plate ``width`` pixels wide, or none, and the plate's corners."""
    image = np.ascontiguousarray(pattern(rng, WIDTH, HEIGHT))
    vehicle(rng, image)
    for _ in range(2):
        clutter(rng, image)
    words(rng, atlas, image)
    quads: list[NDArray[np.float32]] = []
    while text is not None and not quads:
        image = set_plate(rng, atlas, image, quads, 0.35, text=text, width=width)
    return photograph(rng, image, 8.0, 0.35), quads


def main() -> None:
    """Write the pictures as JPEG and their truth as truth.csv."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("tests/ocr/plates/drawn"))
    parser.add_argument("--each", type=int, default=16)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rng, atlas = random.Random("drawn test set"), load_atlas()
    rows = []
    for set_name, country in (("drawn-VN", "VN"), ("drawn-CN", "CN"), ("drawn-empty", "")):
        for i in range(args.each):
            text = _text(rng, country) if country else None
            image, quads = lane(rng, atlas, text, rng.uniform(80, 200))
            name = f"{set_name}-{i:02}.jpg"
            cv2.imwrite(str(args.out / name), image, [cv2.IMWRITE_JPEG_QUALITY, 75])
            plate = parse_plate(text.text) if text else None
            corners = " ".join(f"{v:.1f}" for quad in quads for v in quad.ravel())
            rows.append((name, plate.text if plate else "", set_name, corners))
    with (args.out / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "truth", "set", "corners"))
        writer.writerows(rows)


if __name__ == "__main__":
    main()
