"""How often a key may call: a token bucket a key, in this process."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

MOST = 10_000
"""Buckets that are kept: the ones used last. A key that comes back finds a full bucket."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a call may go on, and what the headers say. ``wait_s`` until the next may."""

    allowed: bool
    limit: int
    remaining: int
    reset_s: int
    wait_s: int

    @property
    def headers(self) -> dict[str, str]:
        """``RateLimit-*`` (IETF draft, httpapi) and, where refused, ``Retry-After``."""
        found = {
            "RateLimit-Limit": str(self.limit), "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }  # fmt: skip
        return found if self.allowed else {**found, "Retry-After": str(self.wait_s)}


class Limits:
    """Buckets of ``burst`` tokens that fill at ``a_minute``."""

    def __init__(self, a_minute: int, burst: int) -> None:
        self._rate = a_minute / 60
        self._burst = burst
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def take(self, who: Hashable, now: float) -> Verdict:
        """Take a token at this monotonic time (seconds), if there is one."""
        bucket = self._filled(who, now)
        allowed = bucket.tokens >= 1
        if allowed:
            bucket.tokens -= 1
        missing = self._burst - bucket.tokens
        return Verdict(
            allowed=allowed, limit=self._burst, remaining=int(bucket.tokens),
            reset_s=math.ceil(missing / self._rate),
            wait_s=max(1, math.ceil((1 - bucket.tokens) / self._rate)),
        )  # fmt: skip

    def empty(self, who: Hashable, now: float) -> bool:
        """Whether there is no token left; takes none."""
        return self._filled(who, now).tokens < 1

    def _filled(self, who: Hashable, now: float) -> _Bucket:
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = _Bucket(float(self._burst), now)
            if len(self._buckets) > MOST:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(who)
        bucket.tokens = min(self._burst, bucket.tokens + max(0.0, now - bucket.at) * self._rate)
        bucket.at = now
        return bucket
