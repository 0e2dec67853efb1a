"""From the open command to the closed arm: releasing, passing, clearing, fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from gate.core.lane import effects as fx
from gate.core.lane.arrival import stays_free
from gate.core.lane.events import (
    BarrierPresence,
    BarrierReported,
    CaptureStored,
    CommandAnswered,
    CommandLost,
    LoopEntry,
    OfficerActed,
    OfficerAction,
    Tick,
)
from gate.core.lane.moves import (
    ARM_BROKEN,
    ARM_UP,
    NOT_SEEN_LEAVING,
    Result,
    add_look,
    add_next_look,
    alarm,
    end,
    enter,
    ignore,
    report,
    rest_again,
    to_officer,
)
from gate.core.lane.rest import barrier_at_rest
from gate.core.lane.state import Arm, Lane, Phase
from schemas.policy import Policy
from schemas.transit import TransitEnd

REFUSED = "refused"


def answered(lane: Lane, event: CommandAnswered, _policy: Policy, _fresh: UUID) -> Result:
    """The barrier's word on the open command."""
    if event.decision != lane.decision:
        return ignore(lane, f"answers decision {event.decision}, not the current one")
    if event.result == REFUSED:
        text = f"the barrier refused to open: {event.reason or 'no reason given'}"
        return to_officer(lane, event.at, text, alarm(lane, "BARRIER_REFUSED", text))
    return enter(lane, Phase.PASSING, event.at), ()


def command_lost(lane: Lane, event: CommandLost, _policy: Policy, _fresh: UUID) -> Result:
    """No answer: the arm stays closed as far as anyone knows, and an officer is called."""
    if event.decision != lane.decision:
        return ignore(lane, f"is about decision {event.decision}, not the current one")
    text = f"the barrier gave no answer: {event.why}"
    return to_officer(lane, event.at, text, alarm(lane, "BARRIER_NO_ANSWER", text))


def releasing_barrier(lane: Lane, event: BarrierReported, _policy: Policy, _fresh: UUID) -> Result:
    """The arm's own word counts even where the answer was lost."""
    before = lane
    lane = report(lane, event)
    if event.arm in ARM_UP:
        return replace(enter(lane, Phase.PASSING, event.at), opened=True), ()
    if _lost(before, event):
        return _break(lane, event)
    return lane, ()


def releasing_tick(lane: Lane, event: Tick, policy: Policy, _fresh: UUID) -> Result:
    """Releasing must not last: the deadline ends with the officer."""
    if event.at - lane.since > timedelta(milliseconds=policy.deadlines.releasing_ms):
        text = "the barrier did not open in time"
        return to_officer(lane, event.at, text, alarm(lane, "BARRIER_NO_ANSWER", text))
    return lane, ()


def moving_presence(lane: Lane, event: BarrierPresence, _policy: Policy, _fresh: UUID) -> Result:
    """The barrier drops off the network while the truck is under it."""
    lane = replace(lane, barrier=replace(lane.barrier, online=event.online))
    if event.online:
        return lane, (fx.ClearAlarm(kind="BARRIER_OFFLINE"),)
    raised = alarm(lane, "BARRIER_OFFLINE", "the barrier went offline during a passage")
    if lane.phase is Phase.RELEASING:
        return to_officer(lane, event.at, "the barrier went offline", raised)
    return lane, (raised,)


def passing_barrier(lane: Lane, event: BarrierReported, _policy: Policy, fresh: UUID) -> Result:
    """Follow the arm and the loops until the arm is down again."""
    before = lane.barrier
    lost = _lost(lane, event)
    lane = report(lane, event)
    occupied = event.loop_safety or event.loop_exit
    entered_again = event.loop_safety and not before.loop_safety and lane.exit_cleared
    lane = replace(
        lane,
        opened=lane.opened or event.arm in ARM_UP,
        vehicle_in_gate=lane.vehicle_in_gate or occupied,
        exit_cleared=lane.exit_cleared or (before.loop_exit and not event.loop_exit),
        phase=Phase.PASSING if event.arm in ARM_UP else lane.phase,
    )
    if lost:
        return _break(lane, event)
    if entered_again and event.arm in ARM_UP:
        text = "a second vehicle drove in behind the released one"
        doubt = f"{text}: see who stands here and who went through"
        return replace(lane, doubt=doubt), (alarm(lane, "TAILGATING", text),)
    if event.arm is Arm.CLOSING and lane.phase is Phase.PASSING:
        return enter(lane, Phase.CLEARING, event.at), ()
    if event.arm is Arm.CLOSED and lane.opened:
        return _arm_down(lane, event, fresh)
    return lane, ()


def _arm_down(lane: Lane, event: BarrierReported, fresh: UUID) -> Result:
    if lane.vehicle_in_gate:
        return end(lane, TransitEnd.DEPARTED, event.at, fresh)
    text = "the arm came down again but no vehicle passed"
    return to_officer(
        replace(lane, opened=False), event.at, text, alarm(lane, "DID_NOT_PASS", text)
    )


def _lost(before: Lane, event: BarrierReported) -> bool:
    """True where the arm broke down, or lost its power on the way: nobody knows where it is."""
    if event.arm in ARM_BROKEN:
        return True
    return event.arm is Arm.UNKNOWN and before.barrier.arm is not Arm.UNKNOWN


def _break(lane: Lane, event: BarrierReported) -> Result:
    text = f"the barrier reports {event.arm} during a passage"
    raised = alarm(lane, "BARRIER_FAULT", text)
    called = fx.CallOfficer(transit=lane.transit, why=text)
    return enter(lane, Phase.FAULT, event.at), (raised, called)


def loop_behind(lane: Lane, event: LoopEntry, _policy: Policy, _fresh: UUID) -> Result:
    """The entry loop while a truck passes: occupied again means that the next one waits.

    When it fell free is kept: a truck that never reached the arm has backed out.
    """
    waiting = lane.next_waiting or (event.occupied and not lane.loop_entry)
    left = None if event.occupied else event.at
    waits = waiting and event.occupied
    return replace(lane, loop_entry=event.occupied, next_waiting=waits, left_at=left), ()


def picture_behind(lane: Lane, event: CaptureStored, _policy: Policy, _fresh: UUID) -> Result:
    """A picture while a truck passes: of the next one, if one waits."""
    return add_next_look(lane, event) if lane.next_waiting else add_look(lane, event)


def passing_tick(lane: Lane, event: Tick, policy: Policy, _fresh: UUID) -> Result:
    """A passage that does not end is a fault; the arm is the device's own affair."""
    if event.at - lane.since > timedelta(milliseconds=policy.deadlines.passing_ms):
        text = "the vehicle has stood in the gate too long"
        called = fx.CallOfficer(transit=lane.transit, why=text)
        return enter(lane, Phase.FAULT, event.at), (alarm(lane, "PASSING_TOO_LONG", text), called)
    return lane, ()


def clearing_tick(lane: Lane, event: Tick, policy: Policy, _fresh: UUID) -> Result:
    """Clearing ends with a closed arm; where a truck was sent away, with a free loop."""
    overdue = event.at - lane.since > timedelta(milliseconds=policy.deadlines.clearing_ms)
    if lane.transit is None:
        if not (overdue if lane.loop_entry else stays_free(lane, event)):
            return lane, ()
        if lane.loop_entry and not lane.doubt:
            # It may still stand here: a further picture of it must not be decided on anew.
            lane = replace(lane, doubt=NOT_SEEN_LEAVING)
        return rest_again(lane, event.at), ()
    if overdue:
        text = "the arm did not come down in time"
        called = fx.CallOfficer(transit=lane.transit, why=text)
        return enter(lane, Phase.FAULT, event.at), (alarm(lane, "BARRIER_NOT_CLOSED", text), called)
    return lane, ()


def clearing_barrier(lane: Lane, event: BarrierReported, policy: Policy, fresh: UUID) -> Result:
    """Clearing after a passage follows the arm; after a truck was sent away nothing may move."""
    if lane.transit is None:
        return barrier_at_rest(lane, event, policy, fresh)
    return passing_barrier(lane, event, policy, fresh)


def clearing_loop(lane: Lane, event: LoopEntry, _policy: Policy, _fresh: UUID) -> Result:
    """A referred or turned-back truck leaves the entry loop: free once the loop stays so, as a
    gap between two axles and a chattering loop must not make a new truck of it.
    """
    if lane.transit is not None:
        return loop_behind(lane, event, _policy, _fresh)
    left = None if event.occupied else event.at
    return replace(lane, loop_entry=event.occupied, left_at=left), ()


def fault_barrier(lane: Lane, event: BarrierReported, _policy: Policy, fresh: UUID) -> Result:
    """Out of the fault once the arm is down and both loops are free."""
    lane = report(lane, event)
    if event.loop_safety or event.loop_exit:
        lane = replace(lane, vehicle_in_gate=True)
    if event.arm is not Arm.CLOSED or event.loop_safety or event.loop_exit:
        return lane, ()
    return _recover(lane, event, fresh)


def fault_officer(lane: Lane, event: OfficerActed, _policy: Policy, fresh: UUID) -> Result:
    """An officer may declare the fault over, where the arm is known to be down."""
    if event.action is not OfficerAction.RESET:
        return ignore(lane, "the lane is in fault: reset it first")
    if lane.barrier.arm is not Arm.CLOSED:
        return ignore(lane, f"the arm is {lane.barrier.arm}, not closed")
    return _recover(lane, event, fresh)


def _recover(lane: Lane, event: BarrierReported | OfficerActed, fresh: UUID) -> Result:
    cleared = (fx.ClearAlarm(kind="BARRIER_FAULT"), fx.ClearAlarm(kind="BARRIER_NOT_CLOSED"))
    if lane.transit is None:
        return rest_again(lane, event.at), cleared
    if lane.vehicle_in_gate:
        lane, effects = end(lane, TransitEnd.DEPARTED, event.at, fresh)
    else:
        lane, effects = to_officer(lane, event.at, "the barrier is well again; look at the truck")
    return lane, (*cleared, *effects)


def fault_tick(lane: Lane, event: Tick, policy: Policy, _fresh: UUID) -> Result:
    """A fault that nobody clears alarms again."""
    if event.at - lane.since > timedelta(milliseconds=policy.deadlines.with_officer_ms):
        raised = alarm(lane, "FAULT_STANDS", "the lane is still in fault")
        return enter(lane, Phase.FAULT, event.at), (raised,)
    return lane, ()
