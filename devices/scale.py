"""A weighbridge on the bus: it says what stands on it, and whether it has come to rest."""

from __future__ import annotations

import asyncio

from devices.heartbeat import Heartbeat
from devices.identity import Identity
from devices.outbox import Outbox
from devices.ports import Bus
from devices.stamping import Stamper
from schemas.codec import encode
from schemas.sensors import HEAVIEST_G, WeightReading
from schemas.topics import Channel

STEP_G = 20_000
"""Changes below this are not told: the interval of a usual truck scale (20 kg)."""
EMPTY_G = 300_000
_REPEAT_S = 2.0


class ScaleAgent:
    """Publishes each change of the weight or of its rest, and what stands there every two seconds.

    The repetition reaches a centre that learns of the truck, or comes back, after the scale
    has come to rest. An empty scale is told once.
    """

    def __init__(
        self, identity: Identity, bus: Bus, stamper: Stamper, heartbeat: Heartbeat
    ) -> None:
        self._identity = identity
        self._bus = bus
        self._stamper = stamper
        self._heartbeat = heartbeat
        self._outbox = Outbox(bus)
        self._gross_g = 0
        self._stable = True

    def weigh(self, gross_g: int, *, stable: bool) -> None:
        """What the load cells say now, grams; below zero counts as empty, too much as the most."""
        gross_g = min(max(gross_g, 0), HEAVIEST_G)
        changed = stable != self._stable or abs(gross_g - self._gross_g) >= STEP_G
        if changed:
            self._gross_g, self._stable = gross_g, stable
            self._put()

    async def subscribe(self) -> None:
        """Receive clock answers."""
        await self._heartbeat.subscribe(self._bus)

    async def announce(self) -> None:
        """After every connect: the status, and what stands on the scale."""
        self._put()
        await self._heartbeat.beat(self._bus)

    async def run(self) -> None:
        """Send, repeat and beat until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive_forever())
            tasks.create_task(self._outbox.run())
            tasks.create_task(self._repeat())
            tasks.create_task(self._heartbeat.run(self._bus))

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(_REPEAT_S)
            # Nothing is piled up for a broker that is away: the next one says the same.
            if self._gross_g >= EMPTY_G and self._outbox.depth == 0:
                self._put()

    async def _receive_forever(self) -> None:
        async for delivery in self._bus.messages():
            self._heartbeat.on_time(delivery)
            self._bus.ack(delivery)

    def _put(self) -> None:
        topic = self._identity.on(Channel.WEIGHT)
        reading = WeightReading(
            stamp=self._stamper.next(), gross_g=self._gross_g, stable=self._stable
        )
        self._outbox.put(str(topic), encode(topic, reading, self._identity.secret))
