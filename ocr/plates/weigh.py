"""Which plate two readers together find likeliest: ours, and PP-OCR asked about each candidate.

A majority of texts would lose what both find possible. Here every candidate's probability by our
slots is multiplied by its likelihood in PP-OCR's columns, each raised to a power below one, since
both look at the same blurred pixels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.plates.candidates import Candidate
from ocr.plates.sight import Sight
from ocr.plates.spell import Spelling

TRUST = 0.7
"""The power of both readers; of 0.3 to 1.0 the one with the least log-loss on doubtful plates,
drawn ones (``bench.accuracy.small_plates``) and those of the split dev."""
_SHOWN = 5
_LEAST = 1e-4


def seen(sight: Sight) -> NDArray[np.float32]:
    """The log-probabilities 9 x 75 of all views of ``sight`` on average."""
    mean = np.mean([np.exp(view.chars) for view in sight.views], axis=0)
    return np.asarray(np.log(mean + 1e-9), np.float32)


def weighed(
    sight: Sight, choices: Sequence[Candidate], logs: NDArray[np.float64]
) -> tuple[Spelling, float]:
    """The likeliest of ``choices`` (at least one) with ``logs`` by PP-OCR, and its probability."""
    scores = TRUST * (np.array([c.log for c in choices]) + logs)
    odds = np.exp(scores - scores.max())
    shares = odds / odds.sum()
    best = choices[int(shares.argmax())]
    columns: list[dict[str, float]] = [defaultdict(float) for _ in best.text]
    for choice, share in zip(choices, shares.tolist(), strict=True):
        if len(choice.text) == len(best.text):
            for column, char in zip(columns, choice.text, strict=True):
                column[char] += share
    posterior = tuple(
        tuple(
            (char, round(p, 5))
            for char, p in sorted(column.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
            if p >= _LEAST
        )
        for column in columns
    )
    spelling = Spelling(
        text=best.text,
        raw=sight.spelling.raw if sight.spelling else best.text,
        country=best.country,
        kind=best.kind,
        chars=tuple(min(column[c], 1.0) for column, c in zip(columns, best.text, strict=True)),
        empty=1.0,
        posterior=posterior,
    )
    return spelling, float(shares.max()) * sight.likeness
