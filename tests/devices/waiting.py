"""Waiting for a condition instead of sleeping for a guessed time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Return as soon as the condition holds; ``TimeoutError`` after the limit."""
    async with asyncio.timeout(limit_s):
        while not condition():  # noqa: ASYNC110 - the conditions are counters, not events
            await asyncio.sleep(0.02)
