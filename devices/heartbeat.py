"""A device's heartbeat: its retained status, its last will, and the clock exchange."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from devices.clock import DeviceClock
from devices.identity import Identity
from devices.mqtt_errors import MqttError
from devices.mqtt_options import Will
from devices.ports import Bus, Delivery
from devices.stamping import Stamper
from schemas.codec import decode_as, encode
from schemas.protocol_errors import ProtocolError
from schemas.signing import FindSecret
from schemas.status import ClockTrust, Presence, Status, TimeAnswer
from schemas.topics import Channel

log = logging.getLogger(__name__)

TIME_EXPIRY_S = 2
_QUICK_S = 2.0


def mono_ms() -> int:
    """Milliseconds of the monotonic clock."""
    return time.monotonic_ns() // 1_000_000


def no_alarms() -> tuple[str, ...]:
    """For devices without alarms of their own."""
    return ()


class Heartbeat:
    """Publishes the status every ``every_s`` and after each connect, and keeps the clock.

    While the clock is not trusted it beats every two seconds, so that trust comes soon.
    """

    def __init__(
        self,
        identity: Identity,
        stamper: Stamper,
        clock: DeviceClock,
        *,
        every_s: float = 30.0,
        waiting: Callable[[], int] = lambda: 0,
        alarms: Callable[[], tuple[str, ...]] = no_alarms,
    ) -> None:
        self.clock = clock
        self.every_s = every_s
        self._identity = identity
        self._stamper = stamper
        self._waiting = waiting
        self._alarms = alarms

    def will(self) -> Will:
        """The last will: the same status, offline."""
        topic = self._identity.on(Channel.STATUS)
        payload = encode(topic, self._status(Presence.OFFLINE), self._identity.secret)
        return Will(topic=str(topic), payload=payload, retain=True)

    async def subscribe(self, bus: Bus) -> None:
        """Receive the centre's clock answers."""
        await bus.subscribe(str(self._identity.on(Channel.TIME)), qos=0)

    async def run(self, bus: Bus) -> None:
        """Beat until cancelled."""
        while True:
            if bus.connected:
                try:
                    await self.beat(bus)
                except MqttError as error:
                    log.debug("%s: no heartbeat: %s", self._identity.topic, error)
            trusted = self.clock.trust(mono_ms()) is ClockTrust.TRUSTED
            await asyncio.sleep(self.every_s if trusted else min(_QUICK_S, self.every_s))

    async def beat(self, bus: Bus) -> None:
        """Publish the status now; raises ``MqttError``."""
        await self._publish(bus, Presence.ONLINE)

    async def leave(self, bus: Bus) -> None:
        """Publish that this device goes offline on purpose; raises ``MqttError``."""
        await self._publish(bus, Presence.OFFLINE)

    def on_time(self, delivery: Delivery) -> None:
        """Take a clock answer; one that does not verify is logged and ignored."""
        topic = self._identity.on(Channel.TIME)
        find: FindSecret = self._identity.own_secret
        try:
            answer = decode_as(TimeAnswer, topic, delivery.payload, find)
        except ProtocolError as error:
            log.warning("%s: clock answer refused (%s): %s", topic, error.code, error.text)
            return
        self.clock.answered(answer, mono_ms())

    async def _publish(self, bus: Bus, presence: Presence) -> None:
        topic = self._identity.on(Channel.STATUS)
        status = self._status(presence)
        payload = encode(topic, status, self._identity.secret)
        self.clock.asked(status.stamp.id, status.stamp.at, mono_ms())
        await bus.publish(str(topic), payload, retain=True)

    def _status(self, presence: Presence) -> Status:
        stamp = self._stamper.next()
        return Status(
            stamp=stamp,
            presence=presence,
            kind=self._identity.kind,
            version=self._identity.version,
            clock=self.clock.report(stamp.at, mono_ms()),
            waiting=self._waiting(),
            alarms=self._alarms(),
        )


def time_answer(status: Status, received_at: int, stamper: Stamper) -> TimeAnswer:
    """The centre's answer to a status that it received at ``received_at`` (its own clock, ms).

    Publish it with QoS 0 and an expiry of ``TIME_EXPIRY_S`` on the device's time channel.
    """
    return TimeAnswer(stamp=stamper.next(), of=status.stamp.id, t1=status.stamp.at, t2=received_at)
