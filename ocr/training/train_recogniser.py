"""Train the recogniser on drawn crops; keeps the best state by held-out plates."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ocr.plates.alphabet import COUNTRIES, DIGITS, LETTERS, LINE_CLASSES
from ocr.training.loop import Lesson, Tensors, arguments, train
from ocr.training.recogniser import GRID_HEIGHT, GRID_WIDTH, Recogniser
from ocr.training.render import NO_CENTRE

BATCH = 128
PEAK_RATE = 2e-3
ATTENTION_WEIGHT = 0.3
LAYOUT_WEIGHT = 0.1
FIRST_HAN = 1 + len(DIGITS) + len(LETTERS)


def to_input(images: Tensor) -> Tensor:
    """uint8 n x 48 x 144 x 3 to float n x 3 x 48 x 144 in -1..1."""
    return images.permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)


def vary(x: Tensor, generator: torch.Generator) -> Tensor:
    """Cheap fresh variation of a batch: gain, offset, shift, grain."""
    n = x.shape[0]
    gain = 1 + 0.25 * torch.randn(n, 1, 1, 1, generator=generator)
    offset = 0.15 * torch.randn(n, 1, 1, 1, generator=generator)
    x = x * gain + offset
    dx = int(torch.randint(-3, 4, (1,), generator=generator))
    dy = int(torch.randint(-2, 3, (1,), generator=generator))
    x = torch.roll(x, (dy, dx), (2, 3))
    half = n // 4
    grain = torch.randn(half, *x.shape[1:], generator=generator)
    x[:half] += grain * 0.12 * torch.rand(half, 1, 1, 1, generator=generator)
    return x.clamp_(-1.2, 1.2)


def attention_loss(weights: Tensor, centres: Tensor) -> Tensor:
    """Minus log of the attention that falls near the true centre of each printed character."""
    valid = centres[..., 0] != NO_CENTRE
    cx, cy = centres[..., 0].float() / 4, centres[..., 1].float() / 8
    gx, gy = torch.arange(GRID_WIDTH) + 0.5, torch.arange(GRID_HEIGHT) + 0.5
    near_x = torch.exp(-((gx - cx[..., None]) ** 2) / (2 * 1.2**2))
    near_y = torch.exp(-((gy - cy[..., None]) ** 2) / (2 * 0.9**2))
    near = (near_y[..., :, None] * near_x[..., None, :]).flatten(2)
    mass = (weights * near).sum(-1)
    return -(mass[valid] + 1e-4).log().mean()


def losses(net: Recogniser, batch: Tensors, x: Tensor) -> Tensor:
    """Sum of the character, attention and layout losses."""
    _, labels, centres, layout = batch
    with torch.autocast("cpu", torch.bfloat16):
        chars, kinds, weights = net(x)
    chars, kinds, weights = chars.float(), kinds.float(), weights.float()
    each = functional.cross_entropy(chars.flatten(0, 1), labels.flatten(), reduction="none")
    # There are many more Chinese characters than places where one stands: count them double.
    heavy = 1.0 + (labels.flatten() >= FIRST_HAN).float()
    loss = (each * heavy).sum() / heavy.sum()
    loss = loss + ATTENTION_WEIGHT * attention_loss(weights, centres)
    a, b = len(COUNTRIES), len(COUNTRIES) + len(LINE_CLASSES)
    country = functional.cross_entropy(kinds[:, :a], layout[:, 0])
    plate = layout[:, 0] > 0
    lines = functional.cross_entropy(kinds[plate, a:b], layout[plate, 1])
    colour = functional.cross_entropy(kinds[plate, b:], layout[plate, 2])
    return loss + LAYOUT_WEIGHT * (country + lines + colour)


@torch.no_grad()
def exact(net: Recogniser, data: Tensors, count: int = 2048) -> float:
    """Share of the first ``count`` held-out plates that are read exactly."""
    net.eval()
    right = 0
    count = min(count, len(data[0]))
    for i in range(0, count, 256):
        last = min(i + 256, count)
        with torch.autocast("cpu", torch.bfloat16):
            x = to_input(data[0][i:last]).contiguous(memory_format=torch.channels_last)
            chars, _, _ = net(x)
        right += int((chars.argmax(-1) == data[1][i:last]).all(1).sum())
    net.train()
    return right / count


def tensors(arrays: dict[str, Any]) -> Tensors:
    """Images, labels, centres and layout of a shard."""
    truth = (arrays[name].astype(np.int64) for name in ("labels", "centres", "layout"))
    return torch.from_numpy(arrays["images"]), *(torch.from_numpy(part) for part in truth)


def main() -> None:
    """Train for ``--minutes`` of wall-clock time."""
    args = arguments(__doc__, minutes=75, peak=PEAK_RATE)
    net = Recogniser().to(memory_format=torch.channels_last)

    def loss(batch: Tensors, generator: torch.Generator) -> Tensor:
        x = vary(to_input(batch[0]), generator).contiguous(memory_format=torch.channels_last)
        return losses(net, batch, x)

    train(
        Lesson(
            net=net,
            batch=BATCH,
            decay=0.02,
            clip=2.0,
            tensors=tensors,
            loss=loss,
            score=lambda held: exact(net, held),
        ),
        args,
    )


if __name__ == "__main__":
    main()
