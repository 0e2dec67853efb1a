"""The detector: a small fully convolutional net that marks plate centres and their corners.

Output stride 8: one logit for "the middle of a plate" and eight offsets from the cell centre
to the four corners, in units of 32 pixels.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ocr.training.recogniser import Block, Residual

STRIDE = 8
UNIT = 32.0


class Detector(nn.Module):
    """Takes n x 3 x h x w in -1..1 with h and w multiples of 32; any size."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(Block(3, 12, 2), Block(12, 24, 2))
        self.eighth = nn.Sequential(Block(24, 40, 2), Residual(40))
        self.sixteenth = nn.Sequential(Block(40, 64, 2), Residual(64), Residual(64))
        self.deep = nn.Sequential(Block(64, 64, 2), Residual(64))
        self.lateral16, self.lateral8 = nn.Conv2d(64, 40, 1), nn.Conv2d(64, 64, 1)
        self.merge = nn.Sequential(Block(40, 40), Block(40, 40))
        self.heat, self.corners = nn.Conv2d(40, 1, 1), nn.Conv2d(40, 8, 1)
        nn.init.constant_(self.heat.bias, -4.0)  # type: ignore[arg-type]

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """Logits n x 1 x h/8 x w/8 and corner offsets n x 8 x h/8 x w/8."""
        eighth = self.eighth(self.stem(picture))
        sixteenth = self.sixteenth(eighth)
        wide = nn.functional.interpolate(self.lateral8(self.deep(sixteenth)), scale_factor=2.0)
        mixed = self.lateral16(torch.relu(sixteenth + wide))
        up = nn.functional.interpolate(mixed, scale_factor=2.0)
        merged = self.merge(torch.relu(eighth + up))
        return self.heat(merged), self.corners(merged)
