"""The state of one lane: a plain value, stored as JSON, changed only by ``step``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from schemas.barrier_state import Arm
from schemas.transit import SeenWeight


class Phase(StrEnum):
    """Where the lane stands. Every phase has a deadline and a way out."""

    IDLE = "idle"
    ARRIVING = "arriving"
    READING = "reading"
    DECIDING = "deciding"
    WITH_OFFICER = "with_officer"
    RELEASING = "releasing"
    PASSING = "passing"
    CLEARING = "clearing"
    FAULT = "fault"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One capture of the transit and what came of it.

    ``done`` turns true with the reading or its failure; ``text`` is empty until then
    and where nothing was read.
    """

    capture: UUID
    role: str
    done: bool = False
    text: str = ""
    confidence: float = 0.0
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarrierSeen:
    """The barrier's last word about itself and its two loops."""

    arm: Arm = Arm.UNKNOWN
    loop_safety: bool = False
    loop_exit: bool = False
    local_control: bool = False
    online: bool = False

    @property
    def may_open(self) -> bool:
        """True where an open command makes sense: present, closed, not under local key."""
        return self.online and self.arm is Arm.CLOSED and not self.local_control


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One lane. ``since`` is when the phase began; ``serial`` numbers the decision requests
    so that a late answer to an earlier request is told from the current one.

    ``left_at`` is when the entry loop fell free while the truck should stand on it.
    ``held_by`` names the officer who took the truck in hand: from then on the machine
    decides nothing by itself. ``closed`` is staff's word that the lane takes no traffic,
    ``manual`` that every truck is theirs to decide. ``safety_since`` is when the safety loop
    became occupied, None while free or once it has alarmed. ``doubt`` says in words why the
    next truck must be looked at by an officer (a vehicle slipped through before it).
    ``freed_at`` is when the truck before left without passing: whatever was taken before then
    shows that one.
    ``weight`` is the scale's last word on this truck, ``seals`` what was found on it (None:
    nobody has looked).
    """

    id: str
    phase: Phase = Phase.IDLE
    since: datetime
    transit: UUID | None = None
    looks: tuple[Look, ...] = ()
    first_look_at: datetime | None = None
    serial: int = 0
    decision: UUID | None = None
    corrected_plate: str = ""
    held_by: str = ""
    barrier: BarrierSeen = field(default_factory=BarrierSeen)
    loop_entry: bool = False
    left_at: datetime | None = None
    vehicle_in_gate: bool = False
    exit_cleared: bool = False
    opened: bool = False
    closed: bool = False
    next_waiting: bool = False
    next_looks: tuple[Look, ...] = ()
    manual: bool = False
    safety_since: datetime | None = None
    doubt: str = ""
    freed_at: datetime | None = None
    weight: SeenWeight | None = None
    seals: tuple[str, ...] | None = None


__all__ = ["Arm", "BarrierSeen", "Lane", "Look", "Phase"]
