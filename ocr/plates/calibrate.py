"""Turn the network's probability of a text into the share of such texts that are right.

One line in log-odds space (J. Platt 1999), fitted on the split named ``dev`` and on drawn
plates that training did not see; ``python -m bench.accuracy.calibrate`` prints the fit.
"""

from __future__ import annotations

import math

SLOPE, OFFSET = 1.101, 0.611
_EDGE = 1e-5


def calibrated(probability: float) -> float:
    """The calibrated probability, rising with ``probability``; both in 0..1."""
    p = min(max(probability, _EDGE), 1 - _EDGE)
    return 1 / (1 + math.exp(-(SLOPE * math.log(p / (1 - p)) + OFFSET)))
