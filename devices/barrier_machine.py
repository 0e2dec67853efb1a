"""The barrier's arm as a pure state machine: sensors, orders and time in, the next state out.

It runs inside the barrier, next to the motor, and trusts nothing but its own sensors: the safety
loop acts here, whatever the centre wants (EN 12453). Time is a monotonic clock in milliseconds,
passed in. The position is only ever told by the end switches, never inferred.

The motor follows from the state alone (:func:`drive`): up while opening, down while closing,
else stopped. So "the arm never closes while the safety loop is occupied" is a property of the
states that :func:`step` can reach.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from schemas.barrier_state import Arm, Cause
from schemas.commands import Action


class Drive(StrEnum):
    """What the motor does."""

    UP = "up"
    DOWN = "down"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds: longest travel to an end, opening without a vehicle, loops free to close."""

    travel_ms: int = 10_000
    stays_open_ms: int = 30_000
    clear_ms: int = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensors:
    """One look at the sensors: end switches and loops (True = reached, occupied)."""

    end_open: bool = False
    end_closed: bool = False
    safety: bool = False
    exit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command that passed every check of ``barrier_orders``."""

    action: Action
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySwitch:
    """The local key switch: turned to ``local`` or back, and what it asks of the motor."""

    local: bool
    drive: Drive = Drive.STOP


Event = Sensors | Order | KeySwitch | None
"""What happened; None is only the passing of time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """Everything the machine remembers; a fresh one is a barrier whose power has just come back.

    ``since`` is when ``arm`` last changed. ``auto_close`` is off only while the arm is meant to
    stay up (held open, found open after power, driven by hand). ``entered`` and ``left`` tell
    whether a vehicle was seen in the safety loop and after that in the exit loop since the last
    order; ``clear_since`` since when both loops have been free.
    """

    arm: Arm = Arm.UNKNOWN
    since: int = 0
    cause: Cause = Cause.POWER
    command: str | None = None
    sensors: Sensors = Sensors()
    local: bool = False
    auto_close: bool = False
    entered: bool = False
    left: bool = False
    clear_since: int | None = None


def power_back(now_ms: int) -> Barrier:
    """The state after power was lost: unknown until an end switch is seen, and nothing moves."""
    return Barrier(since=now_ms)


def drive(barrier: Barrier) -> Drive:
    """What the motor does in this state."""
    return {Arm.OPENING: Drive.UP, Arm.CLOSING: Drive.DOWN}.get(barrier.arm, Drive.STOP)


def step(barrier: Barrier, event: Event, now_ms: int, timing: Timing) -> Barrier:
    """The state after ``event`` at ``now_ms``, which must not run backwards."""
    match event:
        case Sensors():
            barrier = _sense(barrier, event, now_ms)
        case Order():
            barrier = _obey(barrier, event, now_ms)
        case KeySwitch():
            barrier = _key(barrier, event, now_ms)
        case None:
            pass
    return _by_itself(barrier, now_ms, timing)


def _moved(barrier: Barrier, arm: Arm, now_ms: int, cause: Cause) -> Barrier:
    command = barrier.command if cause is Cause.COMMAND else None
    return replace(barrier, arm=arm, since=now_ms, cause=cause, command=command)


def _sense(barrier: Barrier, seen: Sensors, now_ms: int) -> Barrier:
    clear = not seen.safety and not seen.exit
    was_clear = barrier.clear_since is not None
    since = (barrier.clear_since if was_clear else now_ms) if clear else None
    barrier = replace(
        barrier,
        sensors=seen,
        clear_since=since,
        entered=barrier.entered or seen.safety,
        left=barrier.left or (barrier.entered and seen.exit),
    )
    return _place(barrier, now_ms)


def _place(barrier: Barrier, now_ms: int) -> Barrier:
    """Where the end switches say that the arm is."""
    seen, arm = barrier.sensors, barrier.arm
    if seen.end_open and seen.end_closed:
        broken = arm is Arm.FAULT
        return barrier if broken else _moved(barrier, Arm.FAULT, now_ms, Cause.SENSOR)
    if arm is Arm.FAULT:
        return barrier  # only the local key leads out
    if arm is Arm.OPENING:
        return _moved(barrier, Arm.OPEN, now_ms, barrier.cause) if seen.end_open else barrier
    if arm is Arm.CLOSING:
        return _moved(barrier, Arm.CLOSED, now_ms, barrier.cause) if seen.end_closed else barrier
    if seen.end_open or seen.end_closed:
        at = Arm.OPEN if seen.end_open else Arm.CLOSED
        if arm is at:
            return barrier
        # Found there (after power, or moved by hand): it stays until somebody orders otherwise.
        cause = Cause.POWER if barrier.cause is Cause.POWER else Cause.SENSOR
        return _moved(replace(barrier, auto_close=False), at, now_ms, cause)
    if arm in {Arm.OPEN, Arm.CLOSED}:
        # It left its end without our motor: pushed, blown or broken off.
        return _moved(replace(barrier, auto_close=False), Arm.UNKNOWN, now_ms, Cause.SENSOR)
    return barrier


def _obey(barrier: Barrier, order: Order, now_ms: int) -> Barrier:
    """Carry out an order; ``barrier_orders`` has already refused what may not be obeyed."""
    if barrier.local or barrier.arm is Arm.FAULT:
        return barrier
    closing = order.action is Action.CLOSE
    if closing and barrier.sensors.safety:
        return barrier
    barrier = replace(
        barrier,
        command=order.command,
        auto_close=order.action is not Action.HOLD_OPEN,
        entered=barrier.sensors.safety,
        left=False,
    )
    target, moving = (Arm.CLOSED, Arm.CLOSING) if closing else (Arm.OPEN, Arm.OPENING)
    if barrier.arm is target:
        # The stay-open time of a repeated opening counts from the latest order.
        return _moved(barrier, target, now_ms, Cause.COMMAND)
    if barrier.arm is moving:
        return replace(barrier, cause=Cause.COMMAND)
    return _moved(barrier, moving, now_ms, Cause.COMMAND)


def _key(barrier: Barrier, key: KeySwitch, now_ms: int) -> Barrier:
    """The local key stops what moves, drives by hand while turned, and resets a fault."""
    if not key.local and not barrier.local:
        return barrier
    barrier = replace(barrier, local=key.local, auto_close=False)
    wanted = key.drive if key.local else Drive.STOP
    if wanted is Drive.UP and not barrier.sensors.end_open:
        return _by_key(barrier, Arm.OPENING, now_ms)
    if wanted is Drive.DOWN and not barrier.sensors.end_closed and not barrier.sensors.safety:
        return _by_key(barrier, Arm.CLOSING, now_ms)
    if drive(barrier) is not Drive.STOP:
        return _by_key(barrier, Arm.STOPPED, now_ms)
    if barrier.arm is Arm.FAULT and not (barrier.sensors.end_open and barrier.sensors.end_closed):
        return _place(_by_key(barrier, Arm.STOPPED, now_ms), now_ms)
    return barrier


def _by_key(barrier: Barrier, arm: Arm, now_ms: int) -> Barrier:
    return barrier if barrier.arm is arm else _moved(barrier, arm, now_ms, Cause.KEY)


def _by_itself(barrier: Barrier, now_ms: int, timing: Timing) -> Barrier:
    """What time and the loops bring about, most urgent first."""
    if barrier.arm is Arm.CLOSING and barrier.sensors.safety:
        return _moved(barrier, Arm.OPENING, now_ms, Cause.SAFETY)
    if drive(barrier) is not Drive.STOP and now_ms - barrier.since >= timing.travel_ms:
        return _moved(barrier, Arm.FAULT, now_ms, Cause.WATCHDOG)
    if barrier.arm is Arm.OPEN and barrier.auto_close and not barrier.local:
        return _close_behind(barrier, now_ms, timing)
    return barrier


def _close_behind(barrier: Barrier, now_ms: int, timing: Timing) -> Barrier:
    since = barrier.clear_since
    if since is None or now_ms - since < timing.clear_ms:
        return barrier
    if barrier.left:
        cause = Cause.PASSED
    elif now_ms - barrier.since >= timing.stays_open_ms:
        cause = Cause.TIMEOUT
    else:
        return barrier
    return _moved(barrier, Arm.CLOSING, now_ms, cause)
