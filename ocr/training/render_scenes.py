"""Draw the detector's scenes to disk, shard by shard, by seed."""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import cv2
import numpy as np

from ocr.training.backgrounds import load_photographs
from ocr.training.fonts import load_atlas
from ocr.training.scenes import MOST_PLATES, SCENE_HEIGHT, SCENE_WIDTH, draw_scene

SHARD = 2048


def draw_shard(folder: Path, shard: int, count: int = SHARD) -> None:
    """Write ``scenes`` (uint8 n x 320 x 448 x 3), ``quads`` (float n x 6 x 4 x 2, NaN = none)."""
    rng = random.Random(f"detector shard {shard}")
    atlas, photos = load_atlas(), load_photographs()
    images = np.empty((count, SCENE_HEIGHT, SCENE_WIDTH, 3), np.uint8)
    quads = np.full((count, MOST_PLATES, 4, 2), np.nan, np.float32)
    for i in range(count):
        scene = draw_scene(rng, atlas, photos)
        images[i] = scene.image
        quads[i, : len(scene.quads)] = scene.quads
    np.save(folder / f"quads-{shard:04}.npy", quads)
    partial = folder / f"scenes-{shard:04}.part.npy"
    np.save(partial, images)
    partial.rename(folder / f"scenes-{shard:04}.npy")


def main() -> None:
    """Draw every ``--step``-th shard from ``--first``; start one process per core."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--shards", type=int, default=14)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    for shard in range(args.first, args.shards, args.step):
        if (args.out / f"scenes-{shard:04}.npy").exists():
            continue
        started = time.monotonic()
        draw_shard(args.out, shard)
        print(f"shard {shard}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
