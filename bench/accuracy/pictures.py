"""The pictures to measure on: a folder of real photographs with a manifest, and drawn plates.

Of the photographs the split named ``dev`` (one in five, by the hash of the path) may be looked
at and used to set thresholds; the rest is for measuring only. Nothing is trained on either.
"""

from __future__ import annotations

import csv
import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ocr.decode import decode_picture
from ocr.ports import Picture

PLATE_FREE_SETS = ("barcode", "mrz", "container")
"""Sets of the manifest whose pictures show no plate (papers, bar codes, container walls)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One picture: ``truth`` in normal form, empty where no plate is to be read.

    ``corners`` are the plate's eight coordinates where they are known, else empty.
    """

    set_name: str
    name: str
    truth: str
    note: str
    dev: bool
    load: Callable[[], Picture]
    corners: tuple[float, ...] = ()


def is_dev(path: str) -> bool:
    """Whether ``path`` (as in the manifest) belongs to the dev split."""
    return int(hashlib.sha256(path.encode()).hexdigest(), 16) % 5 == 0


def photographs(folder: Path) -> Iterator[Sample]:
    """The plate sets of ``folder``/manifest.csv and, without truth, the plate-free ones.

    Nothing when the folder is absent. A container photograph can show a truck's plate; those
    whose note says so are left out.
    """
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        return
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        plate = row["set"].startswith("plate_")
        if not plate and row["set"] not in PLATE_FREE_SETS:
            continue
        yield Sample(
            set_name=row["set"] if plate else "plate-free (real)",
            name=row["path"],
            truth=row["truth"] if plate else "",
            note=f"{row['note']}; lines {row['lines']}",
            dev=is_dev(row["path"]),
            load=_reader(folder / row["path"]),
        )


def _reader(path: Path) -> Callable[[], Picture]:
    return lambda: decode_picture(path.read_bytes())


def drawn(folder: Path) -> Iterator[Sample]:
    """The fixed drawn set: pictures in ``folder`` named in its truth.csv (file, truth, set)."""
    table = folder / "truth.csv"
    if not table.is_file():
        return
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Sample(
                set_name=row["set"],
                name=row["file"],
                truth=row["truth"],
                note="",
                dev=False,
                load=_reader(folder / row["file"]),
                corners=tuple(float(v) for v in row["corners"].split()),
            )


def chosen(samples: list[Sample], limit: int, seed: int = 1) -> list[Sample]:
    """At most ``limit`` samples of each set, picked evenly by seed; all of them for 0."""
    if limit <= 0:
        return samples
    by_set: dict[str, list[Sample]] = {}
    for sample in samples:
        by_set.setdefault(sample.set_name, []).append(sample)
    rng = random.Random(seed)
    return [s for group in by_set.values() for s in rng.sample(group, min(limit, len(group)))]
