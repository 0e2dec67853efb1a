"""What a simulated truck is: plain values, chosen by whoever runs the simulation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from devices.simulation.plates_art import PlateColour, PlateLook


class Story(StrEnum):
    """Why this truck is interesting; only a label, the gate is not told."""

    DECLARED = "declared"
    UNDECLARED = "undeclared"
    MISMATCHED = "mismatched"
    EXPIRED = "expired"
    DIRTY = "dirty"
    OVERWEIGHT = "overweight"
    RESEALED = "resealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimTruck:
    """A truck: plates in normal form, country ``VN`` or ``CN``.

    ``trailer`` is the trailer's plate, which then hangs at the rear; without one the rear shows
    ``plate``. ``rear`` overrides what the rear really shows (a mismatch). ``dirt`` from 0 (clean)
    to 1 (unreadable). ``container`` is an ISO 6346 number painted on the doors. ``weight_kg`` is
    what a scale shows (0: it stands beside the scale), ``seals`` what a seal reader finds.
    """

    plate: str
    country: str
    trailer: str = ""
    rear: str = ""
    container: str = ""
    dirt: float = 0.0
    colour: PlateColour = PlateColour.YELLOW
    story: Story = Story.DECLARED
    weight_kg: int = 0
    seals: tuple[str, ...] = ()

    @property
    def front_look(self) -> PlateLook:
        """The plate at the front."""
        return PlateLook(text=self.plate, country=self.country, colour=self.colour)

    @property
    def rear_look(self) -> PlateLook:
        """The plate at the rear: in two lines, as large vehicles and trailers have it."""
        text = self.rear or self.trailer or self.plate
        return PlateLook(text=text, country=self.country, lines=2, colour=self.colour)
