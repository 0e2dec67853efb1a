"""Write the table of docs/accuracy.md: what was measured, when, at which commit."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.accuracy.score import Result, calibration_error, figures

_NOTES = "## Notes on this run"
_TITLES = {
    "cascade": "cascade (what the gate uses)",
    "own": "own networks alone",
    "rapid": "PP-OCR floor of this project",
    "ppocrv6": "PP-OCRv6 end to end + grammar",
    "tesseract": "tesseract + grammar",
    "simplelpr": "SimpleLPR (commercial)",
}


def _commit() -> str:
    out = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return out.stdout.strip() or "unknown"


def write_report(path: Path, every: dict[str, list[Result]]) -> None:
    """Write one table a set, the split not used for tuning apart, and the cost ratio.

    Notes at the end of an earlier report are kept.
    """
    lines = [
        "# How well plates are read",
        "",
        f"Measured on {datetime.now(UTC):%Y-%m-%d} at commit {_commit()} by `make accuracy`.",
        "",
        "Real photographs are not part of the project. One in five (`dev`, by the hash of the",
        "path) was used for setting thresholds and calibration; *rest* is everything else.",
        "*exact* = the best reading equals the truth; *found* = any plate was read; *recall* = a",
        "reading lies on the plate (drawn sets: the photographs do not say where the plate is);",
        "*CER* = edit distance over characters; *ms* = median CPU time a picture on one thread;",
        "*sure* = right / all readings given at least 99 %. In plate-free sets *exact* means that",
        "nothing was read.",
    ]
    sets = dict.fromkeys(r.set_name for results in every.values() for r in results)
    for set_name in sets:
        lines += ["", f"## {set_name}", "", *_table(set_name, every)]
    lines += ["", "## Over all real plates", "", *_summary(every)]
    if {"cascade", "own"} <= every.keys():
        lines += ["", "## What the second opinion buys", "", *_second_opinion(every)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n" + _notes(path), encoding="utf-8")


def _notes(path: Path) -> str:
    """What was written by hand below the tables of an earlier report, with a line before it."""
    old = path.read_text(encoding="utf-8") if path.is_file() else ""
    at = old.find(_NOTES)
    return "\n" + old[at:] if at >= 0 else ""


def _table(set_name: str, every: dict[str, list[Result]]) -> list[str]:
    lines = [
        "| reader | pictures | exact | exact (rest) | found | recall | CER | ms | sure |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, results in every.items():
        part = [r for r in results if r.set_name == set_name]
        if not part:
            continue
        f = figures(part)
        rest = [r for r in part if not r.dev]
        share = f"{figures(rest).exact:.1%} of {len(rest)}" if rest else "-"
        recall = "-" if f.recall is None else f"{f.recall:.1%}"
        lines.append(
            f"| {_TITLES.get(name, name)} | {f.pictures} | {f.exact:.1%} | {share} | {f.found:.1%} "
            f"| {recall} | {f.character_errors:.2%} | {f.ms:.1f} | {f.sure_right}/{f.sure} |"
        )
    return lines


def _second_opinion(every: dict[str, list[Result]]) -> list[str]:
    """How often PP-OCR was asked, and how often that made a picture right or wrong."""
    lines = [
        "| set | pictures | asked | right only with | right only without | wrong both ways |",
        "|---|---|---|---|---|---|",
    ]
    alone = {(r.set_name, r.name): r for r in every["own"]}
    for set_name in dict.fromkeys(r.set_name for r in every["cascade"]):
        pairs = [(r, alone[r.set_name, r.name]) for r in every["cascade"] if r.set_name == set_name]
        gained = sum(c.exact and not o.exact for c, o in pairs)
        lost = sum(o.exact and not c.exact for c, o in pairs)
        both = sum(not o.exact and not c.exact for c, o in pairs)
        asked = sum(c.asked for c, _ in pairs) / len(pairs)
        lines.append(f"| {set_name} | {len(pairs)} | {asked:.0%} | {gained} | {lost} | {both} |")
    return lines


def _cost(results: list[Result], base: list[Result]) -> str:
    """Median time over the other's median time, on the pictures that both have read."""
    times = {(r.set_name, r.name): r.ms for r in base}
    both = [(r.ms, times[r.set_name, r.name]) for r in results if (r.set_name, r.name) in times]
    if not both:
        return "-"
    ours, theirs = (median(column) for column in zip(*both, strict=True))
    return f"1/{theirs / ours:.1f} ({len(both)} pictures)"


def _summary(every: dict[str, list[Result]]) -> list[str]:
    lines = [
        "| reader | pictures | exact | ECE | sure | median ms | cost against PP-OCRv6 |",
        "|---|---|---|---|---|---|---|",
    ]
    real = {k: [r for r in v if r.set_name.startswith("plate_")] for k, v in every.items()}
    for name, results in real.items():
        if not results:
            continue
        f = figures(results)
        cost = _cost(results, real.get("ppocrv6", []))
        lines.append(
            f"| {_TITLES.get(name, name)} | {f.pictures} | {f.exact:.1%} "
            f"| {calibration_error(results):.3f} | {f.sure_right}/{f.sure} | {f.ms:.1f} | {cost} |"
        )
    return lines
