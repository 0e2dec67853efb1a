"""The recogniser: a small convolutional net whose nine slots each look at one character.

Nine learned queries attend to the feature map twice: the first look tells the layout (one or
two lines, how many characters), the second finds the character of the slot. Where each
character lies is known for drawn plates, so the second look is also taught directly, which
shortens training many times over.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ocr.plates.alphabet import ALPHABET, COLOURS, COUNTRIES, LINE_CLASSES, SLOTS

GRID_HEIGHT, GRID_WIDTH = 6, 36
"""Cells of the feature map: a cell covers 8 x 4 pixels of the strip."""


class Block(nn.Sequential):
    """Convolution 3 x 3, normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int | tuple[int, int] = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """Two blocks with a short cut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = Block(width, width)
        self.second = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Same shape out as in."""
        return torch.relu(x + self.second(self.first(x)))


class Look(nn.Module):
    """One round of attention of the queries to the cells, four heads, with a small MLP after."""

    heads = 4

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query, self.out = nn.Linear(width, width), nn.Linear(width, width)
        self.key, self.value = nn.Linear(width, width), nn.Linear(width, width)
        self.norm, self.norm_mlp = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, width * 2), nn.ReLU(), nn.Linear(width * 2, width)
        )

    def forward(self, queries: Tensor, memory: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        """``queries`` n x q x d, ``memory`` n x c x d, ``places`` c x d: new queries, weights.

        The weights (n x q x c) are the mean over the heads and sum to one over the cells.
        """
        n, q, d = queries.shape
        h, e = self.heads, d // self.heads
        ask = self.query(self.norm(queries)).view(n, q, h, e).transpose(1, 2)
        keys = self.key(memory + places).view(n, -1, h, e).transpose(1, 2)
        values = self.value(memory).view(n, -1, h, e).transpose(1, 2)
        weights = torch.softmax(ask @ keys.transpose(2, 3) * e**-0.5, dim=-1)
        seen = (weights @ values).transpose(1, 2).reshape(n, q, d)
        queries = queries + self.out(seen)
        queries = queries + self.mlp(self.norm_mlp(queries))
        return queries, weights.mean(dim=1)


class Recogniser(nn.Module):
    """Reads a strip n x 3 x 48 x 144 with values -1..1."""

    width = 128

    def __init__(self) -> None:
        super().__init__()
        d = self.width
        self.body = nn.Sequential(
            Block(3, 32, 2),
            Block(32, 32),
            Block(32, 64, 2),
            Residual(64),
            Residual(64),
            Block(64, d, (2, 1)),
            Residual(d),
        )
        # One query a slot and one for the layout.
        self.queries = nn.Parameter(torch.randn(SLOTS + 1, d) * 0.3)
        self.places = nn.Parameter(torch.randn(GRID_HEIGHT * GRID_WIDTH, d) * 0.1)
        self.glance, self.mix = Look(d), nn.Linear((SLOTS + 1) * 16, (SLOTS + 1) * 32)
        self.narrow, self.widen = nn.Linear(d, 16), nn.Linear(32, d)
        self.look = Look(d)
        self.norm = nn.LayerNorm(d)
        self.chars = nn.Linear(d, len(ALPHABET))
        self.layout = nn.Linear(d, len(COUNTRIES) + len(LINE_CLASSES) + len(COLOURS))

    def forward(self, strip: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the characters n x 9 x 75, of the layout n x 11, and attention n x 9 x 216."""
        memory = self.body(strip).flatten(2).transpose(1, 2)
        n = memory.shape[0]
        queries = self.queries.unsqueeze(0).expand(n, -1, -1)
        queries, _ = self.glance(queries, memory, self.places)
        # The slots tell each other what they saw, so that they agree on the layout.
        told = torch.relu(self.mix(self.narrow(queries).flatten(1)))
        queries = queries + self.widen(told.view(n, SLOTS + 1, 32))
        queries, weights = self.look(queries, memory, self.places)
        queries = self.norm(queries)
        return self.chars(queries[:, :SLOTS]), self.layout(queries[:, SLOTS]), weights[:, :SLOTS]
