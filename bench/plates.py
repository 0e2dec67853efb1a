"""What reading a plate costs beside PP-OCRv6 end to end: same pictures, one thread, one run.

SimpleLPR stands beside them for Vietnamese plates, where it is installed.

On the photographs beside the checkout where they are, else on the drawn ones of the tests. CPU
time, so that other work on the machine weighs less; reading only, decoding apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import cv2

from bench.accuracy.engines import ENGINES, timed
from bench.accuracy.pictures import chosen, drawn, photographs
from bench.accuracy.simplelpr import installed
from bench.report import Figure

DATA = Path("../shared/data")
DRAWN = Path(__file__).resolve().parents[1] / "tests" / "ocr" / "plates" / "drawn"
PICTURES = 12
SETS = ("plate_scene_VN_gate", "plate_scene_VN_phone", "plate_scene_VN_street", "plate_crop_CN",
        "plate_scene_CN")  # fmt: skip


async def run() -> list[Figure]:
    """Measure all readers picture by picture; ratios of the medians, as parts in a thousand."""
    cv2.setNumThreads(1)
    ours, ppocr = ENGINES["cascade"](), ENGINES["ppocrv6"]()
    lpr = ENGINES["simplelpr"]() if installed() else None
    samples = list(photographs(DATA)) if DATA.is_dir() else list(drawn(DRAWN))
    found = []
    all_of_it, vietnamese = _Times(), _Times()
    for name in SETS if DATA.is_dir() else ("drawn-VN", "drawn-CN"):
        here = _Times()
        for sample in chosen([s for s in samples if s.set_name == name], PICTURES):
            picture = sample.load()
            here.own.append(timed(ours, picture)[1])
            here.ppocr.append(timed(ppocr, picture)[1])
            if lpr and "VN" in name:
                here.lpr.append(timed(lpr, picture)[1])
        all_of_it.add(here)
        if here.lpr:
            vietnamese.add(here)
        found += _figures(name, here)
    found += _figures("all of these", all_of_it)[:1]
    return [*found, *_figures("all Vietnamese", vietnamese)[1:]]


@dataclass(frozen=True, slots=True)
class _Times:
    """Milliseconds a picture: ours, and each peer's on the same ones."""

    own: list[float] = field(default_factory=list)
    ppocr: list[float] = field(default_factory=list)
    lpr: list[float] = field(default_factory=list)

    def add(self, other: _Times) -> None:
        self.own.extend(other.own)
        self.ppocr.extend(other.ppocr)
        self.lpr.extend(other.lpr)


def _figures(where: str, times: _Times) -> list[Figure]:
    """Thousandths of the peers' median times; the limits are a twelfth of PP-OCRv6's, and one."""
    found = []
    peers = (("PP-OCRv6", times.ppocr, 1000 / 12), ("SimpleLPR", times.lpr, 1000.0))
    for peer, theirs, limit in peers:
        if theirs:
            ratio = 1000 * median(times.own) / median(theirs)
            what = f"cost on {where}: cascade / {peer}"
            found.append(Figure(what=what, value=ratio, limit=limit, unit="‰"))
    return found
