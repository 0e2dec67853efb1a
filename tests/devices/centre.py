"""The centre's side of the capture protocol as the tests need it: it stores, then answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from devices.heartbeat import TIME_EXPIRY_S, time_answer
from devices.mqtt import MqttClient
from devices.mqtt_errors import MqttError
from devices.ports import Delivery
from devices.stamping import Stamper, wall_ms
from schemas.capture_payload import Capture, CaptureLimits, decode_capture, peek_capture_id
from schemas.codec import decode, encode
from schemas.protocol_errors import ProtocolError
from schemas.receipts import Receipt, ReceiptResult
from schemas.status import Presence, Status
from schemas.topics import Channel, Topic, parse_topic, topic_filter
from tests.devices.brokers import RunningBroker
from tests.devices.conftest import options_for

SECRET = b"a secret of the test lane, 32 b."
KEY = "lane-1.cam-front"


class Centre:
    """Keeps captures by id. ``refuse`` may answer a capture with (reason, final) instead.

    The first ``deaf_for`` captures are stored but not answered: the receipt is lost.
    """

    def __init__(self, client: MqttClient) -> None:
        self.client = client
        self.stored: dict[str, Capture] = {}
        self.arrivals: Counter[str] = Counter()
        self.statuses: list[Status] = []
        self.refuse: Callable[[Capture], tuple[str, bool] | None] = lambda _capture: None
        self.deaf_for = 0
        self._stamper = Stamper(KEY)

    async def run(self) -> None:
        async for delivery in self.client.messages():
            topic = parse_topic(delivery.topic)
            if topic.channel is Channel.CAPTURE:
                await self._capture(topic, delivery)
            else:
                await self._status(topic, delivery)

    async def _capture(self, topic: Topic, delivery: Delivery) -> None:
        limits = CaptureLimits()
        result, reason, final = ReceiptResult.STORED, "", True
        of = peek_capture_id(delivery.payload, limits)
        try:
            capture = decode_capture(topic, delivery.payload, lambda _t, _k: SECRET, limits)
            of = capture.header.stamp.id
            self.arrivals[of] += 1
            refusal = self.refuse(capture)
            if refusal is not None:
                result, (reason, final) = ReceiptResult.REFUSED, refusal
            elif of in self.stored:
                result = ReceiptResult.DUPLICATE
            else:
                self.stored[of] = capture
        except ProtocolError as error:
            result, reason, final = ReceiptResult.REFUSED, error.code, error.final
        self.client.ack(delivery)
        if self.deaf_for > 0:
            self.deaf_for -= 1
        elif of is not None:
            stamp = replace(self._stamper.next(), key=f"{topic.lane}.{topic.device}")
            receipt = Receipt(stamp=stamp, of=of, result=result, reason=reason, final=final)
            await self._send(
                topic.on(Channel.RECEIPT), encode(topic.on(Channel.RECEIPT), receipt, SECRET)
            )

    async def _status(self, topic: Topic, delivery: Delivery) -> None:
        received = wall_ms()
        status = decode(topic, delivery.payload, lambda _t, _k: SECRET)
        assert isinstance(status, Status)
        self.statuses.append(status)
        self.client.ack(delivery)
        if status.presence is Presence.ONLINE and not delivery.retained:
            answer = time_answer(status, received, Stamper(status.stamp.key))
            time_topic = topic.on(Channel.TIME)
            await self._send(time_topic, encode(time_topic, answer, SECRET), qos=0)

    async def _send(self, topic: Topic, payload: bytes, qos: int = 1) -> None:
        with contextlib.suppress(MqttError):
            await self.client.publish(
                str(topic), payload, qos=qos, expiry_s=None if qos else TIME_EXPIRY_S
            )


@contextlib.asynccontextmanager
async def centre_at(broker: RunningBroker) -> AsyncIterator[Centre]:
    """A running centre."""
    async with MqttClient(options_for(broker, "centre")) as client:
        await client.subscribe(topic_filter(Channel.CAPTURE))
        await client.subscribe(topic_filter(Channel.STATUS))
        await client.wait_connected(10)
        centre = Centre(client)
        running = asyncio.create_task(centre.run())
        try:
            yield centre
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
