"""Several processes that train one network, one a core: each its own examples, one step for all.

Meant for small networks, whose convolutions are too short for two threads to share one well: two
processes on two cores taught the recogniser 500 to 560 strips a second, one alone 310 to 330.
Started with RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT in the environment, as
``torch.distributed`` has it; alone without them.
"""

from __future__ import annotations

import os
from datetime import timedelta

import torch
from torch import distributed, nn

PATIENCE = timedelta(minutes=30)
"""How long one waits for the others before it fails: a slow disk is no fault, a dead process is."""


class Team:
    """One of ``size`` processes of a training; that of ``rank`` 0 keeps the clock and saves."""

    def __init__(self) -> None:
        """Join the others; raises RuntimeError when they don't come."""
        self.size, self.rank = int(os.environ.get("WORLD_SIZE", "1")), 0
        if self.size > 1:
            distributed.init_process_group("gloo", timeout=PATIENCE)
            self.rank = distributed.get_rank()

    def average(self, net: nn.Module, clock: float) -> float:
        """Give every process the mean gradient of all; returns the clock (seconds) of rank 0.

        All must agree when the time is up, hence one clock.
        """
        if self.size == 1:
            return clock
        grads = [p.grad for p in net.parameters() if p.grad is not None]
        mine = torch.tensor([clock if self.rank == 0 else 0.0])
        flat = torch.cat([*(g.flatten() for g in grads), mine])
        distributed.all_reduce(flat)
        start = 0
        for grad in grads:
            grad.copy_(flat[start : start + grad.numel()].view_as(grad) / self.size)
            start += grad.numel()
        return float(flat[-1])

    def least(self, steps: int) -> int:
        """The fewest ``steps`` of all: shards may differ in size, and nobody may step alone."""
        if self.size == 1:
            return steps
        agreed = torch.tensor([steps])
        distributed.all_reduce(agreed, distributed.ReduceOp.MIN)
        return int(agreed[0])

    def gather(self, net: nn.Module) -> None:
        """Make the running means (batch normalisation) those of all, at the end of a shard."""
        if self.size == 1:
            return
        for buffer in net.buffers():
            if buffer.is_floating_point():
                distributed.all_reduce(buffer)
                buffer /= self.size

    def leave(self) -> None:
        """End the group in order."""
        if self.size > 1:
            distributed.destroy_process_group()
