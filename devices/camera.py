"""The camera agent: a picture is spooled, sent, and kept until the centre's receipt settles it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from devices.heartbeat import Heartbeat
from devices.identity import Identity
from devices.mqtt_errors import MqttError
from devices.ports import Bus, Delivery
from devices.spool import Spool, SpoolFailed, SpoolFull
from devices.stamping import Stamper
from schemas.capture import CameraRole, CaptureHeader, Trigger
from schemas.capture_payload import CaptureLimits, encode_capture
from schemas.codec import decode_as
from schemas.picture_header import picture_size
from schemas.protocol_errors import ProtocolError
from schemas.receipts import Receipt, ReceiptResult
from schemas.topics import Channel

log = logging.getLogger(__name__)

IMPORTANT = frozenset({Trigger.LOOP, Trigger.MANUAL})
"""A vehicle stood there, or a person asked: these are taken until the spool is really full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRules:
    """When to send again what has no receipt: first after ``first_s``, growing to ``longest_s``."""

    first_s: float = 10.0
    longest_s: float = 300.0


@dataclass(slots=True)
class _Waiting:
    """One spooled capture: when it is due (loop time), how often it was sent."""

    due: float
    attempts: int = 0


class CameraAgent:
    """Carries pictures of one camera to the centre.

    ``submit`` returns once the picture is safe on disk; ``run`` does the sending. The counters
    are plain attributes. ``on_receipt`` is called with every verified receipt.
    """

    def __init__(
        self,
        identity: Identity,
        role: CameraRole,
        bus: Bus,
        spool: Spool,
        stamper: Stamper,
        *,
        heartbeat: Heartbeat | None = None,
        limits: CaptureLimits | None = None,
        rules: SendRules | None = None,
        on_receipt: Callable[[Receipt], None] | None = None,
    ) -> None:
        self.taken = self.sent = self.stored = self.duplicates = self.refused = 0
        self._identity = identity
        self._role = role
        self._bus = bus
        self._spool = spool
        self._stamper = stamper
        self._heartbeat = heartbeat
        self._limits = limits or CaptureLimits()
        self._rules = rules or SendRules()
        self._on_receipt = on_receipt
        self._waiting: dict[str, _Waiting] = {}
        self._work = asyncio.Event()
        self._alarms: set[str] = set()
        self._jitter = random.Random()

    @property
    def waiting(self) -> int:
        """How many captures have no settling receipt yet."""
        return len(self._waiting)

    def alarms(self) -> tuple[str, ...]:
        """Codes of what is wrong, for the status."""
        return tuple(sorted(self._alarms))

    async def open(self) -> None:
        """Find what waits from before the start; raises ``SpoolFailed``."""
        found = await asyncio.to_thread(self._spool.open)
        self._waiting = {capture_id: _Waiting(due=0.0) for capture_id in found}
        if found:
            log.info("%s: %d captures wait from before", self._identity.topic, len(found))

    async def submit(
        self,
        picture: bytes,
        trigger: Trigger,
        *,
        burst: str | None = None,
        shot: int = 0,
        exposure_us: int | None = None,
        transit: str | None = None,
    ) -> str:
        """Spool a picture's file and return its capture id.

        Raises ``BadMedia`` or ``TooLarge`` for what the centre would refuse, ``SpoolFull`` or
        ``SpoolFailed`` when it cannot be kept: then the caller still has the picture.
        """
        size = picture_size(picture)
        header = CaptureHeader(
            stamp=self._stamper.next(),
            site=self._identity.topic.site,
            lane=self._identity.topic.lane,
            device=self._identity.topic.device,
            role=self._role,
            media=size.media,
            bytes=len(picture),
            sha256=hashlib.sha256(picture).hexdigest(),
            width=size.width,
            height=size.height,
            trigger=trigger,
            burst=burst or self._stamper.fresh_id(),
            shot=shot,
            exposure_us=exposure_us,
            transit=transit,
        )
        topic = self._identity.on(Channel.CAPTURE)
        payload = encode_capture(topic, header, picture, self._identity.secret, self._limits)
        await self._keep(header.stamp.id, payload, important=trigger in IMPORTANT)
        self.taken += 1
        self._waiting[header.stamp.id] = _Waiting(due=0.0)
        self._work.set()
        return header.stamp.id

    async def subscribe(self) -> None:
        """Receive receipts, and clock answers where there is a heartbeat."""
        await self._bus.subscribe(str(self._identity.on(Channel.RECEIPT)))
        if self._heartbeat is not None:
            await self._heartbeat.subscribe(self._bus)

    async def run(self) -> None:
        """Send, take receipts and beat, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send_forever())
            tasks.create_task(self._receive_forever())
            if self._heartbeat is not None:
                tasks.create_task(self._heartbeat.run(self._bus))

    async def handle(self, delivery: Delivery) -> None:
        """Take one delivery of this camera's topics, and acknowledge it."""
        if delivery.topic == str(self._identity.on(Channel.RECEIPT)):
            await self._take_receipt(delivery)
        elif delivery.topic == str(self._identity.on(Channel.TIME)) and self._heartbeat:
            self._heartbeat.on_time(delivery)
        self._bus.ack(delivery)

    async def announce(self) -> None:
        """After every connect: beat, and send again soon what was sent before and may be lost."""
        if self._heartbeat is not None:
            await self._heartbeat.beat(self._bus)
        soon = asyncio.get_running_loop().time() + self._jitter.uniform(0.5, 2.0)
        for waiting in self._waiting.values():
            waiting.due = min(waiting.due, soon)
        self._work.set()

    async def _keep(self, capture_id: str, payload: bytes, *, important: bool) -> None:
        try:
            await asyncio.to_thread(self._spool.put, capture_id, payload, important=important)
        except SpoolFull:
            self._alarm("spool_full", on=True)
            raise
        except SpoolFailed:
            self._alarm("spool_failed", on=True)
            raise
        self._alarm("spool_failed", on=False)

    async def _send_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._work.clear()
            due = [i for i, waiting in self._waiting.items() if waiting.due <= loop.time()]
            if due and self._bus.connected:
                await self._send(min(due))  # ids sort by time: the oldest first
                continue
            next_due = min((w.due for w in self._waiting.values()), default=loop.time() + 60)
            # Without a connection look again soon; a new picture or receipt wakes us anyway.
            pause = 0.2 if due else max(0.01, next_due - loop.time())
            try:
                async with asyncio.timeout(pause):
                    await self._work.wait()
            except TimeoutError:
                continue

    async def _send(self, capture_id: str) -> None:
        waiting = self._waiting[capture_id]
        topic = str(self._identity.on(Channel.CAPTURE))
        loop = asyncio.get_running_loop()
        try:
            payload = await asyncio.to_thread(self._spool.read, capture_id)
            await self._bus.publish(topic, payload)
        except SpoolFailed as error:
            # A receipt may have removed it meanwhile; anything else is a broken disk.
            if self._spool.has(capture_id):
                self._alarm("spool_failed", on=True)
                log.warning("%s: %s", topic, error)
                waiting.due = loop.time() + self._rules.longest_s
            return
        except MqttError as error:
            log.info("%s: %s not sent: %s", topic, capture_id, error)
            waiting.due = loop.time() + min(1.0, self._rules.first_s)
            return
        self.sent += 1
        waiting.attempts += 1
        growth = self._rules.first_s * 2 ** min(waiting.attempts - 1, 16)
        waiting.due = loop.time() + min(self._rules.longest_s, growth) * self._jitter.uniform(
            1, 1.3
        )

    async def _receive_forever(self) -> None:
        async for delivery in self._bus.messages():
            await self.handle(delivery)

    async def _take_receipt(self, delivery: Delivery) -> None:
        topic = self._identity.on(Channel.RECEIPT)
        try:
            receipt = decode_as(Receipt, topic, delivery.payload, self._identity.own_secret)
        except ProtocolError as error:
            log.warning("%s: receipt refused (%s): %s", topic, error.code, error.text)
            return
        if receipt.of in self._waiting:
            await self._settle(receipt)
        if self._on_receipt is not None:
            self._on_receipt(receipt)

    async def _settle(self, receipt: Receipt) -> None:
        if not receipt.settles:
            self._tell_refused(receipt)
            return
        try:
            if receipt.result is ReceiptResult.REFUSED:
                self._tell_refused(receipt)
                self.refused += 1
                await asyncio.to_thread(
                    self._spool.refuse, receipt.of, receipt.reason, receipt.detail
                )
            else:
                self.stored += receipt.result is ReceiptResult.STORED
                self.duplicates += receipt.result is ReceiptResult.DUPLICATE
                await asyncio.to_thread(self._spool.remove, receipt.of)
        except SpoolFailed as error:
            # The file stays, is sent again after a restart, and is answered as a duplicate.
            self._alarm("spool_failed", on=True)
            log.warning("%s", error)
        del self._waiting[receipt.of]
        self._alarm("spool_full", on=self._spool.nearly_full)
        self._work.set()

    def _tell_refused(self, receipt: Receipt) -> None:
        self._alarm("refused", on=True)
        log.error(
            "%s: capture %s refused%s: %s (%s)",
            self._identity.topic,
            receipt.of,
            " for good, it is set aside" if receipt.final else ", it will be sent again",
            receipt.reason,
            receipt.detail,
        )

    def _alarm(self, code: str, *, on: bool) -> None:
        if on and code not in self._alarms:
            log.error("%s: alarm %s", self._identity.topic, code)
            self._alarms.add(code)
        elif not on:
            self._alarms.discard(code)
