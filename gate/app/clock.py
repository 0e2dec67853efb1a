"""Where time and ids come from: the shell's only sources, passed in so that tests can set them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from devices.stamping import fresh_id


def utc_now() -> datetime:
    """The wall clock, UTC: for facts. Deadlines use ``monotonic``."""
    return datetime.now(UTC)


def fresh() -> UUID:
    """A new version 7 UUID."""
    return UUID(fresh_id())


def from_ms(ms: int) -> datetime:
    """A wire time (ms since 1970 UTC) as a datetime; far-off values are clamped."""
    return datetime.fromtimestamp(min(max(ms, 0), 32_503_680_000_000) / 1000, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The clock and id source of one service."""

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    fresh: Callable[[], UUID] = fresh
