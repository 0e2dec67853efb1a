"""The MQTT client of every program here: one session over many connections.

It reconnects by itself with growing, random waits, subscribes again each time, and hands
messages to one consumer that acknowledges each after having dealt with it. It never resends on
its own account: a publish either returns after the broker's acknowledgement or raises, and the
caller, who has the message in its spool or outbox, decides.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType

from devices.ack_order import AckOrder
from devices.mqtt_connection import Connection
from devices.mqtt_errors import (
    ConnectFailed,
    MqttError,
    NotConnected,
    PublishTimeout,
    SubscribeRefused,
)
from devices.mqtt_options import MqttOptions, Will
from devices.ports import Delivery

log = logging.getLogger(__name__)

_SETTLED_AFTER_S = 10.0
_ROOM_FOR_QOS_0 = 256


class MqttClient:
    """A persistent MQTT 5 session; use as ``async with MqttClient(options) as client``.

    ``will`` makes the last will anew for each connection. ``on_connect`` callbacks run after
    every successful connect and resubscribe. The plain counters are meant for metrics.
    """

    def __init__(
        self,
        options: MqttOptions,
        *,
        will: Callable[[], Will] | None = None,
        jitter: random.Random | None = None,
    ) -> None:
        self.options = options
        self.connects = 0
        self.received = 0
        self.published = 0
        self.publish_failures = 0
        self.dropped = 0
        self.last_error = ""
        self._will = will
        self._jitter = jitter or random.Random()
        self._filters: dict[str, int] = {}
        self._on_connect: list[Callable[[], Awaitable[None]]] = []
        self._inbox: deque[Delivery] = deque()
        self._acks = AckOrder()
        self._arrived = asyncio.Event()
        self._up = asyncio.Event()
        self._connection: Connection | None = None
        self._number = 0
        self._paused = False
        self._closed = False
        self._runner: asyncio.Task[None] | None = None
        self._announcing: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the current connection and our subscriptions."""
        return self._up.is_set()

    @property
    def reconnects(self) -> int:
        """How often a connection was made again after the first."""
        return max(0, self.connects - 1)

    @property
    def inbox_depth(self) -> int:
        """How many messages wait for the consumer."""
        return len(self._inbox)

    async def __aenter__(self) -> MqttClient:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def start(self) -> None:
        """Begin to connect, in the background."""
        if self._runner is None:
            self._runner = asyncio.create_task(self._run(), name=f"mqtt-{self.options.client_id}")
            self._runner.add_done_callback(lambda _done: self._arrived.set())

    async def wait_connected(self, timeout_s: float) -> None:
        """Wait for a standing connection; raises ``NotConnected`` with the last error."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._up.wait()
        except TimeoutError:
            where = f"{self.options.host}:{self.options.port}"
            raise NotConnected(f"no connection to {where}: {self.last_error}") from None

    def on_connect(self, announce: Callable[[], Awaitable[None]]) -> None:
        """Run ``announce`` after every connect, to publish status and state again."""
        self._on_connect.append(announce)

    async def subscribe(self, topic_filter: str, qos: int = 1) -> None:
        """Receive what matches, now and after every reconnect; raises ``SubscribeRefused``.

        Without a connection the refusal of a filter shows only in ``last_error``.
        """
        self._filters[topic_filter] = qos
        if self.connected and self._connection is not None:
            try:
                await self._connection.subscribe({topic_filter: qos})
            except SubscribeRefused:
                del self._filters[topic_filter]
                raise

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        expiry_s: int | None = None,
        timeout_s: float | None = None,
    ) -> None:
        """Publish and wait until the broker has taken it.

        Raises ``NotConnected`` at once when there is no connection, ``PublishTimeout`` after
        ``timeout_s`` (default: the options'), ``PublishRefused``.
        """
        limit = self.options.publish_timeout_s if timeout_s is None else timeout_s
        connection = self._connection
        try:
            if connection is None or not connection.is_open:
                raise NotConnected(f"not connected to the broker: {self.last_error}")
            async with asyncio.timeout(limit):
                await connection.publish(topic, payload, qos=qos, retain=retain, expiry_s=expiry_s)
        except TimeoutError:
            self.publish_failures += 1
            raise PublishTimeout(f"the broker did not take {topic} within {limit} s") from None
        except MqttError:
            self.publish_failures += 1
            raise
        self.published += 1

    async def messages(self) -> AsyncIterator[Delivery]:
        """Deliveries in order; ends after :meth:`close`. For one consumer at a time."""
        while True:
            while self._inbox:
                delivery = self._inbox.popleft()
                self._maybe_resume()
                yield delivery
            if self._closed:
                return
            if self._runner is not None and self._runner.done():
                self._runner.result()  # a defect ended it: better to fail loudly than be deaf
                return
            self._arrived.clear()
            await self._arrived.wait()

    def ack(self, delivery: Delivery) -> bool:
        """Acknowledge; False when its connection is gone (the broker will deliver it again).

        It leaves once all messages that came earlier are acknowledged too.
        """
        connection = self._connection
        if connection is None or delivery.connection != self._number or not connection.is_open:
            return False
        if delivery.qos == 0:
            return True
        return all(connection.ack(ready) for ready in self._acks.done(delivery))

    async def close(self) -> None:
        """Disconnect cleanly and end :meth:`messages`; what was not acknowledged stays there."""
        self._closed = True
        self._up.clear()
        tasks = [*self._announcing, *([self._runner] if self._runner else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._connection is not None:
            await self._connection.close()
        self._inbox.clear()
        self._arrived.set()

    async def _run(self) -> None:
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                reason = await self._hold_one_connection()
            except (MqttError, OSError) as error:
                reason = str(error)
            self._up.clear()
            self._paused = False
            failures = 1 if loop.time() - began > _SETTLED_AFTER_S else failures + 1
            wait = self._wait_before(failures)
            # Log once on loss; while it lasts, only the text is kept for health pages.
            if reason != self.last_error:
                log.warning("mqtt %s: %s", self.options.client_id, reason)
            self.last_error = reason
            await asyncio.sleep(wait)

    async def _hold_one_connection(self) -> str:
        """Connect, subscribe, announce, and wait for the end; returns why it ended."""
        self._number += 1
        self._acks.forget()
        will = self._will() if self._will is not None else None
        connection = Connection(self.options, self._number, will, self._deliver)
        self._connection = connection
        try:
            session_present = await connection.open()
            if session_present:
                self._forget_what_will_come_again()
            subscribed: dict[str, int] = {}
            while subscribed != self._filters:  # one may be added while the others are asked for
                subscribed = dict(self._filters)
                await connection.subscribe(subscribed)
        except (MqttError, OSError):
            connection.abort("could not set up")
            raise
        if connection.lost.done():
            raise ConnectFailed(connection.lost.result())
        self.connects += 1
        self._up.set()
        if self.last_error:
            log.info("mqtt %s: connected again", self.options.client_id)
        self.last_error = ""
        self._announce()
        return await asyncio.shield(connection.lost)

    def _announce(self) -> None:
        for announce in self._on_connect:
            task = asyncio.ensure_future(self._announce_once(announce))
            self._announcing.add(task)
            task.add_done_callback(self._announcing.discard)

    async def _announce_once(self, announce: Callable[[], Awaitable[None]]) -> None:
        try:
            await announce()
        except MqttError as error:
            # The connection went away meanwhile; the next connect announces again.
            log.warning("mqtt %s: announcing failed: %s", self.options.client_id, error)

    def _wait_before(self, failures: int) -> float:
        """Seconds to wait before the next attempt, growing with the failures in a row."""
        first, longest = self.options.reconnect_first_s, self.options.reconnect_longest_s
        ceiling = min(longest, first * 2 ** min(failures, 16))
        return self._jitter.uniform(first, max(first, ceiling))

    def _deliver(self, delivery: Delivery) -> None:
        self.received += 1
        if delivery.qos > 0:
            self._acks.arrived(delivery)
        full = len(self._inbox) >= 2 * self.options.receive_maximum + _ROOM_FOR_QOS_0
        if full and delivery.qos == 0:
            self.dropped += 1
            return
        self._inbox.append(delivery)
        self._arrived.set()
        if full and self._connection is not None:
            # Only a broker that ignores our receive maximum gets here: let TCP slow it down.
            self._paused = True
            self._connection.pause_reading()

    def _maybe_resume(self) -> None:
        if self._paused and len(self._inbox) <= self.options.receive_maximum:
            self._paused = False
            if self._connection is not None:
                self._connection.resume_reading()

    def _forget_what_will_come_again(self) -> None:
        """With its session kept, the broker redelivers what we had not acknowledged."""
        kept = [d for d in self._inbox if d.qos == 0 or d.connection == self._number]
        self._inbox = deque(kept)
