"""Tells whoever watches a lane that something changed there. Carries no content: watchers
read the newest state themselves, so a slow watcher skips, and never queues without bound.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Hub:
    """Lanes' change signals: any number of watchers, each woken at most once per look."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[asyncio.Event]] = {}
        self._first: list[Callable[[str], None]] = []
        self.watchers = 0
        """How many watch now."""

    def before(self, first: Callable[[str], None]) -> None:
        """Call this with the lane before its watchers wake (a cache that must know first)."""
        self._first.append(first)

    def changed(self, lane: str) -> None:
        """Wake all watchers of the lane."""
        for first in self._first:
            first(lane)
        for event in self._watchers.get(lane, ()):
            event.set()

    def all_changed(self) -> None:
        """Wake everybody: after a gap in the notifications."""
        for lane in tuple(self._watchers):
            self.changed(lane)

    @contextmanager
    def watch(self, *lanes: str) -> Iterator[asyncio.Event]:
        """An event that is set at each change of any of the lanes; clear it before looking."""
        event = asyncio.Event()
        self.watchers += 1
        for lane in lanes:
            self._watchers.setdefault(lane, set()).add(event)
        try:
            yield event
        finally:
            self.watchers -= 1
            for lane in lanes:
                self._watchers[lane].discard(event)
