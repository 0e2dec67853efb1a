"""Train the detector on the drawn scenes; resumable, saves after every shard."""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ocr.training.detector import STRIDE, UNIT, Detector
from ocr.training.scenes import SCENE_HEIGHT, SCENE_WIDTH

BATCH = 16
PEAK_RATE = 2e-3
ROWS, COLS = SCENE_HEIGHT // STRIDE, SCENE_WIDTH // STRIDE


def targets(quads: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Heat ROWS x COLS, offsets 8 x ROWS x COLS and weights for one scene's quads k x 4 x 2."""
    heat = np.zeros((ROWS, COLS), np.float32)
    offsets = np.zeros((8, ROWS, COLS), np.float32)
    weight = np.zeros((ROWS, COLS), np.float32)
    gx, gy = np.meshgrid((np.arange(COLS) + 0.5) * STRIDE, (np.arange(ROWS) + 0.5) * STRIDE)
    for quad in quads:
        centre = quad.mean(axis=0)
        across = (quad[1] + quad[2] - quad[0] - quad[3]) / 2
        down = (quad[2] + quad[3] - quad[0] - quad[1]) / 2
        w, h = np.linalg.norm(across), np.linalg.norm(down)
        # Axes of the plate; a bell of a sixth of its size, at least of half a cell.
        u = ((gx - centre[0]) * across[0] + (gy - centre[1]) * across[1]) / w
        v = ((gx - centre[0]) * down[0] + (gy - centre[1]) * down[1]) / h
        su, sv = max(w / 6, 4.0), max(h / 6, 4.0)
        bell = np.exp(-0.5 * ((u / su) ** 2 + (v / sv) ** 2))
        row = min(max(int(centre[1] / STRIDE), 0), ROWS - 1)
        col = min(max(int(centre[0] / STRIDE), 0), COLS - 1)
        bell[row, col] = 1.0
        better = bell > np.maximum(heat, 0.3)
        heat = np.maximum(heat, bell)
        for i, (x, y) in enumerate(quad):
            offsets[2 * i] = np.where(better, (x - gx) / UNIT, offsets[2 * i])
            offsets[2 * i + 1] = np.where(better, (y - gy) / UNIT, offsets[2 * i + 1])
        weight = np.where(better, bell * 8.0 / max(8.0, math.sqrt(w * h) / 4), weight)
    return heat, offsets, weight


def losses(net: Detector, x: Tensor, heat: Tensor, offsets: Tensor, weight: Tensor) -> Tensor:
    """Focal loss of the centres (penalty reduced near them) plus the distance of the corners."""
    with torch.autocast("cpu", torch.bfloat16):
        logits, corners = net(x)
    p = torch.sigmoid(logits[:, 0].float()).clamp(1e-5, 1 - 1e-5)
    hit = (heat > 0.99).float()
    seen = -((1 - p) ** 2) * p.log() * hit
    empty = -((1 - heat) ** 4) * p**2 * (1 - p).log() * (1 - hit)
    count = hit.sum().clamp(min=1)
    distance = functional.smooth_l1_loss(corners.float(), offsets, reduction="none", beta=0.05)
    spread = (distance.sum(1) * weight).sum() / weight.sum().clamp(min=1)
    return (seen.sum() + empty.sum()) / count + 2.0 * spread


def vary(x: Tensor, generator: torch.Generator) -> Tensor:
    """Fresh gain and offset for each scene of a batch."""
    gain = 1 + 0.2 * torch.randn(len(x), 1, 1, 1, generator=generator)
    offset = 0.15 * torch.randn(len(x), 1, 1, 1, generator=generator)
    return (x * gain + offset).clamp_(-1.1, 1.1)


def main() -> None:
    """Train for ``--minutes`` of wall-clock time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(6)
    args.out.mkdir(parents=True, exist_ok=True)
    net = Detector().to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in net.parameters())} parameters", flush=True)
    optimiser = torch.optim.AdamW(net.parameters(), PEAK_RATE, weight_decay=0.01)
    state: dict[str, Any] = {"elapsed": 0.0, "seen": 0, "done": {}}
    last = args.out / "last.pt"
    if last.exists():
        saved = torch.load(last, weights_only=True)
        net.load_state_dict(saved["net"])
        optimiser.load_state_dict(saved["optimiser"])
        state = saved["state"]
    generator = torch.Generator().manual_seed(state["seen"] + 1)
    while state["elapsed"] < args.minutes * 60:
        found = sorted(int(p.stem.split("-")[1]) for p in args.data.glob("scenes-????.npy"))
        number = min(found, key=lambda n: (state["done"].get(n, 0), n))
        train_shard(net, optimiser, args, state, number, generator)
        saved = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "state": state}
        torch.save(saved, args.out / "last.part")
        (args.out / "last.part").rename(last)


def train_shard(net, optimiser, args, state, number, generator) -> None:  # type: ignore[no-untyped-def]
    """One pass over one shard of scenes."""
    images = torch.from_numpy(np.load(args.data / f"scenes-{number:04}.npy"))
    quads = np.load(args.data / f"quads-{number:04}.npy")
    parts = [targets(q[~np.isnan(q[:, 0, 0])]) for q in quads]
    heat, offsets, weight = (torch.from_numpy(np.stack(p)) for p in zip(*parts, strict=True))
    order = torch.randperm(len(images), generator=generator)
    started, total = time.monotonic(), 0.0
    for i in range(0, len(order) - BATCH + 1, BATCH):
        progress = min(1.0, (state["elapsed"] + time.monotonic() - started) / (args.minutes * 60))
        warm = min(1.0, progress / 0.02 + 0.02)
        pace = PEAK_RATE * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
        for group in optimiser.param_groups:
            group["lr"] = pace
        pick = order[i : i + BATCH]
        x = images[pick].permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)
        x = vary(x, generator).contiguous(memory_format=torch.channels_last)
        loss = losses(net, x, heat[pick], offsets[pick], weight[pick])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        total += loss.item()
        state["seen"] += BATCH
    took = time.monotonic() - started
    state["elapsed"] += took
    state["done"][number] = state["done"].get(number, 0) + 1
    print(
        f"{state['elapsed'] / 60:.1f} min, {state['seen']} seen, shard {number}, "
        f"loss {total / (len(order) // BATCH):.3f}, {len(order) / took:.0f}/s",
        flush=True,
    )


if __name__ == "__main__":
    main()
