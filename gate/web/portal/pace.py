"""How often an address may ask: open pages must not be a way to fill the database."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from aiohttp import web

from gate.web.language import _

MOST_ADDRESSES = 10_000


class Pace:
    """At most ``most`` requests of one address in ``seconds``; ``now`` is a monotonic clock."""

    def __init__(self, most: int, seconds: float, now: Callable[[], float]) -> None:
        self._most, self._seconds, self._now = most, seconds, now
        self._asked: dict[str, deque[float]] = {}

    def count(self, address: str) -> None:
        """Count a request; raises 429 with the seconds to wait where it is one too many."""
        now = self._now()
        if len(self._asked) >= MOST_ADDRESSES:
            self._forget(now)
        asked = self._asked.setdefault(address, deque())
        while asked and now - asked[0] >= self._seconds:
            asked.popleft()
        if len(asked) >= self._most:
            wait = int(self._seconds - (now - asked[0])) + 1
            raise web.HTTPTooManyRequests(
                text=_("Too many attempts from your address: try again in %(n)s s.", n=wait),
                headers={"Retry-After": str(wait)},
            )
        asked.append(now)

    def _forget(self, now: float) -> None:
        """Drop addresses that have been quiet; under a flood from many, drop all."""
        quiet = [a for a, asked in self._asked.items() if now - asked[-1] >= self._seconds]
        for address in quiet:
            del self._asked[address]
        if len(self._asked) >= MOST_ADDRESSES:
            self._asked.clear()
