"""An induction loop on the bus: it says when it becomes occupied or free."""

from __future__ import annotations

import asyncio

from devices.heartbeat import Heartbeat
from devices.identity import Identity
from devices.outbox import Outbox
from devices.ports import Bus
from devices.stamping import Stamper
from schemas.barrier_state import LoopState
from schemas.codec import encode
from schemas.sensors import LoopPlace, LoopReading
from schemas.topics import Channel

_REPEAT_AFTER_S = (5.0, 25.0)
"""Reconnects wait up to 20 s (``MqttOptions.reconnect_longest_s``)."""


class LoopAgent:
    """Publishes changes of one loop, in order, and the present state after every connect.

    Becoming free must last ``settle_s`` to count: a chattering contact (F26) is told as occupied,
    which is the side on which nobody is hurt.
    """

    def __init__(
        self,
        identity: Identity,
        place: LoopPlace,
        bus: Bus,
        stamper: Stamper,
        heartbeat: Heartbeat,
        *,
        settle_s: float = 0.1,
    ) -> None:
        self._identity = identity
        self._place = place
        self._bus = bus
        self._stamper = stamper
        self._heartbeat = heartbeat
        self._settle_s = settle_s
        self._outbox = Outbox(bus)
        self._raw = False
        self._told = False
        self._freeing: asyncio.TimerHandle | None = None
        self._repeating: list[asyncio.TimerHandle] = []

    @property
    def occupied(self) -> bool:
        """What was last told."""
        return self._told

    def sense(self, occupied: bool) -> None:
        """What the contact says now; occupied counts at once, free after ``settle_s``."""
        if occupied == self._raw:
            return
        self._raw = occupied
        if self._freeing is not None:
            self._freeing.cancel()
            self._freeing = None
        if occupied:
            self._tell(True)
        else:
            loop = asyncio.get_running_loop()
            self._freeing = loop.call_later(self._settle_s, self._tell, False)

    async def subscribe(self) -> None:
        """Receive clock answers."""
        await self._heartbeat.subscribe(self._bus)

    async def announce(self) -> None:
        """After every connect: status, and how the loop stands.

        A broker that lost its state hands nothing to a centre that is not back yet, and loop
        messages are not retained: so it is said again when everybody has had time to reconnect.
        """
        loop = asyncio.get_running_loop()
        for later in self._repeating:
            later.cancel()
        self._repeating = [loop.call_later(after, self._put) for after in _REPEAT_AFTER_S]
        self._put()
        await self._heartbeat.beat(self._bus)

    async def run(self) -> None:
        """Send and beat until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._receive_forever())
                tasks.create_task(self._outbox.run())
                tasks.create_task(self._heartbeat.run(self._bus))
        finally:
            for later in self._repeating:
                later.cancel()

    async def _receive_forever(self) -> None:
        async for delivery in self._bus.messages():
            self._heartbeat.on_time(delivery)
            self._bus.ack(delivery)

    def _tell(self, occupied: bool) -> None:
        if occupied != self._told:
            self._told = occupied
            self._put()

    def _put(self) -> None:
        topic = self._identity.on(Channel.LOOP)
        reading = LoopReading(
            stamp=self._stamper.next(),
            loop=self._place,
            state=LoopState.OCCUPIED if self._told else LoopState.FREE,
        )
        self._outbox.put(str(topic), encode(topic, reading, self._identity.secret))
