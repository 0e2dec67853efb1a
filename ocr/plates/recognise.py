"""Read rectified strips with our own recogniser: a probability for each character of each slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr.plates.alphabet import COLOURS, COUNTRIES, LINE_CLASSES
from ocr.plates.network import load_network

TEMPERATURE = 1.05
"""Logits are divided by this before the softmax; fitted on held-out drawn plates (model card)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What the network saw in one strip.

    ``chars`` is 9 x 75: log-probabilities by slot and class of the alphabet. ``country``,
    ``lines`` and ``colour`` hold probabilities in the order of the alphabet module's classes.
    """

    chars: NDArray[np.float32]
    country: NDArray[np.float32]
    lines: NDArray[np.float32]
    colour: NDArray[np.float32]


def _log_softmax(x: NDArray[Any]) -> NDArray[np.float32]:
    x = x - x.max(axis=-1, keepdims=True)
    return np.asarray(x - np.log(np.exp(x).sum(axis=-1, keepdims=True)), np.float32)


class SlotRecogniser:
    """Runs the recogniser on one thread."""

    def __init__(self, temperature: float = TEMPERATURE) -> None:
        """Load the model; raises PlateModelMissingError."""
        self._network = load_network("plate-recogniser")
        self._temperature = temperature
        self.sha256 = self._network.sha256

    def read(self, strips: Sequence[NDArray[np.uint8]]) -> list[Slots]:
        """Read strips of 48 x 144 x 3 (BGR, uint8), all in one run."""
        if not strips:
            return []
        block = np.stack(strips)
        chars, layout = self._network.session.run(None, {self._network.input_name: block})[:2]
        chars = _log_softmax(chars / self._temperature)
        a, b = len(COUNTRIES), len(COUNTRIES) + len(LINE_CLASSES)
        parts = (layout[:, :a], layout[:, a:b], layout[:, b : b + len(COLOURS)])
        kinds = [np.exp(_log_softmax(part)) for part in parts]
        return [
            Slots(chars=chars[i], country=kinds[0][i], lines=kinds[1][i], colour=kinds[2][i])
            for i in range(len(strips))
        ]
