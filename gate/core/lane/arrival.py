"""From the empty lane to the decision: idle, arriving, reading, deciding, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from gate.core.lane.events import (
    CaptureRead,
    CaptureStored,
    Decided,
    DecisionFailed,
    LoopEntry,
    OfficerActed,
    OfficerAction,
    Tick,
)
from gate.core.lane.moves import (
    Result,
    add_look,
    alarm,
    ask,
    complete,
    end,
    ignore,
    mark_read,
    measuring,
    open_for,
    start,
    to_officer,
)
from gate.core.lane.state import Lane, Look, Phase
from schemas.policy import Policy
from schemas.transit import Outcome, TransitEnd

REVERSED_OUT = timedelta(seconds=3)
"""How long the entry loop must stay free before the truck counts as gone: shorter
gaps are a chattering loop or the gap between two axles."""


def vehicle_at_rest(lane: Lane, event: LoopEntry, _policy: Policy, fresh: UUID) -> Result:
    """The entry loop of a lane without a transit."""
    lane = replace(lane, loop_entry=event.occupied)
    if not event.occupied:
        return lane, ()
    return start(lane, fresh, event.at)


def picture_at_rest(lane: Lane, event: CaptureStored, _policy: Policy, fresh: UUID) -> Result:
    """A picture on a lane without a transit: a lane may have no entry loop."""
    return start(lane, fresh, event.at, (Look(capture=event.capture, role=event.role),))


def stray_reading(lane: Lane, event: CaptureRead, _policy: Policy, _fresh: UUID) -> Result:
    """A reading that comes after its transit ended."""
    return ignore(lane, f"capture {event.capture} belongs to no open transit")


def loop_while_open(lane: Lane, event: LoopEntry, _policy: Policy, _fresh: UUID) -> Result:
    """The entry loop while the truck should stand on it."""
    left = None if event.occupied else event.at
    return replace(lane, loop_entry=event.occupied, left_at=left), ()


def reversed_out(lane: Lane, event: Tick) -> bool:
    """True where the truck has left the way it came."""
    return lane.left_at is not None and stays_free(lane, event) and not lane.barrier.loop_safety


def stays_free(lane: Lane, event: Tick) -> bool:
    """True where the entry loop has been free for long enough, or was never occupied."""
    gone = lane.left_at is None or event.at - lane.left_at > REVERSED_OUT
    return gone and not lane.loop_entry


def first_picture(lane: Lane, event: CaptureStored, _policy: Policy, _fresh: UUID) -> Result:
    """A picture while arriving: reading begins."""
    lane, effects = add_look(lane, event)
    return replace(lane, phase=Phase.READING, since=event.at), effects


def another_picture(lane: Lane, event: CaptureStored, _policy: Policy, _fresh: UUID) -> Result:
    """A further picture of the truck at the lane."""
    return add_look(lane, event)


def reading_came(lane: Lane, event: CaptureRead, policy: Policy, _fresh: UUID) -> Result:
    """A reading while reading: decide once every wanted role was read."""
    lane = mark_read(lane, event)
    return ask(lane, event.at) if complete(lane, policy) else (lane, ())


def reading_noted(lane: Lane, event: CaptureRead, _policy: Policy, _fresh: UUID) -> Result:
    """A reading that comes while a decision is under way or the truck moves: kept."""
    return mark_read(lane, event), ()


def arriving_tick(lane: Lane, event: Tick, policy: Policy, fresh: UUID) -> Result:
    """Arriving: the truck leaves again, or no picture comes in time."""
    if reversed_out(lane, event):
        return end(lane, TransitEnd.ABORTED, event.at, fresh)
    if event.at - lane.since > timedelta(milliseconds=policy.deadlines.arriving_ms):
        raised = alarm(
            lane, "NO_PICTURE", "a vehicle stands at the lane but no camera sent a picture"
        )
        return to_officer(lane, event.at, "no picture came", raised)
    return lane, ()


def reading_tick(lane: Lane, event: Tick, policy: Policy, fresh: UUID) -> Result:
    """Reading: decide with what there is once it has settled, or at the deadline."""
    if reversed_out(lane, event):
        return end(lane, TransitEnd.TURNED_BACK, event.at, fresh)
    waited = event.at - lane.since
    all_done = bool(lane.looks) and all(look.done for look in lane.looks)
    settled = waited > timedelta(milliseconds=policy.deadlines.settle_ms)
    settled = settled and not measuring(lane, policy)
    if (all_done and settled) or waited > timedelta(milliseconds=policy.deadlines.reading_ms):
        return ask(lane, event.at)
    return lane, ()


def deciding_tick(lane: Lane, event: Tick, policy: Policy, _fresh: UUID) -> Result:
    """Deciding: no answer in time is an officer's case."""
    if event.at - lane.since > timedelta(milliseconds=policy.deadlines.deciding_ms):
        raised = alarm(lane, "SYSTEM_DEGRADED", "no decision came in time")
        return to_officer(lane, event.at, "no decision came in time", raised)
    return lane, ()


def decided(lane: Lane, event: Decided, _policy: Policy, _fresh: UUID) -> Result:
    """The decision came: open, or hand over to the officer."""
    if event.serial != lane.serial:
        return ignore(lane, f"answers request {event.serial}; the current one is {lane.serial}")
    if event.outcome is Outcome.RELEASE and lane.manual:
        lane = replace(lane, decision=event.decision)
        return to_officer(lane, event.at, "the lane is worked by hand")
    if event.outcome is Outcome.RELEASE:
        return open_for(lane, event.decision, event.at)
    lane = replace(lane, decision=event.decision)
    return to_officer(lane, event.at, f"{event.outcome}: {', '.join(event.codes)}")


def decision_failed(lane: Lane, event: DecisionFailed, _policy: Policy, _fresh: UUID) -> Result:
    """The decision could not be made: closed, and an officer is called."""
    if event.serial != lane.serial:
        return ignore(lane, f"answers request {event.serial}; the current one is {lane.serial}")
    raised = alarm(lane, "SYSTEM_DEGRADED", f"no decision could be made: {event.why}")
    return to_officer(lane, event.at, event.why, raised)


def officer_early(lane: Lane, event: OfficerActed, _policy: Policy, fresh: UUID) -> Result:
    """An officer steps in before the machine has decided: holds or sends away, never opens."""
    if event.transit != lane.transit:
        return ignore(lane, "the act is about another truck")
    if event.action is OfficerAction.HOLD:
        lane = replace(lane, held_by=event.officer)
        return to_officer(lane, event.at, f"held by {event.officer}")
    if event.action is OfficerAction.REFER:
        return end(lane, TransitEnd.REFERRED_OUT, event.at, fresh, leaving=True)
    if event.action is OfficerAction.TURN_BACK:
        return end(lane, TransitEnd.TURNED_BACK, event.at, fresh, leaving=True)
    return ignore(lane, f"{event.action} is possible once the truck is with the officer")
