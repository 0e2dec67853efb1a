"""Draw examples to disk, one shard of arrays after the other, by seed.

``python -m ocr.training.render crops|covered|scenes --out DIR``. A shard depends on its kind and
number alone, so that any of them can be drawn again. The first shards of crops are easier than the
later: the network meets clear plates before bad ones.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.training.backgrounds import Picture, load_photographs
from ocr.training.crops import MOSTLY_COVERED, Crop, draw_crop
from ocr.training.fonts import Atlas, load_atlas
from ocr.training.scenes import MOST_PLATES, draw_scene

WARM_UP_SHARDS = 6
NO_CENTRE = 255

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is drawn: ``size`` examples a shard, each a few arrays, the picture as ``images``."""

    seed: str
    size: int
    draw: Callable[[random.Random, Atlas, list[Picture], int], Arrays]


def hardness(rng: random.Random, shard: int) -> float:
    """How badly plates are seen: 0..0.4 in the first shard, 0..1 from the seventh on."""
    return min(1.0, 0.4 + 0.6 * shard / WARM_UP_SHARDS) * rng.random()


def _crop(rng: random.Random, atlas: Atlas, photos: list[Picture], shard: int) -> Arrays:
    """A plate as the detector would cut it out."""
    return _arrays(draw_crop(rng, atlas, photos, hardness(rng, shard)))


def _covered(rng: random.Random, atlas: Atlas, photos: list[Picture], _: int) -> Arrays:
    """The same for the last lesson, where covered characters are common."""
    return _arrays(
        draw_crop(rng, atlas, photos, hardness(rng, WARM_UP_SHARDS), covered=MOSTLY_COVERED)
    )


def _arrays(crop: Crop) -> Arrays:
    """As in ``Crop``, ``centres`` as uint8 with NO_CENTRE where there is none."""
    centres = np.where(crop.centres < 0, NO_CENTRE, np.round(crop.centres)).astype(np.uint8)
    return {"images": crop.image, "labels": crop.label, "centres": centres, "layout": crop.layout}


def _scene(rng: random.Random, atlas: Atlas, photos: list[Picture], _: int) -> Arrays:
    """``images`` uint8 320 x 448 x 3, ``quads`` float32 6 x 4 x 2 (NaN = none)."""
    scene = draw_scene(rng, atlas, photos)
    quads = np.full((MOST_PLATES, 4, 2), np.nan, np.float32)
    quads[: len(scene.quads)] = scene.quads
    return {"images": scene.image, "quads": quads}


KINDS = {
    "crops": Kind(seed="recogniser shard", size=16_384, draw=_crop),
    "covered": Kind(seed="recogniser covered shard", size=8_192, draw=_covered),
    "scenes": Kind(seed="detector shard", size=2_048, draw=_scene),
}


def draw_shard(kind: Kind, folder: Path, shard: int, size: int) -> None:
    """Write shard number ``shard``: ``images-NNNN.npy``, the rest as ``truth-NNNN.npz``.

    The images file is renamed last: where it exists, the shard is complete.
    """
    rng = random.Random(f"{kind.seed} {shard}")
    atlas, photos = load_atlas(), load_photographs()
    whole: Arrays = {}
    for i in range(size):
        for name, value in kind.draw(rng, atlas, photos, shard).items():
            if name not in whole:
                whole[name] = np.empty((size, *value.shape), value.dtype)
            whole[name][i] = value
    images = whole.pop("images")
    np.savez(folder / f"truth-{shard:04}.npz", **whole)
    partial = folder / f"images-{shard:04}.part.npy"
    np.save(partial, images)
    partial.rename(folder / f"images-{shard:04}.npy")


def main() -> None:
    """Draw every ``--step``-th shard from ``--first``; start one process per core."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=tuple(KINDS))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--shards", type=int, required=True)
    parser.add_argument("--size", type=int, default=0, help="examples a shard, 0 = as usual")
    args = parser.parse_args()
    kind = KINDS[args.kind]
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    for shard in range(args.first, args.shards, args.step):
        if (args.out / f"images-{shard:04}.npy").exists():
            continue
        started = time.monotonic()
        draw_shard(kind, args.out, shard, args.size or kind.size)
        print(f"{args.kind} {shard}: {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
