"""Moves that several phases share: entering a phase, taking looks, ending a transit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gate.core.lane import effects as fx
from gate.core.lane.events import BarrierReported, CaptureRead, CaptureStored
from gate.core.lane.state import Arm, Lane, Look, Phase
from schemas.policy import Policy
from schemas.transit import TransitEnd

Result = tuple[Lane, tuple[fx.Effect, ...]]


def enter(lane: Lane, phase: Phase, at: datetime) -> Lane:
    """The lane in a new phase that began at ``at``."""
    return replace(lane, phase=phase, since=at)


def rest_again(lane: Lane, at: datetime) -> Lane:
    """The lane without a truck: idle, or closed where staff closed it."""
    return replace(enter(lane, Phase.CLOSED if lane.closed else Phase.IDLE, at), left_at=None)


def ignore(lane: Lane, because: str) -> Result:
    """Nothing changes; the reason is kept with the event."""
    return lane, (fx.Ignore(because=because),)


def start(lane: Lane, fresh: UUID, at: datetime, looks: tuple[Look, ...] = ()) -> Result:
    """Begin a transit with the looks that already belong to it."""
    begun = replace(
        lane,
        transit=fresh,
        looks=looks,
        first_look_at=at if looks else None,
        decision=None,
        corrected_plate="",
        held_by="",
        left_at=None,
        vehicle_in_gate=False,
        exit_cleared=False,
        opened=False,
        next_waiting=False,
        next_looks=(),
        weight=None,
        seals=None,
    )
    attached = tuple(fx.AttachCapture(transit=fresh, capture=look.capture) for look in looks)
    effects: tuple[fx.Effect, ...] = (fx.StartTransit(transit=fresh), *attached)
    why = "a vehicle stands at a closed lane" if lane.closed else lane.doubt
    if why:
        # Held by nobody in person: a late reading must not let the machine decide after all.
        begun = replace(begun, doubt="", held_by="the lane")
        called = fx.CallOfficer(transit=fresh, why=why)
        return enter(begun, Phase.WITH_OFFICER, at), (*effects, called)
    return enter(begun, Phase.READING if looks else Phase.ARRIVING, at), effects


def add_look(lane: Lane, event: CaptureStored) -> Result:
    """Attach a stored capture to the transit under way."""
    transit = lane.transit
    if transit is None or any(k.capture == event.capture for k in lane.looks):
        return ignore(lane, "the capture is known already, or its vehicle has been sent away")
    look = Look(capture=event.capture, role=event.role)
    lane = replace(lane, looks=(*lane.looks, look), first_look_at=lane.first_look_at or event.at)
    return lane, (fx.AttachCapture(transit=transit, capture=event.capture),)


def add_next_look(lane: Lane, event: CaptureStored) -> Result:
    """Keep a capture for the vehicle that waits behind."""
    look = Look(capture=event.capture, role=event.role)
    return replace(lane, next_looks=(*lane.next_looks, look)), ()


def mark_read(lane: Lane, event: CaptureRead) -> Lane:
    """The lane with the capture's reading noted, whichever vehicle it belongs to."""

    def note(look: Look) -> Look:
        if look.capture != event.capture:
            return look
        return replace(
            look,
            done=True,
            text=event.text,
            confidence=event.confidence,
            failure=event.failure,
        )

    return replace(
        lane,
        looks=tuple(note(look) for look in lane.looks),
        next_looks=tuple(note(look) for look in lane.next_looks),
    )


def complete(lane: Lane, policy: Policy) -> bool:
    """True where every wanted role was read, no look is still being read, no measure awaited."""
    read = {look.role for look in lane.looks if look.text}
    looked = bool(lane.looks) and all(k.done for k in lane.looks) and read >= set(policy.roles)
    return looked and not measuring(lane, policy)


def measuring(lane: Lane, policy: Policy) -> bool:
    """True while a measure that the policy requires is missing, or the scale is not at rest."""
    restless = lane.weight is not None and not lane.weight.stable
    unweighed = lane.weight is None and "weight" in policy.require
    return restless or unweighed or (lane.seals is None and "seal" in policy.require)


def ask(lane: Lane, at: datetime) -> Result:
    """Ask for a decision with what has been read so far."""
    if lane.transit is None:
        return ignore(lane, "there is no transit to decide on")
    asked = replace(enter(lane, Phase.DECIDING, at), serial=lane.serial + 1)
    decide = fx.Decide(
        transit=lane.transit, serial=asked.serial, corrected_plate=lane.corrected_plate
    )
    return asked, (decide,)


def to_officer(lane: Lane, at: datetime, why: str, *more: fx.Effect) -> Result:
    """Hand the truck to the officer; the arm stays where it is."""
    called = fx.CallOfficer(transit=lane.transit, why=why)
    return enter(lane, Phase.WITH_OFFICER, at), (called, *more)


def alarm(lane: Lane, kind: str, text: str) -> fx.RaiseAlarm:
    """An alarm about this lane's current transit."""
    return fx.RaiseAlarm(kind=kind, text=text, transit=lane.transit)


def open_for(lane: Lane, decision: UUID, at: datetime) -> Result:
    """Order the arm up for a release decision, if the barrier is fit for it."""
    lane = replace(lane, decision=decision)
    if lane.transit is None:
        return ignore(lane, "there is no transit to release")
    if not lane.barrier.may_open:
        why = _unfit(lane)
        raised = alarm(lane, "BARRIER_NOT_READY", f"released, but the barrier can't open: {why}")
        return to_officer(lane, at, f"the barrier can't open: {why}", raised)
    order = fx.OpenBarrier(transit=lane.transit, decision=decision)
    return enter(lane, Phase.RELEASING, at), (order,)


def _unfit(lane: Lane) -> str:
    if not lane.barrier.online:
        return "it is offline"
    if lane.barrier.local_control:
        return "it is under local control"
    return f"its arm is {lane.barrier.arm}"


def report(lane: Lane, event: BarrierReported) -> Lane:
    """The lane with the barrier's newest word. Its presence is told by its status alone: a
    retained state outlives the device.
    """
    since = lane.safety_since
    if event.loop_safety != lane.barrier.loop_safety:
        since = event.at if event.loop_safety else None
    seen = replace(
        lane.barrier,
        arm=event.arm,
        loop_safety=event.loop_safety,
        loop_exit=event.loop_exit,
        local_control=event.local_control,
    )
    return replace(lane, barrier=seen, safety_since=since)


def end(lane: Lane, how: TransitEnd, at: datetime, fresh: UUID, *, leaving: bool = False) -> Result:
    """End the transit; the vehicle that waits behind comes up at once.

    ``leaving`` means that the vehicle still stands at the entry (referred, turned
    back): the lane clears before the next one. Without an entry loop nobody sees it go, and
    what stands here next is the officer's.
    """
    if lane.transit is None:
        return ignore(lane, "there is no transit to end")
    ended = fx.EndTransit(transit=lane.transit, end=how)
    empty = replace(
        lane,
        transit=None,
        looks=(),
        first_look_at=None,
        decision=None,
        held_by="",
        left_at=None,
        vehicle_in_gate=False,
        exit_cleared=False,
        opened=False,
        corrected_plate="",
        weight=None,
        seals=None,
        freed_at=lane.freed_at if how is TransitEnd.DEPARTED else at,
    )
    if leaving and (lane.loop_entry or lane.left_at is not None):
        return enter(replace(empty, left_at=lane.left_at), Phase.CLEARING, at), (ended,)
    if leaving and not lane.doubt:
        empty = replace(empty, doubt=NOT_SEEN_LEAVING)
    if lane.next_waiting or lane.next_looks:
        following, effects = start(empty, fresh, at, lane.next_looks)
        return following, (ended, *effects)
    return rest_again(empty, at), (ended,)


NOT_SEEN_LEAVING = "a truck was sent away and not seen to leave: see which one stands here"
ARM_UP = frozenset({Arm.OPENING, Arm.OPEN})
ARM_BROKEN = frozenset({Arm.FAULT, Arm.STOPPED})
