"""Device status, and the clock exchange that rides on it.

The exchange is that of NTP (RFC 5905, section 8). A status leaves the device at ``t1`` (its
``stamp.at``); the centre receives it at ``t2`` and answers at ``t3`` on the time channel; the
device receives that at ``t4``. t1 and t4 are by the device's clock, t2 and t3 by the centre's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.canonical import Json
from schemas.fields import Fields
from schemas.ids import MAX_INTEGER
from schemas.stamp import LATEST_MS, Stamp, take_stamp

LONGEST_VERSION = 64
MOST_ALARMS = 16


class Presence(StrEnum):
    """``offline`` is published by the broker as the device's last will, or on a clean stop."""

    ONLINE = "online"
    OFFLINE = "offline"


class DeviceKind(StrEnum):
    """What a device is."""

    CAMERA = "camera"
    BARRIER = "barrier"
    LOOP = "loop"
    SCALE = "scale"
    SEAL_READER = "seal_reader"


class ClockTrust(StrEnum):
    """``unset``: no exchange yet since the start; ``untrusted``: it jumped or grew too old."""

    UNSET = "unset"
    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What a device knows of its clock: centre time = device time + ``offset_ms``."""

    trust: ClockTrust
    offset_ms: int = 0
    delay_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A device's heartbeat. ``waiting`` counts what it holds unsent; ``alarms`` are codes."""

    stamp: Stamp
    presence: Presence
    kind: DeviceKind
    version: str
    clock: Clock
    waiting: int = 0
    alarms: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        return {
            **self.stamp.to_json(),
            "presence": str(self.presence),
            "kind": str(self.kind),
            "version": self.version,
            "clock": str(self.clock.trust),
            "offset_ms": self.clock.offset_ms,
            "delay_ms": self.clock.delay_ms,
            "waiting": self.waiting,
            "alarms": list(self.alarms),
        }


def status_from_json(fields: Fields) -> Status:
    """Read a status; raises ``BadMessage`` or ``WrongVersion``."""
    return Status(
        stamp=take_stamp(fields),
        presence=fields.choice("presence", Presence),
        kind=fields.choice("kind", DeviceKind),
        version=fields.text("version", LONGEST_VERSION),
        clock=Clock(
            trust=fields.choice("clock", ClockTrust),
            offset_ms=fields.integer("offset_ms", -MAX_INTEGER, MAX_INTEGER),
            delay_ms=fields.integer("delay_ms"),
        ),
        waiting=fields.integer("waiting"),
        alarms=fields.codes("alarms", MOST_ALARMS),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAnswer:
    """The centre's half of the exchange, answering the status ``of``; t3 is ``stamp.at``."""

    stamp: Stamp
    of: str
    t1: int
    t2: int

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        return {**self.stamp.to_json(), "of": self.of, "t1": self.t1, "t2": self.t2}


def time_answer_from_json(fields: Fields) -> TimeAnswer:
    """Read a clock answer; raises ``BadMessage`` or ``WrongVersion``."""
    return TimeAnswer(
        stamp=take_stamp(fields),
        of=fields.uuid7("of"),
        t1=fields.integer("t1", 0, LATEST_MS),
        t2=fields.integer("t2", 0, LATEST_MS),
    )
