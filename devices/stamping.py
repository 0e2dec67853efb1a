"""Stamps for outgoing messages: fresh id, next sequence number, the clock's time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from schemas.ids import check_key_id, check_uuid, uuid7
from schemas.stamp import Stamp

_RANDOM_BYTES = 10


def wall_ms() -> int:
    """Milliseconds since 1970 UTC by this machine's clock."""
    return time.time_ns() // 1_000_000


def fresh_id(ms: int | None = None) -> str:
    """A version 7 UUID for now (or for ``ms``), with the system's randomness."""
    return uuid7(wall_ms() if ms is None else ms, os.urandom(_RANDOM_BYTES))


class Stamper:
    """Makes the stamps of one sender from its start on.

    ``boot`` names this start; a new stamper has a new one. ``now_ms`` and ``randomness`` can be
    given so that tests and simulations repeat themselves. Not for use from several threads.
    """

    def __init__(
        self,
        key: str,
        *,
        boot: str | None = None,
        now_ms: Callable[[], int] = wall_ms,
        randomness: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.key = check_key_id(key)
        self._now_ms = now_ms
        self._randomness = randomness
        self.boot = check_uuid(boot or uuid7(now_ms(), randomness(_RANDOM_BYTES)), "boot")
        self._seq = 0

    def fresh_id(self) -> str:
        """A new version 7 UUID that stamps nothing (a burst, say)."""
        return uuid7(self._now_ms(), self._randomness(_RANDOM_BYTES))

    def next(self) -> Stamp:
        """The stamp of the next message."""
        now = self._now_ms()
        self._seq += 1
        message_id = uuid7(now, self._randomness(_RANDOM_BYTES))
        return Stamp(id=message_id, seq=self._seq, boot=self.boot, at=now, key=self.key)
