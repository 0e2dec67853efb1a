"""What a reader is: one small interface for every engine, ours or installed."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from schemas.readings import Reading

Picture = NDArray[np.uint8]
"""A decoded picture: height x width x 3, BGR, uint8, upright."""


class PlateReader(Protocol):
    """Finds and reads every plate of a picture.

    Readings come best first; an empty tuple means that no plate was found.
    A reader is built once per worker process, uses one thread, and keeps no
    pixels of one picture for the next.
    """

    name: str

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all plates in ``picture`` (BGR, uint8), best first."""
        ...


MarkReader = PlateReader
"""Readers of the other kinds (zones, bar codes, containers, papers) have the same form."""
