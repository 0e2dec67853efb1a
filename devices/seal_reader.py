"""A reader of seals on the bus: a fixed reader of electronic seals, or an officer's handheld."""

from __future__ import annotations

import asyncio

from devices.heartbeat import Heartbeat
from devices.identity import Identity
from devices.outbox import Outbox
from devices.ports import Bus
from devices.stamping import Stamper
from schemas.codec import encode
from schemas.protocol_errors import BadMessage
from schemas.sensors import MOST_SEALS, SEAL_PATTERN, SealReading
from schemas.topics import Channel

_REPEAT_S = 2.0


class SealReaderAgent:
    """Publishes the seals of the truck that stands before it, at once and every two seconds.

    Once the truck is ``gone`` nothing is said any more: its seals must not be taken for those of
    the next.
    """

    def __init__(
        self, identity: Identity, bus: Bus, stamper: Stamper, heartbeat: Heartbeat
    ) -> None:
        self._identity = identity
        self._bus = bus
        self._stamper = stamper
        self._heartbeat = heartbeat
        self._outbox = Outbox(bus)
        self._seals: tuple[str, ...] | None = None

    def read(self, seals: tuple[str, ...]) -> None:
        """All seals of the truck, as read or typed; none for a truck without.

        Raises ``BadMessage`` for a text that can be no seal's number: nothing is sent then.
        """
        wrong = [seal for seal in seals if SEAL_PATTERN.fullmatch(seal) is None]
        if wrong or len(set(seals)) < len(seals) or len(seals) > MOST_SEALS:
            said = ", ".join(wrong or seals)
            raise BadMessage(f"these are no seals' numbers, or one comes twice: {said:.200}")
        self._seals = seals
        self._put()

    def gone(self) -> None:
        """The truck has left."""
        self._seals = None

    async def subscribe(self) -> None:
        """Receive clock answers."""
        await self._heartbeat.subscribe(self._bus)

    async def announce(self) -> None:
        """After every connect: the status, and the seals of the truck that stands there."""
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
            if self._outbox.depth == 0:
                self._put()

    async def _receive_forever(self) -> None:
        async for delivery in self._bus.messages():
            self._heartbeat.on_time(delivery)
            self._bus.ack(delivery)

    def _put(self) -> None:
        if self._seals is None:
            return
        topic = self._identity.on(Channel.SEAL)
        reading = SealReading(stamp=self._stamper.next(), seals=self._seals)
        self._outbox.put(str(topic), encode(topic, reading, self._identity.secret))
