"""Draw the recogniser's examples to disk, one shard of arrays after the other, by seed.

A shard depends on its number alone, so that any of them can be drawn again. The first ones
are easier than the later: the network meets clear plates before bad ones.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import cv2
import numpy as np

from ocr.plates.alphabet import INPUT_HEIGHT, INPUT_WIDTH, SLOTS
from ocr.training.backgrounds import load_photographs
from ocr.training.crops import draw_crop
from ocr.training.fonts import load_atlas

SHARD = 16_384
WARM_UP_SHARDS = 6
NO_CENTRE = 255


def hardness(rng: random.Random, shard: int) -> float:
    """How badly plates are seen: 0..0.5 in the first shards, 0..1 afterwards."""
    top = min(1.0, 0.4 + 0.6 * shard / WARM_UP_SHARDS)
    return top * rng.random() ** 0.8


def draw_shard(folder: Path, shard: int, count: int = SHARD) -> None:
    """Write ``images``, ``labels``, ``centres`` and ``layout`` of shard number ``shard``.

    Arrays: uint8 n x 48 x 144 x 3; uint8 n x 9; uint8 n x 9 x 2 (x, y; 255 = none); uint8 n x 3.
    The images file is renamed last: where it exists, the shard is complete.
    """
    rng = random.Random(f"recogniser shard {shard}")
    atlas, photos = load_atlas(), load_photographs()
    images = np.empty((count, INPUT_HEIGHT, INPUT_WIDTH, 3), np.uint8)
    labels = np.empty((count, SLOTS), np.uint8)
    centres = np.empty((count, SLOTS, 2), np.uint8)
    layout = np.empty((count, 3), np.uint8)
    for i in range(count):
        crop = draw_crop(rng, atlas, photos, hardness(rng, shard))
        images[i], labels[i], layout[i] = crop.image, crop.label, crop.layout
        centres[i] = np.where(crop.centres < 0, NO_CENTRE, np.round(crop.centres))
    np.savez(folder / f"truth-{shard:04}.npz", labels=labels, centres=centres, layout=layout)
    partial = folder / f"images-{shard:04}.part.npy"
    np.save(partial, images)
    partial.rename(folder / f"images-{shard:04}.npy")


def main() -> None:
    """Draw every ``--step``-th shard from ``--first``; start one process per core."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--shards", type=int, default=60)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    for shard in range(args.first, args.shards, args.step):
        if (args.out / f"images-{shard:04}.npy").exists():
            continue
        started = time.monotonic()
        draw_shard(args.out, shard)
        print(f"shard {shard}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
