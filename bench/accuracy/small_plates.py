"""Small plates in drawn street pictures: ``python -m bench.accuracy.small_plates``.

For setting rules without looking at photographs. Needs the training extra with its fonts and
pictures; the seeds are not those of training.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.accuracy.engines import ENGINES, timed
from ocr.training.backgrounds import Picture, cut, load_photographs
from ocr.training.camera import photograph
from ocr.training.fonts import Atlas, load_atlas
from ocr.training.scenes import clutter, set_plate, vehicle, words
from ocr.training.series import PlateText, chinese, vietnamese
from schemas.plates import parse_plate

WIDTH, HEIGHT = 460, 350
NARROWEST, WIDEST = 34, 66
CHINESE_SHARE = 0.3
HARDEST = 0.7


def _text(rng: random.Random) -> tuple[PlateText, str]:
    """A plate that the grammar knows, and its normal form."""
    while True:
        text = chinese(rng) if rng.random() < CHINESE_SHARE else vietnamese(rng)
        plate = parse_plate(text.text)
        if plate is not None:
            return text, plate.text


def pictures(
    count: int, atlas: Atlas, photos: list[Picture]
) -> Iterator[tuple[NDArray[np.uint8], str]]:
    """``count`` streets with one plate 34 to 66 pixels wide, and its normal form."""
    rng = random.Random("small plates")
    for _ in range(count):
        hard = rng.random() * HARDEST
        image = np.ascontiguousarray(cut(rng, photos, WIDTH, HEIGHT))
        for make in (vehicle, clutter):
            for _ in range(rng.randint(0, 2)):
                make(rng, image)
        words(rng, atlas, image)
        text, truth = _text(rng)
        quads: list[NDArray[np.float32]] = []
        while not quads:
            width = rng.uniform(NARROWEST, WIDEST)
            image = set_plate(rng, atlas, image, quads, hard, text=text, width=width)
        yield photograph(rng, image, rng.uniform(5, 12), hard), truth


def main() -> None:
    """Draw, read, and print what was read wrongly and the share read exactly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--engine", default="cascade", choices=sorted(ENGINES))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    reader = ENGINES[args.engine]()
    right = silent = 0
    times = []
    for i, (image, truth) in enumerate(pictures(args.count, load_atlas(), load_photographs())):
        readings, ms = timed(reader, image)
        times.append(ms)
        right += bool(readings) and readings[0].text == truth
        silent += not readings
        if not readings or readings[0].text != truth:
            print(f"{i} {truth}: {[(r.text, r.confidence) for r in readings[:2]]}", flush=True)
    print(
        f"{right} of {args.count} exact, {silent} without a reading; "
        f"median {np.median(times):.1f}, mean {np.mean(times):.1f} ms"
    )


if __name__ == "__main__":
    main()
