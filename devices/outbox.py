"""What a device still has to say: a bounded queue that survives broken connections in order."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from devices.mqtt_errors import MqttError, PublishRefused
from devices.ports import Bus

log = logging.getLogger(__name__)

_RETRY_S = 0.2


@dataclass(frozen=True, slots=True)
class _Outgoing:
    topic: str
    payload: bytes
    expiry_s: int | None


class Outbox:
    """Publishes messages in order, each until the broker has it; QoS 1, never retained.

    At the bound the oldest is dropped and counted: the newest tells most about a device. One
    retained message (a state) can be kept up to date beside the queue: only its latest content
    is sent, after what is queued.
    """

    def __init__(self, bus: Bus, bound: int = 500) -> None:
        self.dropped = 0
        self._bus = bus
        self._bound = bound
        self._queue: deque[_Outgoing] = deque()
        self._latest: Callable[[], tuple[str, bytes]] | None = None
        self._stirred = asyncio.Event()

    @property
    def depth(self) -> int:
        """How many messages wait."""
        return len(self._queue)

    def put(self, topic: str, payload: bytes, expiry_s: int | None = None) -> None:
        """Queue a message."""
        if len(self._queue) >= self._bound:
            self._queue.popleft()
            self.dropped += 1
        self._queue.append(_Outgoing(topic, payload, expiry_s))
        self._stirred.set()

    def refresh(self, make: Callable[[], tuple[str, bytes]]) -> None:
        """Publish, retained, what ``make`` gives at the moment of sending."""
        self._latest = make
        self._stirred.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._stirred.clear()
            try:
                while self._queue or self._latest is not None:
                    await self._send_next()
            except MqttError:
                await asyncio.sleep(_RETRY_S)
                continue
            await self._stirred.wait()

    async def _send_next(self) -> None:
        """Send one message; what the broker refuses for good is dropped, not tried for ever."""
        if self._queue:
            first = self._queue[0]
            try:
                await self._bus.publish(first.topic, first.payload, expiry_s=first.expiry_s)
            except PublishRefused as error:
                self._drop(error)
            if self._queue and self._queue[0] is first:
                self._queue.popleft()
        elif (make := self._latest) is not None:
            topic, payload = make()
            self._latest = None
            try:
                await self._bus.publish(topic, payload, retain=True)
            except PublishRefused as error:
                self._drop(error)
            except MqttError:
                self._latest = self._latest or make
                raise

    def _drop(self, error: PublishRefused) -> None:
        self.dropped += 1
        log.warning("a message was dropped: %s", error)
