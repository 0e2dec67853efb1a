"""The scale's and the seal reader's words about the truck at the lane."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gate.core.lane.events import SealsRead, Weighed
from gate.core.lane.moves import Result, ask, complete
from gate.core.lane.state import Lane, Phase
from schemas.policy import Policy
from schemas.transit import SeenWeight

EMPTY_KG = 300
"""Less than this is an empty scale, not a vehicle."""
APART_KG = 200
"""Two weights closer than this are one: ten intervals of a usual truck scale (20 kg), and below
any tolerance that a gate would set.
"""


def weighed(lane: Lane, event: Weighed, policy: Policy, _fresh: UUID) -> Result:
    """Keep the weight of the truck that stands there; a repeat changes nothing."""
    new = SeenWeight(gross_kg=event.gross_kg, stable=event.stable)
    if event.gross_kg < EMPTY_KG or not _news(lane.weight, new):
        return lane, ()
    return _again(replace(lane, weight=new), event.at, policy, counts=event.stable)


def seals_read(lane: Lane, event: SealsRead, policy: Policy, _fresh: UUID) -> Result:
    """Keep what was found; each account is the whole one and replaces the last."""
    if event.seals == lane.seals:
        return lane, ()
    return _again(replace(lane, seals=event.seals), event.at, policy, counts=True)


def nobody_there(lane: Lane, _event: Weighed | SealsRead, _policy: Policy, _f: UUID) -> Result:
    """No truck stands still here: the scale is empty, or the truck is on its way out."""
    return lane, ()


def _news(old: SeenWeight | None, new: SeenWeight) -> bool:
    if old is None or old.stable != new.stable:
        return True
    return new.stable and abs(old.gross_kg - new.gross_kg) >= APART_KG


def _again(lane: Lane, at: datetime, policy: Policy, *, counts: bool) -> Result:
    """A decision that waited for this is asked for, one that was made without it anew.

    The deadline of one under way stays: a restless scale must not put it off for ever.
    """
    if lane.phase is Phase.READING:
        return ask(lane, at) if complete(lane, policy) else (lane, ())
    if lane.phase is Phase.DECIDING:
        asked, effects = ask(lane, at)
        return replace(asked, since=lane.since), effects
    open_case = lane.phase is Phase.WITH_OFFICER and not lane.held_by and not lane.closed
    settled = bool(lane.looks) and all(look.done for look in lane.looks)
    if counts and open_case and settled:
        return ask(lane, at)
    return lane, ()
