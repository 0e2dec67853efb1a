"""A measuring device on the bus: it says what it measures, repeats it, and beats."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from devices.heartbeat import Heartbeat
from devices.identity import Identity
from devices.outbox import Outbox
from devices.ports import Bus
from devices.stamping import Stamper
from schemas.codec import encode
from schemas.sensors import SealReading, WeightReading
from schemas.topics import Channel

_REPEAT_S = 2.0


class Repeater(ABC):
    """What scales and seal readers share: ``message`` is all they differ in on the wire.

    The repetition reaches a centre that learns of the truck, or comes back, after the device
    has measured it.
    """

    def __init__(
        self, identity: Identity, bus: Bus, stamper: Stamper, heartbeat: Heartbeat, channel: Channel
    ) -> None:
        self._identity = identity
        self._bus = bus
        self._stamper = stamper
        self._heartbeat = heartbeat
        self._channel = channel
        self._outbox = Outbox(bus)

    @abstractmethod
    def message(self, stamper: Stamper) -> WeightReading | SealReading | None:
        """What is to be said now, newly stamped; None where there is nothing to say."""

    @abstractmethod
    def stands(self) -> bool:
        """Whether a truck stands there, whose measure is worth repeating."""

    async def subscribe(self) -> None:
        """Receive clock answers."""
        await self._heartbeat.subscribe(self._bus)

    async def announce(self) -> None:
        """After every connect: the status, and what stands there."""
        self.put()
        await self._heartbeat.beat(self._bus)

    async def run(self) -> None:
        """Send, repeat and beat until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive_forever())
            tasks.create_task(self._outbox.run())
            tasks.create_task(self._repeat())
            tasks.create_task(self._heartbeat.run(self._bus))

    def put(self) -> None:
        """Say what is measured now, once."""
        message = self.message(self._stamper)
        if message is not None:
            topic = self._identity.on(self._channel)
            self._outbox.put(str(topic), encode(topic, message, self._identity.secret))

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(_REPEAT_S)
            # Nothing is piled up for a broker that is away: the next one says the same.
            if self.stands() and self._outbox.depth == 0:
                self.put()

    async def _receive_forever(self) -> None:
        async for delivery in self._bus.messages():
            self._heartbeat.on_time(delivery)
            self._bus.ack(delivery)
