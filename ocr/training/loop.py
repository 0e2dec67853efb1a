"""The loop that both trainings share: shards in turn, a time budget, resumable at each shard."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ocr.training.team import Team

Tensors = tuple[Tensor, ...]
Score = Callable[[Tensors], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is taught how.

    ``tensors`` makes a shard's arrays into tensors of one length; ``loss`` takes a batch of them.
    ``score`` (0..1) of the held-out shard decides which state is kept as ``best.pt``.
    """

    net: nn.Module
    batch: int
    decay: float
    clip: float
    tensors: Callable[[dict[str, Any]], Tensors]
    loss: Callable[[Tensors, torch.Generator], Tensor]
    score: Score | None = None


@dataclass(slots=True, kw_only=True)
class Progress:
    """Where a training stands: seconds spent, examples seen, visits by shard, best score."""

    elapsed: float = 0.0
    seen: int = 0
    done: dict[int, int] = field(default_factory=dict)
    best: float = 0.0


class Shards:
    """The drawn shards of a folder, visited in turn; newly finished ones join as they appear."""

    def __init__(self, folder: Path, held_out: int) -> None:
        self.folder, self.held_out = folder, held_out

    def numbers(self) -> list[int]:
        """Complete shards for training."""
        found = sorted(int(p.stem.split("-")[1]) for p in self.folder.glob("images-????.npy"))
        return [n for n in found if n != self.held_out]

    def load(self, number: int) -> dict[str, Any]:
        """All arrays of one shard."""
        images = np.load(self.folder / f"images-{number:04}.npy")
        return {**np.load(self.folder / f"truth-{number:04}.npz"), "images": images}

    def next(self, done: dict[int, int], team: Team) -> int:
        """The complete shard used least so far, the lowest first; waits for the first one.

        The processes of a team take the next ones in their order; all are counted in ``done``.
        """
        while not (numbers := self.numbers()):
            time.sleep(2)
        taken = []
        for _ in range(team.size):
            taken.append(min(numbers, key=lambda n: (done.get(n, 0), n)))
            done[taken[-1]] = done.get(taken[-1], 0) + 1
        return taken[team.rank]

    def held(self) -> dict[str, Any] | None:
        """The held-out shard, where it has been drawn."""
        there = (self.folder / f"images-{self.held_out:04}.npy").exists()
        return self.load(self.held_out) if there else None


def rate(progress: float, peak: float) -> float:
    """Warm up to ``peak`` over the first 2 %, then a cosine to one hundredth of it."""
    if progress < 0.02:
        return peak * max(progress, 0.0005) / 0.02
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (progress - 0.02) / 0.98)))


def arguments(description: str | None, minutes: float, peak: float) -> argparse.Namespace:
    """The command line of a training; sets threads and seed."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=minutes)
    parser.add_argument("--held-out", type=int, default=-1, help="shard that is not trained on")
    parser.add_argument("--threads", type=int, default=1, help="of each process, see team.py")
    parser.add_argument("--rate", type=float, default=peak, help="highest learning rate")
    parser.add_argument("--start", type=Path, help="state to go on from, on a fresh schedule")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(5)
    args.out.mkdir(parents=True, exist_ok=True)
    return args


def train(lesson: Lesson, args: argparse.Namespace) -> None:
    """One shard after the other until the minutes are used up, saving after each."""
    net = lesson.net
    team = Team()
    if team.rank == 0:
        print(f"{sum(p.numel() for p in net.parameters())} parameters", flush=True)
    optimiser = torch.optim.AdamW(net.parameters(), args.rate, weight_decay=lesson.decay)
    state, shards, last = Progress(), Shards(args.data, args.held_out), args.out / "last.pt"
    if last.exists():
        saved = torch.load(last, weights_only=True)
        net.load_state_dict(saved["net"])
        optimiser.load_state_dict(saved["optimiser"])
        state = Progress(**saved["state"])
    elif args.start:
        net.load_state_dict(torch.load(args.start, weights_only=True)["net"])
    held: Tensors | None = None
    while state.elapsed < args.minutes * 60:
        number = shards.next(state.done, team)
        said = _visit(lesson, optimiser, lesson.tensors(shards.load(number)), state, args, team)
        team.gather(net)
        if team.rank > 0:
            continue
        if held is None and lesson.score and (arrays := shards.held()):
            held = lesson.tensors(arrays)
        score = lesson.score(held) if lesson.score and held else 0.0
        print(f"shard {number}, {said}, score {score:.4f}", flush=True)
        if score >= state.best:
            state.best = score
            _save({"net": net.state_dict()}, args.out / "best.pt")
        named = {k: getattr(state, k) for k in Progress.__slots__}
        _save({"net": net.state_dict(), "optimiser": optimiser.state_dict(), "state": named}, last)
    team.leave()


def _save(what: dict[str, Any], path: Path) -> None:
    """Write ``path`` in one step, so that a stopped training leaves a whole file."""
    torch.save(what, path.with_suffix(".part"))
    path.with_suffix(".part").rename(path)


def _visit(
    lesson: Lesson,
    optimiser: torch.optim.Optimizer,
    data: Tensors,
    state: Progress,
    args: argparse.Namespace,
    team: Team,
) -> str:
    """One pass over one shard; what there is to say of it."""
    generator = torch.Generator().manual_seed(state.seen + 1 + team.rank)
    order = torch.randperm(len(data[0]), generator=generator)
    # The others' examples make up the rest of the batch.
    batch = lesson.batch // team.size
    steps = team.least(len(order) // batch)
    started, total = time.monotonic(), 0.0
    before = spent = state.elapsed
    for i in range(steps):
        pace = rate(min(1.0, spent / (args.minutes * 60)), args.rate)
        for group in optimiser.param_groups:
            group["lr"] = pace
        pick = order[i * batch : (i + 1) * batch]
        loss = lesson.loss(tuple(part[pick] for part in data), generator)
        optimiser.zero_grad()
        loss.backward()
        spent = team.average(lesson.net, before + time.monotonic() - started)
        torch.nn.utils.clip_grad_norm_(lesson.net.parameters(), lesson.clip)
        optimiser.step()
        total += loss.item()
        state.seen += batch * team.size
    state.elapsed = spent
    return (
        f"{state.elapsed / 60:.1f} min, {state.seen} seen, loss {total / max(steps, 1):.3f}, "
        f"{steps * batch * team.size / max(spent - before, 1e-6):.0f}/s, rate {pace:.5f}"
    )
