"""Make both models: draw, train, export. ``python -m ocr.training --work DIR``.

The networks go on from those in ``ocr/training/start``, or with ``--from-nothing``
from chance, which takes twice as long to read as well. Every step picks up where it stopped when
run again with the same folder.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

NEXT_RATE = 1e-3
"""Highest learning rate of networks that can read already."""
FROM_NOTHING_MINUTES = 72.0
"""What the recogniser needs to read as well as the models in ``start``, at 500 strips a second."""
LAST_RATE = 3e-4
"""Highest learning rate of the last lesson: enough to learn what is new, too little to forget."""


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


def _teach(module: str, data: Path, out: Path, cores: int, **words: object) -> None:
    """One training on all cores, a process each; they meet at a free port of this machine."""
    given = [
        part for key, value in words.items() for part in (f"--{key}".replace("_", "-"), str(value))
    ]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    meet = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": str(cores)}
    where = ("--data", str(data), "--out", str(out))
    _finish([_start(module, *where, *given, **meet, RANK=str(k)) for k in range(cores)])


def _choices() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("build/train"))
    parser.add_argument("--cores", type=int, default=min(4, os.cpu_count() or 1))
    parser.add_argument("--shards", type=int, default=48, help="of plates; the last is held out")
    parser.add_argument("--size", type=int, default=0, help="plates a shard, 0 = 16,384")
    parser.add_argument("--covered-shards", type=int, default=6)
    parser.add_argument("--scene-shards", type=int, default=20)
    parser.add_argument("--scene-size", type=int, default=0, help="scenes a shard, 0 = 2,048")
    parser.add_argument("--from-nothing", action="store_true", help="not from the models before")
    parser.add_argument("--minutes", type=float, help="for the recogniser: 56, 72 from nothing")
    parser.add_argument("--covered-minutes", type=float, default=4, help="for its last lesson")
    parser.add_argument("--detector-minutes", type=float, default=16)
    parser.add_argument("--models", type=Path, help="where to export to, else into the package")
    parser.add_argument("--tiny", action="store_true", help="prove all steps within minutes")
    args = parser.parse_args()
    if args.tiny:
        args.shards, args.covered_shards, args.size = 3, 2, 256
        args.scene_shards, args.scene_size = 2, 32
        args.minutes = args.covered_minutes = args.detector_minutes = 0.1
        args.models = args.models or args.work / "models"
    if args.minutes is None:
        args.minutes = FROM_NOTHING_MINUTES if args.from_nothing else 56.0
    return args


def main() -> None:
    """Draw the data on all cores, train one network after the other, export.

    The recogniser has a second, short and gentle lesson on plates with covered characters, which
    starts from the best state of the first.
    """
    args = _choices()
    crops, covered, scenes = args.work / "crops", args.work / "covered", args.work / "scenes"
    first, recogniser = args.work / "recogniser", args.work / "recogniser-covered"
    detector = args.work / "detector"
    _draw("crops", crops, args.shards, args.size, args.cores)
    _draw("covered", covered, args.covered_shards, args.size, args.cores)
    _draw("scenes", scenes, args.scene_shards, args.scene_size, args.cores)
    held_out = args.shards - 1
    start = args.work / "start"
    goes_on: dict[str, dict[str, object]] = {"recogniser": {}, "detector": {}}
    if not args.from_nothing:
        where = ("--crops", str(crops), "--scenes", str(scenes), "--out", str(start))
        _finish([_start("take_up", *where)])
        goes_on = {k: {"start": start / f"{k}.pt", "rate": NEXT_RATE} for k in goes_on}
    lesson = {"minutes": args.minutes, "held_out": held_out, **goes_on["recogniser"]}
    _teach("train_recogniser", crops, first, args.cores, **lesson)
    last_lesson = {"minutes": args.covered_minutes, "rate": LAST_RATE, "start": first / "best.pt"}
    _teach("train_recogniser", covered, recogniser, args.cores, **last_lesson)
    lesson = {"minutes": args.detector_minutes, **goes_on["detector"]}
    _teach("train_detector", scenes, detector, args.cores, **lesson)
    states = ("--recogniser", str(recogniser / "last.pt"), "--detector", str(detector / "last.pt"))
    out = ("--out", str(args.models)) if args.models else ()
    _finish([_start("export", *states, *out)])


if __name__ == "__main__":
    main()
