"""Fit the temperature and the calibration line of our reader; prints the numbers to write down.

Data: drawn plates that training did not see (a held-out shard) and the photographs of the split
``dev``. Nothing of the other photographs is used. ``python -m bench.accuracy.calibrate``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.accuracy.pictures import photographs
from ocr.plates.alphabet import ALPHABET
from ocr.plates.locate import Located
from ocr.plates.reader import SlotPlateReader
from ocr.plates.recognise import SlotRecogniser, Slots
from ocr.plates.sight import judge
from schemas.plates import normalise_plate

Pairs = list[tuple[float, bool]]


def held_out(recogniser: SlotRecogniser, folder: Path, shard: int, count: int) -> list[Slots]:
    """What the network says about the first ``count`` strips of a shard."""
    images = np.load(folder / f"images-{shard:04}.npy", mmap_mode="r")[:count]
    slots: list[Slots] = []
    for i in range(0, count, 64):
        slots += recogniser.read(list(images[i : i + 64]))
    return slots


def best_temperature(slots: list[Slots], labels: NDArray[Any]) -> float:
    """The temperature with the least negative log-likelihood of the true characters."""
    logs = np.stack([s.chars for s in slots])
    costs = {}
    for t in np.arange(0.5, 2.51, 0.05):
        scaled = logs / t
        top = scaled.max(axis=2, keepdims=True)
        norm = np.log(np.exp(scaled - top).sum(axis=2)) + top[..., 0]
        true = np.take_along_axis(scaled, labels[..., None].astype(int), axis=2)[..., 0]
        costs[float(t)] = float((norm - true).mean())
    return min(costs, key=lambda t: costs[t])


def drawn_pairs(slots: list[Slots], labels: NDArray[Any]) -> Pairs:
    """Probability and rightness of the drawn plates' readings."""
    place = Located(corners=np.zeros((4, 2), np.float32), score=1.0)
    pairs = []
    for seen, label in zip(slots, labels, strict=True):
        sight = judge(place, [seen])
        if sight.spelling is not None:
            truth = normalise_plate("".join(ALPHABET[c] for c in label if c))
            pairs.append((sight.probability, sight.spelling.text == truth))
    return pairs


def dev_pairs(reader: SlotPlateReader, data: Path) -> Pairs:
    """Probability and rightness of the best reading of each dev photograph."""
    pairs = []
    for sample in photographs(data):
        if sample.dev:
            picture = sample.load()
            _, sights = reader.survey(picture)
            if sights and sights[0].spelling:
                pairs.append((sights[0].probability, sights[0].spelling.text == sample.truth))
    return pairs


def fit_line(pairs: Pairs, weights: NDArray[Any]) -> tuple[float, float]:
    """Slope and offset of a logistic line over the log-odds, by Newton's method."""
    p = np.clip(np.array([p for p, _ in pairs]), 1e-5, 1 - 1e-5)
    x = np.stack([np.log(p / (1 - p)), np.ones(len(p))], axis=1)
    y = np.array([float(right) for _, right in pairs])
    w = np.array([1.0, 0.0])
    for _ in range(50):
        q = 1 / (1 + np.exp(-x @ w))
        # A weak pull to the identity keeps a small sample from steep lines.
        gradient = x.T @ (weights * (q - y)) + 2.0 * (w - [1.0, 0.0])
        hessian = (x * (weights * q * (1 - q))[:, None]).T @ x + 2.0 * np.eye(2)
        w = w - np.linalg.solve(hessian, gradient)
    return float(w[0]), float(w[1])


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crops", type=Path, default=Path("build/train/crops"))
    parser.add_argument("--shard", type=int, default=63)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--count", type=int, default=4096)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    labels = np.load(args.crops / f"truth-{args.shard:04}.npz")["labels"][: args.count]
    raw = held_out(SlotRecogniser(temperature=1.0), args.crops, args.shard, args.count)
    temperature = best_temperature(raw, labels)
    print(f"TEMPERATURE = {temperature:.2f}")
    recogniser = SlotRecogniser(temperature=temperature)
    drawn = drawn_pairs(held_out(recogniser, args.crops, args.shard, args.count), labels)
    real = dev_pairs(SlotPlateReader(temperature=temperature), args.data)
    pairs = drawn + real
    # The few photographs weigh as much as the many drawn plates.
    share = len(drawn) / max(len(real), 1) * 0.2
    weights = np.array([0.2] * len(drawn) + [share] * len(real))
    slope, offset = fit_line(pairs, weights)
    print(f"SLOPE, OFFSET = {slope:.3f}, {offset:.3f}")
    for name, part in (("drawn", drawn), ("dev", real)):
        sure = [right for p, right in part if p >= 0.99]
        right = sum(r for _, r in part)
        print(f"{name}: {len(part)} read, {right} right; at 0.99: {sum(sure)}/{len(sure)}")


if __name__ == "__main__":
    main()
