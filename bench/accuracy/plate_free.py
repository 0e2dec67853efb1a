"""False reads on many drawn pictures without a plate: ``python -m bench.accuracy.plate_free``.

Needs the training extra and its fonts and pictures; the seeds are not those of training.
"""

from __future__ import annotations

import argparse
import random

import cv2
import numpy as np

from bench.accuracy.engines import ENGINES, timed
from ocr.training.backgrounds import Picture, cut, load_photographs
from ocr.training.camera import photograph
from ocr.training.fonts import Atlas, load_atlas
from ocr.training.negatives import container_wall
from ocr.training.scenes import clutter, vehicle, words


def draw(rng: random.Random, atlas: Atlas, photos: list[Picture]) -> Picture:
    """A lane with vehicles, signs and clutter or, in half of the cases, a container's wall."""
    if rng.random() < 0.5:
        return container_wall(rng, atlas, 960, 540)
    image = np.ascontiguousarray(cut(rng, photos, 960, 540))
    for make in (vehicle, clutter):
        for _ in range(rng.randint(0, 3)):
            make(rng, image)
    for _ in range(rng.randint(0, 5)):
        words(rng, atlas, image)
    return image


def main() -> None:
    """Draw, read, and print each false read and their share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--engine", default="cascade", choices=sorted(ENGINES))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    rng, atlas, photos = random.Random("plate-free"), load_atlas(), load_photographs()
    reader = ENGINES[args.engine]()
    false, times = 0, []
    for i in range(args.count):
        image = draw(rng, atlas, photos)
        readings, ms = timed(reader, photograph(rng, image, 8.0, rng.random()))
        times.append(ms)
        if readings:
            false += 1
            print(f"picture {i}: {[(r.text, r.confidence) for r in readings]}", flush=True)
    print(f"{false} of {args.count} with a false read; median {np.median(times):.1f} ms")


if __name__ == "__main__":
    main()
