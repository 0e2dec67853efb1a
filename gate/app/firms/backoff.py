"""When to try again: ever longer, spread, and not for ever."""

from __future__ import annotations

from datetime import timedelta

MOST_TRIES = 10
_FIRST_S = 10.0
_LONGEST_S = 6 * 3600.0


def wait(tries: int, spread: float) -> timedelta:
    """How long to wait after ``tries`` failures; ``spread`` (0 to 1) keeps many from coming back
    at one instant. Ten tries take a little over a day.
    """
    longest = min(_LONGEST_S, _FIRST_S * 4.0 ** (tries - 1))
    return timedelta(seconds=longest * (0.75 + 0.5 * spread))
