"""A weighbridge on the bus: it says what stands on it, and whether it has come to rest."""

from __future__ import annotations

from devices.heartbeat import Heartbeat
from devices.identity import Identity
from devices.ports import Bus
from devices.repeater import Repeater
from devices.stamping import Stamper
from schemas.sensors import HEAVIEST_G, WeightReading
from schemas.topics import Channel

STEP_G = 20_000
"""Changes below this are not told: the interval of a usual truck scale (20 kg)."""
EMPTY_G = 300_000


class ScaleAgent(Repeater):
    """Publishes each change of the weight or of its rest, and what stands there every two seconds.

    An empty scale is told once.
    """

    def __init__(
        self, identity: Identity, bus: Bus, stamper: Stamper, heartbeat: Heartbeat
    ) -> None:
        super().__init__(identity, bus, stamper, heartbeat, Channel.WEIGHT)
        self._gross_g = 0
        self._stable = True

    def weigh(self, gross_g: int, *, stable: bool) -> None:
        """What the load cells say now, grams; below zero counts as empty, too much as the most."""
        gross_g = min(max(gross_g, 0), HEAVIEST_G)
        changed = stable != self._stable or abs(gross_g - self._gross_g) >= STEP_G
        if changed:
            self._gross_g, self._stable = gross_g, stable
            self.put()

    def message(self, stamper: Stamper) -> WeightReading:
        """The weight as it was last told to ``weigh``."""
        return WeightReading(stamp=stamper.next(), gross_g=self._gross_g, stable=self._stable)

    def stands(self) -> bool:
        """Whether something as heavy as a vehicle is on the scale."""
        return self._gross_g >= EMPTY_G
