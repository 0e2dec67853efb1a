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
    elif oldest is not None and seen.freed_at is not None and oldest < seen.freed_at:
        text = "a picture is older than this truck's coming: it may show the one before"
        yield reason("EVIDENCE_LATE", text)


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


def lane(seen: Seen) -> Iterator[Reason]:
    """A closed lane takes no traffic; at a manual one the machine opens for nobody."""
    if seen.lane_mode == "closed":
        yield reason("LANE_CLOSED", f"lane {seen.lane} is closed")
    elif seen.lane_mode == "manual":
        yield reason("LANE_MANUAL", f"lane {seen.lane} is worked by hand")


def queue(seen: Seen) -> Iterator[Reason]:
    """Has the queue called this truck?"""
    if seen.not_called:
        yield reason("QUEUE_JUMP", "this truck has not been called yet")
