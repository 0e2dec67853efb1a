"""Measure plate readers on real photographs and the drawn set: ``python -m bench.accuracy``."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import cv2

from bench.accuracy.engines import ENGINES, timed
from bench.accuracy.pictures import Sample, chosen, drawn, photographs
from bench.accuracy.report import write_report
from bench.accuracy.score import Result, figures
from bench.accuracy.simplelpr import installed
from schemas.readings import Reading

DRAWN = Path(__file__).resolve().parents[2] / "tests" / "ocr" / "plates" / "drawn"
REPORT = Path(__file__).resolve().parents[2] / "docs" / "accuracy.md"


def measure(name: str, samples: list[Sample], *, show_wrong: bool) -> list[Result]:
    """Run the engine ``name`` over ``samples``, one thread."""
    reader = ENGINES[name]()
    results = []
    for sample in samples:
        readings, ms = timed(reader, sample.load())
        best = readings[0] if readings else None
        result = Result(
            set_name=sample.set_name,
            name=sample.name,
            truth=sample.truth,
            dev=sample.dev,
            text=best.text if best else "",
            confidence=best.confidence if best else 0.0,
            others=tuple(r.text for r in readings[1:]),
            ms=ms,
            asked=any(key == "asked" for key, _ in best.detail) if best else False,
            located=located(readings, sample.corners) if sample.corners else None,
        )
        if show_wrong and not result.exact:
            print(
                f"  {sample.name} {sample.truth} read {result.text} {result.confidence:.3f} "
                f"{result.others} [{sample.note}]",
                flush=True,
            )
        results.append(result)
    return results


def located(readings: tuple[Reading, ...], corners: tuple[float, ...]) -> bool:
    """Whether the middle of any reading's box lies in the upright box round ``corners``."""
    xs, ys = corners[::2], corners[1::2]
    middles = [(r.box.x + r.box.w / 2, r.box.y + r.box.h / 2) for r in readings]
    return any(min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys) for x, y in middles)


def main() -> None:
    """Parse the command line, measure, print, and write the report when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    there = [name for name in ENGINES if name != "simplelpr" or installed()]
    parser.add_argument("--engines", default=",".join(there))
    parser.add_argument("--sets", default="", help="comma-separated beginnings of set names")
    parser.add_argument("--split", choices=("all", "dev", "rest"), default="all")
    parser.add_argument("--limit", type=int, default=0, help="pictures a set, 0 = all")
    parser.add_argument("--wrong", action="store_true", help="list the wrong readings")
    parser.add_argument("--save", type=Path, help="write all results as JSON")
    parser.add_argument("--report", action="store_true", help=f"write {REPORT.name}")
    parser.add_argument("--reuse", type=Path, help="take engines found in this saved JSON from it")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    samples = [*photographs(args.data), *drawn(DRAWN)]
    if not (args.data / "manifest.csv").is_file():
        print(f"no photographs at {args.data}: measuring the drawn set only")
    starts = tuple(args.sets.split(","))
    samples = [s for s in samples if s.set_name.startswith(starts)]
    samples = [s for s in samples if args.split == "all" or s.dev == (args.split == "dev")]
    samples = chosen(samples, args.limit)
    saved = json.loads(args.reuse.read_text(encoding="utf-8")) if args.reuse else {}
    every: dict[str, list[Result]] = {}
    for name in args.engines.split(","):
        if name in saved:
            every[name] = [Result(**{**r, "others": tuple(r["others"])}) for r in saved[name]]
        else:
            every[name] = measure(name, samples, show_wrong=args.wrong)
        for set_name in dict.fromkeys(s.set_name for s in samples):
            f = figures([r for r in every[name] if r.set_name == set_name])
            print(
                f"{name:10} {set_name:22} {f.pictures:4} exact {f.exact:6.1%} "
                f"any {f.anywhere:6.1%} found {f.found:6.1%} CER {f.character_errors:6.2%} "
                f"ms {f.ms:7.1f} sure {f.sure_right}/{f.sure}",
                flush=True,
            )
    if args.save:
        args.save.parent.mkdir(parents=True, exist_ok=True)
        args.save.write_text(
            json.dumps({k: [asdict(r) for r in v] for k, v in every.items()}, ensure_ascii=False),
            encoding="utf-8",
        )
    if args.report:
        write_report(REPORT, every)


if __name__ == "__main__":
    main()
