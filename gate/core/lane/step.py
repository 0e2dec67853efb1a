"""One step of a lane: the only way its state changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from gate.core.lane.effects import Effect
from gate.core.lane.events import Event, Tick
from gate.core.lane.moves import alarm
from gate.core.lane.state import Lane
from gate.core.lane.table import TABLE
from schemas.policy import Policy


def step(lane: Lane, event: Event, policy: Policy, fresh: UUID) -> tuple[Lane, tuple[Effect, ...]]:
    """Answer one event.

    Args:
        lane: the state before; never changed in place.
        event: what happened, with its time (UTC).
        policy: the rules in force, for the deadlines and the wanted camera roles.
        fresh: an unused id, taken if the event begins a transit.

    Returns:
        The state after and the effects, to be performed once the state is committed.
        The same arguments always give the same result.
    """
    if isinstance(event, Tick):
        lane = _not_ahead(lane, event)
    result: tuple[Lane, tuple[Effect, ...]] = TABLE[lane.phase, type(event)](
        lane, event, policy, fresh
    )
    return watched(*result, event, policy) if isinstance(event, Tick) else result


def _not_ahead(lane: Lane, event: Tick) -> Lane:
    """Where the centre's clock was put back, what runs begins anew: no deadline waits for the
    hour to come round again.
    """
    left, under = lane.left_at, lane.safety_since
    if lane.since <= event.at and not any(t is not None and t > event.at for t in (left, under)):
        return lane
    return replace(
        lane,
        since=min(lane.since, event.at),
        left_at=None if left is None else min(left, event.at),
        safety_since=None if under is None else min(under, event.at),
    )


def watched(
    lane: Lane, effects: tuple[Effect, ...], event: Tick, policy: Policy
) -> tuple[Lane, tuple[Effect, ...]]:
    """Whatever the phase: a vehicle that stands under the arm too long alarms, once."""
    since = lane.safety_since
    if since is None or event.at - since <= timedelta(milliseconds=policy.deadlines.safety_ms):
        return lane, effects
    raised = alarm(lane, "SAFETY_LOOP_OCCUPIED", "a vehicle stands under the arm too long")
    return replace(lane, safety_since=None), (*effects, raised)
