"""What reading a plate costs beside PP-OCRv6 end to end: same pictures, one thread, one run.

On the photographs beside the checkout where they are, else on the drawn ones of the tests. CPU
time, so that other work on the machine weighs less; reading only, decoding apart.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

import cv2

from bench.accuracy.engines import ENGINES, timed
from bench.accuracy.pictures import chosen, drawn, photographs
from bench.report import Figure

DATA = Path("../shared/data")
DRAWN = Path(__file__).resolve().parents[1] / "tests" / "ocr" / "plates" / "drawn"
PICTURES = 12
SETS = ("plate_scene_VN_gate", "plate_scene_VN_phone", "plate_scene_VN_street", "plate_crop_CN",
        "plate_scene_CN")  # fmt: skip


async def run() -> list[Figure]:
    """Measure both readers picture by picture; ratios of the medians, as parts in a thousand."""
    cv2.setNumThreads(1)
    ours, peer = ENGINES["cascade"](), ENGINES["ppocrv6"]()
    samples = list(photographs(DATA)) if DATA.is_dir() else list(drawn(DRAWN))
    found = []
    whole: tuple[list[float], list[float]] = ([], [])
    for name in SETS if DATA.is_dir() else ("drawn-VN", "drawn-CN"):
        own, other = [], []
        for sample in chosen([s for s in samples if s.set_name == name], PICTURES):
            picture = sample.load()
            own.append(timed(ours, picture)[1])
            other.append(timed(peer, picture)[1])
        whole[0].extend(own)
        whole[1].extend(other)
        found.append(_figure(f"cost on {name}: cascade / PP-OCRv6", own, other))
    return [*found, _figure("cost on all of these: cascade / PP-OCRv6", *whole)]


def _figure(what: str, own: list[float], other: list[float]) -> Figure:
    """Thousandths of the peer's median time; the limit is a twelfth."""
    ratio = 1000 * median(own) / median(other)
    return Figure(what=what, value=ratio, limit=1000 / 12, unit="‰")
