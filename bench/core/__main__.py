"""``python -m bench.core``: the deciding core's figures, one JSON object a line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def main() -> None:
    """Run one measurement or all of them."""
    parser = argparse.ArgumentParser(prog="python -m bench.core", description=__doc__)
    parser.add_argument("what", nargs="*", default=["simulate", "matching", "scoring", "selecting"])
    parser.add_argument("--transits", type=int, default=100_000, help="simulated transits")
    parser.add_argument("--faults", type=float, default=0.25, help="share of visits with a fault")
    parser.add_argument("--trucks", type=int, default=10_000, help="trucks to match")
    parser.add_argument("--declared", type=int, default=1_000_000, help="open declarations")
    parser.add_argument("--decisions", type=int, default=2_000, help="decisions to time")
    parser.add_argument("--pictures", type=int, default=12_000, help="plates to count errors on")
    parser.add_argument("--seed", default="gate")
    parser.add_argument("--folder", type=Path, help="where the bench's database lies")
    args = parser.parse_args()
    for what in args.what:
        print(json.dumps({"bench": what, **_run(what, args)}), flush=True)


def _run(what: str, args: argparse.Namespace) -> dict[str, object]:
    if what == "confusions":
        from bench.core.confusions import count

        return count(args.pictures)
    if what == "simulate":
        from bench.core.simulate import simulate

        return simulate(args.transits, args.seed, args.faults).as_dict()
    if what == "matching":
        from bench.core.matching import matching

        return matching(args.trucks, args.declared, args.seed)
    if what == "scoring":
        from bench.core.scoring import scoring

        return scoring()
    if what == "selecting":
        from bench.core.selecting import run

        return run(args.declared, args.decisions, args.folder)
    raise SystemExit(f"{what} is none of simulate, matching, scoring, selecting, confusions")


if __name__ == "__main__":
    main()
