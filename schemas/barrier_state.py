"""What a barrier says about itself: always the whole state, never a change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.canonical import Json
from schemas.fields import Fields
from schemas.stamp import LATEST_MS, Stamp, take_stamp


class Arm(StrEnum):
    """Where the arm is, from its end switches; ``unknown`` until one was seen."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    STOPPED = "stopped"
    FAULT = "fault"
    UNKNOWN = "unknown"


class LoopState(StrEnum):
    """Whether an induction loop feels a vehicle."""

    OCCUPIED = "occupied"
    FREE = "free"


class Cause(StrEnum):
    """Why the arm is where it is: who or what made the last change."""

    COMMAND = "command"
    KEY = "key"
    SAFETY = "safety"
    POWER = "power"
    PASSED = "passed"
    TIMEOUT = "timeout"
    WATCHDOG = "watchdog"
    SENSOR = "sensor"


@dataclass(frozen=True, slots=True, kw_only=True)
class BarrierState:
    """``since`` is ms since 1970 UTC by the device's clock; ``command`` the id that caused it.

    ``local_control`` means that the key switch is turned and commands are refused.
    """

    stamp: Stamp
    arm: Arm
    loop_safety: LoopState
    loop_exit: LoopState
    local_control: bool
    cause: Cause
    since: int
    command: str | None = None

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        fields: dict[str, Json] = {
            **self.stamp.to_json(),
            "arm": str(self.arm),
            "loop_safety": str(self.loop_safety),
            "loop_exit": str(self.loop_exit),
            "local_control": self.local_control,
            "cause": str(self.cause),
            "since": self.since,
        }
        if self.command is not None:
            fields["command"] = self.command
        return fields


def barrier_state_from_json(fields: Fields) -> BarrierState:
    """Read a barrier's state; raises ``BadMessage`` or ``WrongVersion``."""
    return BarrierState(
        stamp=take_stamp(fields),
        arm=fields.choice("arm", Arm),
        loop_safety=fields.choice("loop_safety", LoopState),
        loop_exit=fields.choice("loop_exit", LoopState),
        local_control=fields.boolean("local_control"),
        cause=fields.choice("cause", Cause),
        since=fields.integer("since", 0, LATEST_MS),
        command=fields.uuid7("command") if fields.has("command") else None,
    )
