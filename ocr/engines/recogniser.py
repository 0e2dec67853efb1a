"""Recognise one cropped line with a PP-OCR model and keep what the model was unsure about.

The model is a CTC network: for every column it gives a probability to each character and
to "none" (A. Graves et al. 2006). A run of columns with one best character is one character;
the column where it peaks gives the competing readings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
        return [self._read_one(crop, stretch) for crop in crops]

    def columns(self, crop: Picture, *, stretch: float = 1.0) -> NDArray[np.float32]:
        """The probability of each class (0 = none) in each column of ``crop``, t x c."""
        columns, _ = self._run(crop, stretch)
        return columns

    @cached_property
    def classes(self) -> dict[str, int]:
        """The class of each character."""
        return {c: i for i, c in reversed(list(enumerate(self._characters))) if c}

    def _read_one(self, crop: Picture, stretch: float) -> Recognised:
        columns, width = self._run(crop, stretch)
        return self._characters_of(columns, width)

    def _run(self, crop: Picture, stretch: float) -> tuple[NDArray[np.float32], float]:
        """The network's columns, and the padded width divided by the line's own."""
        ratio = crop.shape[1] / crop.shape[0] * stretch
        width = max(8, math.ceil(HEIGHT * ratio))
        scaled = cv2.resize(crop, (width, HEIGHT)).astype(np.float32)
        block = np.zeros((1, 3, HEIGHT, max(width, self._least_width)), np.float32)
        block[0, :, :, :width] = scaled.transpose(2, 0, 1) / 127.5 - 1.0
        (columns,) = self._session.run(None, {self._input: block})[0]
        return np.asarray(columns, np.float32), block.shape[3] / width

    def _characters_of(self, columns: NDArray[np.float32], stretch: float) -> Recognised:
        """Collapse runs; ``stretch`` is the padded width divided by the line's own."""
        best = columns.argmax(axis=1)
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
                scale = stretch / len(best)
                spans.append((min(start * scale, 1.0), min(end * scale, 1.0)))
            start = end
        return tuple(characters), tuple(spans)

    def _options(self, column: NDArray[np.float32]) -> Options:
        order = np.argpartition(column, -_KEEP - 1)[-_KEEP - 1 :]
        order = order[np.argsort(column[order])[::-1]]
        found = [(self._characters[i], float(column[i])) for i in order if i != 0]
        return tuple((c, round(p, 5)) for c, p in found[:_KEEP] if p >= _LEAST) or (found[0],)
