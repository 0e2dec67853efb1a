"""How likely a given text is, by what a line recogniser saw in each column.

The sum over all ways in which the columns can spell the text (the forward pass of CTC, A. Graves
et al. 2006). Asking for given texts loses less than asking for the likeliest one: of two
candidates the better counts though neither is what the recogniser would write itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from schemas.plates import lookalikes

_SEPARATORS = "-.·•:, '`~_—–*|/\\\"() "
"""Signs a plate's normal form leaves out: they count as "none"."""
_ALIKE = 0.05
"""What a look-alike of a character adds to it, as a share of the look-alike's own probability."""
_FLOOR = 1e-6
_NEVER = -1e9


def text_logs(
    columns: NDArray[np.float32], classes: Mapping[str, int], texts: Sequence[str]
) -> NDArray[np.float64]:
    """The log-likelihood of each of ``texts``, none of them empty, in ``columns`` (t x c).

    ``classes`` names the class of each character; class 0 is "none".
    """
    silent = columns[:, [0, *(classes[c] for c in _SEPARATORS if c in classes)]].sum(axis=1)
    names = sorted(set("".join(texts)))
    seen = [np.log(np.minimum(silent, 1.0) + _FLOOR)]
    seen += [np.log(_probability(columns, classes, c) + _FLOOR) for c in names]
    logs = np.stack(seen, axis=1).astype(np.float64)
    states, skips = _states(texts, names)
    scores = logs[:, states]
    forward = np.full(states.shape, _NEVER)
    forward[:, :2] = scores[0][:, :2]
    for column in scores[1:]:
        one = np.pad(forward[:, :-1], ((0, 0), (1, 0)), constant_values=_NEVER)
        two = np.pad(forward[:, :-2], ((0, 0), (2, 0)), constant_values=_NEVER)
        two = np.where(skips, two, _NEVER)
        forward = np.logaddexp(np.logaddexp(forward, one), two) + column
    ends = np.array([2 * len(text) for text in texts])
    rows = np.arange(len(texts))
    return np.asarray(np.logaddexp(forward[rows, ends], forward[rows, ends - 1]), np.float64)


def _probability(
    columns: NDArray[np.float32], classes: Mapping[str, int], char: str
) -> NDArray[np.float32]:
    """Probability of ``char`` in each column, small letters and look-alikes added."""
    plain = {char, char.lower(), "D" if char == "Đ" else char}
    total = np.zeros(len(columns), np.float32)
    for other, share in [(c, 1.0) for c in plain] + [(c, _ALIKE) for c in lookalikes(char)]:
        if other in classes:
            total += share * columns[:, classes[other]]
    return np.minimum(total, 1.0)


def _states(
    texts: Sequence[str], names: Sequence[str]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Class of each state (none, character, none, ...) and whether the none before it may lack."""
    longest = max(len(text) for text in texts)
    states = np.zeros((len(texts), 2 * longest + 1), np.int64)
    skips = np.zeros(states.shape, np.bool_)
    place = {c: i + 1 for i, c in enumerate(names)}
    for row, text in enumerate(texts):
        for i, char in enumerate(text):
            states[row, 2 * i + 1] = place[char]
            skips[row, 2 * i + 1] = i > 0 and char != text[i - 1]
    return states, skips
