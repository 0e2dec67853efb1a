"""Make both models from nothing: draw, train, export. ``python -m ocr.training --work DIR``.

Every step picks up where it stopped when run again with the same folder.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path


def _start(module: str, *words: str, threads: int = 1) -> subprocess.Popen[bytes]:
    env = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    return subprocess.Popen([sys.executable, "-m", f"ocr.training.{module}", *words], env=env)


def _finish(steps: list[subprocess.Popen[bytes]]) -> None:
    """Wait for all; exit with the first failure's code."""
    codes = [step.wait() for step in steps]
    for step, code in zip(steps, codes, strict=True):
        if code:
            print(f"failed with {code}: {step.args}", file=sys.stderr)
            raise SystemExit(code)


def _draw(module: str, out: Path, shards: int, cores: int) -> None:
    _finish(
        [
            _start(
                module,
                "--out",
                str(out),
                "--first",
                str(k),
                "--step",
                str(cores),
                "--shards",
                str(shards),
            )
            for k in range(cores)
        ]
    )


def main() -> None:
    """Draw both data sets on all cores, train one network after the other, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/train"))
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--shards", type=int, default=64, help="of 16,384 plates each")
    parser.add_argument("--scene-shards", type=int, default=14, help="of 2,048 scenes each")
    parser.add_argument("--minutes", type=float, default=80, help="for the recogniser")
    parser.add_argument("--detector-minutes", type=float, default=28)
    args = parser.parse_args()
    crops, scenes = args.work / "crops", args.work / "scenes"
    recogniser, detector = args.work / "recogniser", args.work / "detector"
    _draw("render", crops, args.shards, args.cores)
    _draw("render_scenes", scenes, args.scene_shards, args.cores)
    threads = ("--threads", str(args.cores))
    _finish(
        [
            _start(
                "train_recogniser",
                *("--data", str(crops), "--out", str(recogniser)),
                *("--minutes", str(args.minutes), "--held-out", str(args.shards - 1)),
                *threads,
                threads=args.cores,
            )
        ]
    )
    _finish(
        [
            _start(
                "train_detector",
                *("--data", str(scenes), "--out", str(detector)),
                *("--minutes", str(args.detector_minutes)),
                *threads,
                threads=args.cores,
            )
        ]
    )
    states = ("--recogniser", str(recogniser / "best.pt"), "--detector", str(detector / "last.pt"))
    _finish([_start("export", *states)])


if __name__ == "__main__":
    main()
