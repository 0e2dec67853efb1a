"""What a step asks the shell to do, after the new state is committed. Effects are data."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from schemas.transit import TransitEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTransit:
    """A vehicle came: a transit row begins."""

    transit: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachCapture:
    """The capture belongs to this transit."""

    transit: UUID
    capture: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Find the declaration and decide; answer with ``Decided`` of this serial."""

    transit: UUID
    serial: int
    corrected_plate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBarrier:
    """Send one open command for this release decision, and never a second one."""

    transit: UUID
    decision: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOfficer:
    """The officer of the lane must look; ``why`` is in plain words."""

    transit: UUID | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlarm:
    """Something is wrong with a machine or the passage; ``kind`` is a stable code."""

    kind: str
    text: str
    transit: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearAlarm:
    """The cause of this alarm is gone."""

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTransit:
    """The transit is over."""

    transit: UUID
    end: TransitEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """The event changes nothing here, because."""

    because: str


Effect = (
    StartTransit
    | AttachCapture
    | Decide
    | OpenBarrier
    | CallOfficer
    | RaiseAlarm
    | ClearAlarm
    | EndTransit
    | Ignore
)
