"""Train the detector on drawn scenes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ocr.training.detector import STRIDE, UNIT, Detector
from ocr.training.loop import Lesson, Tensors, arguments, train
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


def tensors(arrays: dict[str, Any]) -> Tensors:
    """Images, heat, offsets and weights of a shard of scenes."""
    parts = [targets(quads[~np.isnan(quads[:, 0, 0])]) for quads in arrays["quads"]]
    truth = (torch.from_numpy(np.stack(part)) for part in zip(*parts, strict=True))
    return torch.from_numpy(arrays["images"]), *truth


def main() -> None:
    """Train for ``--minutes`` of wall-clock time."""
    args = arguments(__doc__, minutes=28, peak=PEAK_RATE)
    net = Detector().to(memory_format=torch.channels_last)

    def loss(batch: Tensors, generator: torch.Generator) -> Tensor:
        x = batch[0].permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)
        x = vary(x, generator).contiguous(memory_format=torch.channels_last)
        return losses(net, x, *batch[1:])

    train(Lesson(net=net, batch=BATCH, decay=0.01, clip=5.0, tensors=tensors, loss=loss), args)


if __name__ == "__main__":
    main()
