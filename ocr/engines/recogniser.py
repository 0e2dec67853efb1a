"""Recognise one cropped line with a PP-OCR model and keep what the model was unsure about.

The model is a CTC network: for every column it gives a probability to each character and
to "none" (A. Graves et al. 2006). A run of columns with one best character is one character;
the column where it peaks gives the competing readings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.lines import Options
from ocr.engines.models import session
from ocr.ports import Picture

HEIGHT = 48
_KEEP = 5
_LEAST = 1e-4

Recognised = tuple[tuple[Options, ...], tuple[tuple[float, float], ...]]
"""Competing characters by position, and each one's span as fractions of the width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The network's answer for a line.

    ``columns`` is t x c: the probability of each class (0 = none) in each column; ``padded`` the
    width they cover divided by the line's own.
    """

    columns: NDArray[np.float32]
    padded: float


class LineRecogniser:
    """A PP-OCR recogniser (48 pixels high input, dictionary inside the model)."""

    def __init__(self, model: tuple[str, str], *, least_width: int = 320) -> None:
        """Load ``model``; raises EngineUnavailableError when its file is missing.

        Narrower lines are padded to ``least_width``, the width the models were trained at.
        """
        self._session = session(model)
        self._input = self._session.get_inputs()[0].name
        names = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *names, " "]
        self._least_width = least_width

    def read(self, crops: Sequence[Picture], *, stretch: float = 1.0) -> list[Recognised]:
        """Read each crop (BGR, uint8, one upright line); order is kept.

        ``stretch`` widens the lines: the network gives a character per few columns, so two
        equal characters side by side in a small crop otherwise become one.
        """
        return [self.characters(self.see(crop, stretch=stretch)) for crop in crops]

    @cached_property
    def classes(self) -> dict[str, int]:
        """The class of each character."""
        return {c: i for i, c in reversed(list(enumerate(self._characters))) if c}

    def see(self, crop: Picture, *, stretch: float = 1.0) -> Seen:
        """What the network says of each column of ``crop``."""
        ratio = crop.shape[1] / crop.shape[0] * stretch
        width = max(8, math.ceil(HEIGHT * ratio))
        scaled = cv2.resize(crop, (width, HEIGHT)).astype(np.float32)
        block = np.zeros((1, 3, HEIGHT, max(width, self._least_width)), np.float32)
        block[0, :, :, :width] = scaled.transpose(2, 0, 1) / 127.5 - 1.0
        (columns,) = self._session.run(None, {self._input: block})[0]
        return Seen(columns=np.asarray(columns, np.float32), padded=block.shape[3] / width)

    def characters(self, seen: Seen) -> Recognised:
        """Collapse the runs of ``seen`` to characters."""
        columns, best = seen.columns, seen.columns.argmax(axis=1)
        characters: list[Options] = []
        spans: list[tuple[float, float]] = []
        start = 0
        for end in range(1, len(best) + 1):
            if end < len(best) and best[end] == best[start]:
                continue
            if best[start] != 0:
                run = columns[start:end]
                peak = run[run[:, best[start]].argmax()]
                characters.append(self._options(peak))
                scale = seen.padded / len(best)
                spans.append((min(start * scale, 1.0), min(end * scale, 1.0)))
            start = end
        return tuple(characters), tuple(spans)

    def _options(self, column: NDArray[np.float32]) -> Options:
        order = np.argpartition(column, -_KEEP - 1)[-_KEEP - 1 :]
        order = order[np.argsort(column[order])[::-1]]
        found = [(self._characters[i], float(column[i])) for i in order if i != 0]
        return tuple((c, round(p, 5)) for c, p in found[:_KEEP] if p >= _LEAST) or (found[0],)
