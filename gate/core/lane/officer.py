"""The truck is with the officer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from gate.core.lane import effects as fx
from gate.core.lane.arrival import reversed_out
from gate.core.lane.events import (
    BarrierReported,
    CaptureRead,
    CommandAnswered,
    CommandLost,
    OfficerActed,
    OfficerAction,
    Tick,
)
from gate.core.lane.moves import (
    ARM_BROKEN,
    ARM_UP,
    Result,
    alarm,
    ask,
    end,
    enter,
    ignore,
    mark_read,
    open_for,
    report,
)
from gate.core.lane.state import Lane, Phase
from schemas.policy import Policy
from schemas.transit import TransitEnd


def officer_acted(lane: Lane, event: OfficerActed, _policy: Policy, fresh: UUID) -> Result:
    """Every act an officer has, with the truck before him."""
    if event.transit != lane.transit:
        return ignore(lane, "the act is about another truck")
    match event.action:
        case OfficerAction.RELEASE:
            if event.decision is None:
                return ignore(lane, "a release without a stored decision opens nothing")
            return open_for(replace(lane, held_by=event.officer), event.decision, event.at)
        case OfficerAction.HOLD:
            return replace(lane, held_by=event.officer), ()
        case OfficerAction.REFER:
            return end(lane, TransitEnd.REFERRED_OUT, event.at, fresh, leaving=True)
        case OfficerAction.TURN_BACK:
            return end(lane, TransitEnd.TURNED_BACK, event.at, fresh, leaving=True)
        case OfficerAction.CORRECT_PLATE:
            return ask(replace(lane, corrected_plate=event.plate, held_by=""), event.at)
        case OfficerAction.RESET:
            return ignore(lane, "there is no fault to reset")


def reading_with_officer(lane: Lane, event: CaptureRead, _policy: Policy, _fresh: UUID) -> Result:
    """A reading that comes late: decide anew, unless an officer has the truck in hand."""
    known = any(k.capture == event.capture and not k.done for k in lane.looks)
    lane = mark_read(lane, event)
    settled = all(look.done for look in lane.looks)
    if known and settled and event.text and not lane.held_by and not lane.closed:
        return ask(lane, event.at)
    return lane, ()


def officer_tick(lane: Lane, event: Tick, policy: Policy, fresh: UUID) -> Result:
    """The truck drives off backwards, or waits too long."""
    if reversed_out(lane, event):
        return end(lane, TransitEnd.TURNED_BACK, event.at, fresh)
    if event.at - lane.since > timedelta(milliseconds=policy.deadlines.with_officer_ms):
        raised = alarm(lane, "WAITS_TOO_LONG", "the truck has waited for an officer too long")
        return enter(lane, Phase.WITH_OFFICER, event.at), (raised,)
    return lane, ()


def barrier_with_officer(lane: Lane, event: BarrierReported, _policy: Policy, _f: UUID) -> Result:
    """The arm moves while the truck is held: reality is recorded, and it alarms."""
    lane = report(lane, event)
    if event.arm in ARM_UP:
        kind = "BARRIER_LOCAL_KEY" if event.local_control else "BARRIER_OPEN_UNASKED"
        raised = alarm(lane, kind, f"the arm is {event.arm} while the truck is with the officer")
        return replace(enter(lane, Phase.PASSING, event.at), opened=True), (raised,)
    if event.arm in ARM_BROKEN:
        return lane, (alarm(lane, "BARRIER_FAULT", f"the barrier reports {event.arm}"),)
    return lane, (fx.ClearAlarm(kind="BARRIER_FAULT"),)


def late_answer(
    lane: Lane, event: CommandAnswered | CommandLost, _policy: Policy, _fresh: UUID
) -> Result:
    """An answer after the lane gave the command up: recorded, not acted on."""
    return ignore(lane, f"the command of decision {event.decision} was already given up")
