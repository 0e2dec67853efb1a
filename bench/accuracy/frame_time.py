"""CPU time of one 1920 x 1080 frame, with and without a plate, beside decoding its JPEG."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from bench.accuracy.engines import ENGINES
from ocr.decode import decode_picture

DRAWN = Path(__file__).resolve().parents[2] / "tests" / "ocr" / "plates" / "drawn"


def cpu_ms(work: Callable[[], object], times: int) -> float:
    """Median CPU milliseconds of ``work`` on this thread, after one run to warm up."""
    work()
    spent = []
    for _ in range(times):
        start = time.thread_time()
        work()
        spent.append((time.thread_time() - start) * 1000)
    return median(spent)


def main() -> None:
    """Enlarge drawn lanes to full frames, and time decoding and reading them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", default="cascade", choices=sorted(ENGINES))
    parser.add_argument("--times", type=int, default=15)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    reader = ENGINES[args.engine]()
    for kind in ("empty", "VN", "CN"):
        decode, read, ratio, plates = [], [], [], 0
        for path in sorted(DRAWN.glob(f"drawn-{kind}-*.jpg"))[:8]:
            lane = cv2.resize(cv2.imread(str(path)), (1920, 1080), interpolation=cv2.INTER_CUBIC)
            # Grain, as a camera has: a smooth enlargement would decode too fast.
            grain = np.random.default_rng(1).normal(0, 4, lane.shape)
            frame = np.clip(lane + grain, 0, 255).astype(np.uint8)
            data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
            picture = decode_picture(data)
            plates += bool(reader.read(picture))
            decode.append(cpu_ms(lambda data=data: decode_picture(data), args.times))
            read.append(cpu_ms(lambda picture=picture: reader.read(picture), args.times))
            ratio.append(read[-1] / decode[-1])
        print(
            f"{kind:6} {plates}/{len(read)} with a reading: decode {median(decode):.1f} ms, "
            f"read {median(read):.1f} ms, read/decode {median(ratio):.2f} (worst {max(ratio):.2f})"
        )


if __name__ == "__main__":
    main()
