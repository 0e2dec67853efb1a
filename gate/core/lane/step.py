"""One step of a lane: the only way its state changes."""

from __future__ import annotations

from uuid import UUID

from gate.core.lane.effects import Effect
from gate.core.lane.events import Event
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
    result: tuple[Lane, tuple[Effect, ...]] = TABLE[lane.phase, type(event)](
        lane, event, policy, fresh
    )
    return result
