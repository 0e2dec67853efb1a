"""Rules about the evidence itself: old, from a doubtful clock, or from a limping system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from gate.core.reasons import reason
from schemas.policy import Policy
from schemas.transit import Reason, Seen


def fresh(seen: Seen, policy: Policy, now: datetime) -> Iterator[Reason]:
    """Late pictures are evidence of the past, not of the truck that stands there now."""
    oldest = seen.oldest_capture_at
    if oldest is not None and now - oldest > timedelta(milliseconds=policy.evidence_max_age_ms):
        age = int((now - oldest).total_seconds())
        yield reason("EVIDENCE_LATE", f"the oldest picture is {age} s old", age=str(age))


def clocks(seen: Seen) -> Iterator[Reason]:
    """A device whose time can't be believed proves nothing about when."""
    if seen.clock_untrusted:
        devices = ", ".join(seen.clock_untrusted)
        yield reason("CLOCK_UNTRUSTED", f"the clock of {devices} is far off", devices=devices)


def system(seen: Seen) -> Iterator[Reason]:
    """A part of the system that was down when this truck was looked at."""
    if seen.degraded:
        parts = ", ".join(seen.degraded)
        yield reason("SYSTEM_DEGRADED", f"not available: {parts}", parts=parts)


def clone(seen: Seen) -> Iterator[Reason]:
    """The same vehicle can't be here if it is already inside."""
    if seen.already_inside:
        yield reason("CLONE_SUSPECTED", "a vehicle with this plate is already in a lane")
