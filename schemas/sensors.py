"""What lane sensors report: induction loops, scales and seal readers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from schemas.barrier_state import LoopState
from schemas.canonical import Json
from schemas.fields import Fields
from schemas.stamp import Stamp, take_stamp

HEAVIEST_G = 1_000_000_000
"""A thousand tonnes: more than any road vehicle, so a larger figure is a broken scale."""
MOST_SEALS = 16
SEAL_PATTERN = re.compile(r"[A-Z0-9][A-Z0-9-]{2,19}", re.ASCII)
"""A seal's number as read or typed: capital letters, digits, hyphens (ISO 17712 leaves it open)."""


class LoopPlace(StrEnum):
    """Where in the lane a loop lies: before the stop line, under the arm, behind it."""

    ENTRY = "entry"
    SAFETY = "safety"
    EXIT = "exit"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopReading:
    """A loop became occupied or free."""

    stamp: Stamp
    loop: LoopPlace
    state: LoopState

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        return {**self.stamp.to_json(), "loop": str(self.loop), "state": str(self.state)}


def loop_from_json(fields: Fields) -> LoopReading:
    """Read a loop message; raises ``BadMessage`` or ``WrongVersion``."""
    return LoopReading(
        stamp=take_stamp(fields),
        loop=fields.choice("loop", LoopPlace),
        state=fields.choice("state", LoopState),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightReading:
    """Gross weight in grams; ``stable`` when the scale itself says that it has settled."""

    stamp: Stamp
    gross_g: int
    stable: bool

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        return {**self.stamp.to_json(), "gross_g": self.gross_g, "stable": self.stable}


def weight_from_json(fields: Fields) -> WeightReading:
    """Read a weight message; raises ``BadMessage`` or ``WrongVersion``."""
    return WeightReading(
        stamp=take_stamp(fields),
        gross_g=fields.integer("gross_g", 0, HEAVIEST_G),
        stable=fields.boolean("stable"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealReading:
    """The numbers of all seals found on the truck at the lane, none twice; empty: there are none.

    Always the whole account, never an addition: the newest replaces those before.
    """

    stamp: Stamp
    seals: tuple[str, ...]

    def to_json(self) -> dict[str, Json]:
        """The wire fields, without signature."""
        return {**self.stamp.to_json(), "seals": list(self.seals)}


def seal_from_json(fields: Fields) -> SealReading:
    """Read a seal message; raises ``BadMessage`` or ``WrongVersion``."""
    return SealReading(
        stamp=take_stamp(fields),
        seals=fields.numbers("seals", MOST_SEALS, SEAL_PATTERN),
    )
