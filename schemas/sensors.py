"""What lane sensors report: induction loops and scales."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.barrier_state import LoopState
from schemas.canonical import Json
from schemas.fields import Fields
from schemas.stamp import Stamp, take_stamp

HEAVIEST_G = 1_000_000_000
"""A thousand tonnes: more than any road vehicle, so a larger figure is a broken scale."""


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
