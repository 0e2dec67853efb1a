"""Tells two devices with one key apart from one device that was started anew."""

from __future__ import annotations

from collections import deque

REMEMBERED = 8
"""Earlier starts of a device that are remembered: a device restarts seldom, a twin often."""


class Starts:
    """The starts (boot ids) that each device spoke from.

    A device that restarts never speaks from an earlier start again. One that does so in turns
    has a twin: a copy with a stolen key, or the same program started twice.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], deque[str]] = {}

    def returned(self, device: tuple[str, str], boot: str) -> bool:
        """Note that ``device`` (lane, name) spoke from ``boot``; True where that start was left
        for another one before.
        """
        known = self._known.setdefault(device, deque(maxlen=REMEMBERED))
        if known and known[-1] == boot:
            return False
        back = boot in known
        if back:
            known.remove(boot)
        known.append(boot)
        return back
