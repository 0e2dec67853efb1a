"""Make both models from nothing: draw, train, export. ``python -m ocr.training --work DIR``.

Every step picks up where it stopped when run again with the same folder.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path


def _start(module: str, *words: str, **more: str) -> subprocess.Popen[bytes]:
    """One process of one thread, with ``more`` in its environment."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", **more}
    return subprocess.Popen([sys.executable, "-m", f"ocr.training.{module}", *words], env=env)


def _finish(steps: list[subprocess.Popen[bytes]]) -> None:
    """Wait for all; exit with the first failure's code."""
    codes = [step.wait() for step in steps]
    for step, code in zip(steps, codes, strict=True):
        if code:
            print(f"failed with {code}: {step.args}", file=sys.stderr)
            raise SystemExit(code)


def _draw(kind: str, out: Path, shards: int, size: int, cores: int) -> None:
    """All shards of one kind, one process a core."""
    count = ("--shards", str(shards), "--size", str(size), "--step", str(cores))
    _finish(
        [_start("render", kind, "--out", str(out), "--first", str(k), *count) for k in range(cores)]
    )


def _teach(module: str, data: Path, out: Path, minutes: float, held_out: int, cores: int) -> None:
    """One training on all cores, a process each; they meet at a free port of this machine."""
    words = ("--data", str(data), "--out", str(out), "--minutes", str(minutes))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    meet = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": str(cores)}
    held = ("--held-out", str(held_out))
    _finish([_start(module, *words, *held, **meet, RANK=str(k)) for k in range(cores)])


def main() -> None:
    """Draw both data sets on all cores, train one network after the other, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/train"))
    parser.add_argument("--cores", type=int, default=min(4, os.cpu_count() or 1))
    parser.add_argument("--shards", type=int, default=64, help="of plates; the last is held out")
    parser.add_argument("--size", type=int, default=0, help="plates a shard, 0 = 16,384")
    parser.add_argument("--scene-shards", type=int, default=14)
    parser.add_argument("--scene-size", type=int, default=0, help="scenes a shard, 0 = 2,048")
    parser.add_argument("--minutes", type=float, default=100, help="for the recogniser")
    parser.add_argument("--detector-minutes", type=float, default=30)
    parser.add_argument("--models", type=Path, help="where to export to, else into the package")
    parser.add_argument("--tiny", action="store_true", help="prove all steps within minutes")
    args = parser.parse_args()
    if args.tiny:
        args.shards, args.size, args.minutes = 3, 256, 0.1
        args.scene_shards, args.scene_size, args.detector_minutes = 2, 32, 0.1
        args.models = args.models or args.work / "models"
    crops, scenes = args.work / "crops", args.work / "scenes"
    recogniser, detector = args.work / "recogniser", args.work / "detector"
    _draw("crops", crops, args.shards, args.size, args.cores)
    _draw("scenes", scenes, args.scene_shards, args.scene_size, args.cores)
    held_out = args.shards - 1
    _teach("train_recogniser", crops, recogniser, args.minutes, held_out, args.cores)
    _teach("train_detector", scenes, detector, args.detector_minutes, -1, args.cores)
    states = ("--recogniser", str(recogniser / "best.pt"), "--detector", str(detector / "last.pt"))
    where = ("--out", str(args.models)) if args.models else ()
    _finish([_start("export", *states, *where)])


if __name__ == "__main__":
    main()
