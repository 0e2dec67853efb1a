"""Train the recogniser on the drawn shards; resumable, keeps the best state by held-out plates."""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ocr.plates.alphabet import COUNTRIES, DIGITS, LETTERS, LINE_CLASSES
from ocr.training.recogniser import GRID_HEIGHT, GRID_WIDTH, Recogniser
from ocr.training.render import NO_CENTRE

BATCH = 128
PEAK_RATE = 2e-3
ATTENTION_WEIGHT = 0.3
LAYOUT_WEIGHT = 0.1
FIRST_HAN = 1 + len(DIGITS) + len(LETTERS)

Batch = tuple[Tensor, Tensor, Tensor, Tensor]


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


def losses(net: Recogniser, batch: Batch, x: Tensor) -> Tensor:
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


class Shards:
    """The drawn shards of a folder, visited in turn; newly finished ones join as they appear."""

    def __init__(self, folder: Path, held_out: int) -> None:
        self.folder, self.held_out, self.turn = folder, held_out, 0

    def numbers(self) -> list[int]:
        """Complete shards for training."""
        found = sorted(int(p.stem.split("-")[1]) for p in self.folder.glob("images-????.npy"))
        return [n for n in found if n != self.held_out]

    def load(self, number: int) -> Batch:
        """All arrays of one shard."""
        truth = np.load(self.folder / f"truth-{number:04}.npz")
        images = np.load(self.folder / f"images-{number:04}.npy")
        parts = (truth["labels"], truth["centres"], truth["layout"])
        labels, centres, layout = (torch.from_numpy(a.astype(np.int64)) for a in parts)
        return torch.from_numpy(images), labels, centres, layout

    def next(self, done: dict[int, int]) -> int:
        """The complete shard used least so far, lowest number first."""
        return min(self.numbers(), key=lambda n: (done.get(n, 0), n))


@torch.no_grad()
def evaluate(net: Recogniser, data: Batch, count: int = 2048) -> tuple[float, float]:
    """Share of plates read exactly and of slots read right, over held-out examples."""
    net.eval()
    right, slots = 0, 0.0
    for i in range(0, count, 256):
        with torch.autocast("cpu", torch.bfloat16):
            x = to_input(data[0][i : i + 256]).contiguous(memory_format=torch.channels_last)
            chars, _, _ = net(x)
        same = chars.argmax(-1) == data[1][i : i + 256]
        right += int(same.all(1).sum())
        slots += float(same.float().mean()) * len(same)
    net.train()
    return right / count, slots / count


def rate(progress: float) -> float:
    """Warm up over the first 2 %, then a cosine to one hundredth."""
    if progress < 0.02:
        return PEAK_RATE * max(progress, 0.0005) / 0.02
    return PEAK_RATE * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (progress - 0.02) / 0.98)))


def main() -> None:
    """Train for a number of examples or until a wall-clock limit, whichever is first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=75)
    parser.add_argument("--held-out", type=int, default=63)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--start", type=Path, default=None)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(5)
    args.out.mkdir(parents=True, exist_ok=True)
    net = Recogniser().to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in net.parameters())} parameters", flush=True)
    optimiser = torch.optim.AdamW(net.parameters(), PEAK_RATE, weight_decay=0.02)
    state = {"elapsed": 0.0, "seen": 0, "done": {}, "best": 0.0}
    last = args.out / "last.pt"
    if last.exists():
        saved = torch.load(last, weights_only=True)
        net.load_state_dict(saved["net"])
        optimiser.load_state_dict(saved["optimiser"])
        state = saved["state"]
    elif args.start:
        net.load_state_dict(torch.load(args.start, weights_only=True)["net"])
    run(net, optimiser, Shards(args.data, args.held_out), state, args)


def run(net, optimiser, shards, state, args) -> None:  # type: ignore[no-untyped-def]
    """One shard after the other until the minutes are used up, saving after each."""
    generator = torch.Generator().manual_seed(int(state["seen"]) + 1)
    held = None
    while state["elapsed"] < args.minutes * 60:
        while not shards.numbers():
            time.sleep(2)
        number = shards.next(state["done"])
        data = shards.load(number)
        order = torch.randperm(len(data[0]), generator=generator)
        started, total = time.monotonic(), 0.0
        for i in range(0, len(order) - BATCH + 1, BATCH):
            spent = state["elapsed"] + time.monotonic() - started
            progress = min(1.0, spent / (args.minutes * 60))
            for group in optimiser.param_groups:
                group["lr"] = rate(progress)
            pick = order[i : i + BATCH]
            batch = tuple(part[pick] for part in data)
            x = vary(to_input(batch[0]), generator).contiguous(memory_format=torch.channels_last)
            loss = losses(net, batch, x)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimiser.step()
            total += loss.item()
            state["seen"] += BATCH
        took = time.monotonic() - started
        state["elapsed"] += took
        state["done"][number] = state["done"].get(number, 0) + 1
        if held is None and (args.data / f"images-{args.held_out:04}.npy").exists():
            held = shards.load(args.held_out)
        score = evaluate(net, held) if held is not None else (0.0, 0.0)
        print(
            f"{state['elapsed'] / 60:.1f} min, {state['seen']} seen, shard {number}, "
            f"loss {total / (len(order) // BATCH):.3f}, "
            f"exact {score[0]:.3f}, slots {score[1]:.4f}, "
            f"{len(order) / took:.0f}/s, rate {optimiser.param_groups[0]['lr']:.5f}",
            flush=True,
        )
        saved = {"net": net.state_dict(), "optimiser": optimiser.state_dict(), "state": state}
        torch.save(saved, args.out / "last.part")
        (args.out / "last.part").rename(args.out / "last.pt")
        if score[0] >= state["best"] and held is not None:
            state["best"] = score[0]
            torch.save({"net": net.state_dict()}, args.out / "best.pt")


if __name__ == "__main__":
    main()
