"""Events that mean the same in every phase, and the lane that stands empty."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from gate.core.lane import effects as fx
from gate.core.lane.events import (
    BarrierPresence,
    BarrierReported,
    CommandAnswered,
    CommandLost,
    Decided,
    DecisionFailed,
    LaneClosed,
    LaneManual,
    LaneOpened,
    OfficerActed,
    PartTroubled,
    Restarted,
    Tick,
)
from gate.core.lane.moves import (
    ARM_BROKEN,
    ARM_UP,
    Result,
    alarm,
    enter,
    ignore,
    report,
    to_officer,
)
from gate.core.lane.state import Arm, BarrierSeen, Lane, Phase
from schemas.policy import Policy

MOVING = frozenset({Phase.PASSING, Phase.CLEARING, Phase.FAULT})


def barrier_at_rest(lane: Lane, event: BarrierReported, _policy: Policy, _fresh: UUID) -> Result:
    """The barrier's word while no command is out: an arm that rises now was not asked to."""
    lane = report(lane, event)
    if event.arm in ARM_UP and not event.local_control:
        text = f"the arm is {event.arm} though nobody ordered it"
        raised = alarm(lane, "BARRIER_OPEN_UNASKED", text)
        return lane, (raised,)
    if event.arm in ARM_BROKEN:
        return lane, (alarm(lane, "BARRIER_FAULT", f"the barrier reports {event.arm}"),)
    if event.arm is Arm.CLOSED:
        return lane, (
            fx.ClearAlarm(kind="BARRIER_OPEN_UNASKED"),
            fx.ClearAlarm(kind="BARRIER_FAULT"),
        )
    return lane, ()


def presence(lane: Lane, event: BarrierPresence, _policy: Policy, _fresh: UUID) -> Result:
    """The barrier's presence while nothing moves."""
    lane = replace(lane, barrier=replace(lane.barrier, online=event.online))
    if event.online:
        return lane, (fx.ClearAlarm(kind="BARRIER_OFFLINE"),)
    return lane, (alarm(lane, "BARRIER_OFFLINE", "the barrier is offline; it stays as it is"),)


def restarted(lane: Lane, event: Restarted, _policy: Policy, _fresh: UUID) -> Result:
    """After a restart nothing is known of the arm, and no old command is sent."""
    lane = replace(lane, barrier=BarrierSeen())
    if lane.transit is None or lane.phase in MOVING:
        return lane, ()
    # Held: what comes late now must not let the machine open without the officer's look after all.
    lane = replace(lane, held_by=lane.held_by or "the lane")
    return to_officer(lane, event.at, "the service restarted while this truck was at the lane")


def opened(lane: Lane, event: LaneOpened, _policy: Policy, _fresh: UUID) -> Result:
    """Staff open the lane."""
    lane = replace(lane, closed=False)
    return (enter(lane, Phase.IDLE, event.at) if lane.phase is Phase.CLOSED else lane), ()


def closed(lane: Lane, event: LaneClosed, _policy: Policy, _fresh: UUID) -> Result:
    """Staff close the lane: the truck at hand is finished first."""
    lane = replace(lane, closed=True)
    return (enter(lane, Phase.CLOSED, event.at) if lane.phase is Phase.IDLE else lane), ()


def manual(lane: Lane, event: LaneManual, _policy: Policy, _fresh: UUID) -> Result:
    """Staff take the lane into their own hands: a decision under way opens nothing more."""
    lane = replace(lane, manual=event.on)
    if event.on and lane.phase in (Phase.READING, Phase.DECIDING):
        return to_officer(lane, event.at, f"the lane is worked by hand by {event.by}")
    return lane, ()


def troubled(lane: Lane, event: PartTroubled, _policy: Policy, _fresh: UUID) -> Result:
    """An alarm about a part; where it makes the truck's evidence doubtful an officer looks.

    Once the arm was ordered up it is the next truck's evidence that is doubted.
    """
    raised = alarm(lane, event.kind, event.text)
    if not event.doubt:
        return lane, (raised,)
    if lane.phase in (Phase.ARRIVING, Phase.READING, Phase.DECIDING):
        return to_officer(replace(lane, held_by="the lane"), event.at, event.doubt, raised)
    if lane.phase is Phase.WITH_OFFICER:
        return replace(lane, held_by=lane.held_by or "the lane"), (raised,)
    return replace(lane, doubt=lane.doubt or event.doubt), (raised,)


def quiet_tick(lane: Lane, _event: Tick, _policy: Policy, _fresh: UUID) -> Result:
    """An empty lane has no deadline: it waits."""
    return lane, ()


def no_truck(lane: Lane, _event: OfficerActed, _policy: Policy, _fresh: UUID) -> Result:
    """An officer's act without a truck that it could be about."""
    return ignore(lane, "there is no truck at the lane, or it is already moving")


def not_asked(
    lane: Lane, _event: Decided | DecisionFailed, _policy: Policy, _fresh: UUID
) -> Result:
    """A decision that nobody waits for."""
    return ignore(lane, "the lane no longer waits for a decision")


def not_sent(
    lane: Lane, _event: CommandAnswered | CommandLost, _policy: Policy, _fresh: UUID
) -> Result:
    """A command's answer that nobody waits for."""
    return ignore(lane, "the lane no longer waits for this answer")
