"""What can happen to a lane. Each event carries the time (UTC) at which the centre knew it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from gate.core.lane.state import Arm
from schemas.transit import Outcome


class OfficerAction(StrEnum):
    """What an officer may do with the truck at the lane."""

    RELEASE = "release"
    HOLD = "hold"
    REFER = "refer"
    TURN_BACK = "turn_back"
    CORRECT_PLATE = "correct_plate"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopEntry:
    """The entry loop became occupied or free."""

    at: datetime
    occupied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureStored:
    """A picture of this lane is safe in the evidence store and waits for its reading."""

    at: datetime
    capture: UUID
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRead:
    """The reading of a capture, or its failure (``failure`` not empty)."""

    at: datetime
    capture: UUID
    text: str = ""
    confidence: float = 0.0
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The answer to decision request ``serial``; stored as ``decision``."""

    at: datetime
    serial: int
    decision: UUID
    outcome: Outcome
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFailed:
    """Decision request ``serial`` could not be answered."""

    at: datetime
    serial: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerActed:
    """An officer's act. For a release ``decision`` names the stored officer's decision."""

    at: datetime
    officer: str
    action: OfficerAction
    transit: UUID
    decision: UUID | None = None
    plate: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswered:
    """The barrier accepted, finished or refused the command of this decision."""

    at: datetime
    decision: UUID
    result: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLost:
    """No answer came within the command's time to live, or it could not be sent."""

    at: datetime
    decision: UUID
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarrierReported:
    """The barrier's own account of its state; always absolute, never a change."""

    at: datetime
    arm: Arm
    loop_safety: bool = False
    loop_exit: bool = False
    local_control: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BarrierPresence:
    """The barrier went offline (last will, silence) or came back."""

    at: datetime
    online: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passed."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarted:
    """The service took the lane over; what was under way needs an officer's look."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneOpened:
    """Staff opened the lane."""

    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneClosed:
    """Staff closed the lane."""

    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneManual:
    """Staff took the lane into their own hands, or gave it back to the machine."""

    at: datetime
    by: str
    on: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The lane's scale said what stands on it; ``stable`` once the scale has come to rest."""

    at: datetime
    device: str
    gross_kg: int
    stable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SealsRead:
    """The seals found on the truck, all of them; empty where there are none."""

    at: datetime
    device: str
    seals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTroubled:
    """A part round the lane can't be trusted or had to be replaced: alarm ``kind`` with ``text``.

    ``doubt``, if not empty, says why the truck at the lane, or the next one, needs an officer.
    """

    at: datetime
    kind: str
    text: str
    doubt: str = ""


Event = (
    LoopEntry
    | CaptureStored
    | CaptureRead
    | Decided
    | DecisionFailed
    | OfficerActed
    | CommandAnswered
    | CommandLost
    | BarrierReported
    | BarrierPresence
    | Tick
    | Restarted
    | LaneOpened
    | LaneClosed
    | LaneManual
    | Weighed
    | SealsRead
    | PartTroubled
)
