"""Captures in: picture to the evidence store, row to the database, receipt, then the MQTT ack.

The order is the promise: what was acknowledged is durable. While the database is away a
capture is neither acknowledged nor refused; the broker and the camera keep it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from devices.mqtt import MqttClient
from devices.mqtt_errors import MqttError
from devices.ports import Delivery
from gate.app.capture_clock import doubt_about, taken_at
from gate.app.clock import Clock, from_ms
from gate.app.metrics import Metrics
from gate.app.register import Register
from gate.store import captures as capture_store
from gate.store.captures import CaptureRow, PendingCapture
from gate.store.errors import EvidenceFull, StoreError
from gate.store.evidence import EvidenceStore
from gate.store.pool import Database
from ocr.sniff import DecodeLimits, PictureError, PictureTooLargeError, sniff
from schemas.capture_payload import Capture, CaptureLimits, decode_capture
from schemas.codec import encode
from schemas.protocol_errors import ProtocolError, TooLarge, TopicMismatch
from schemas.receipts import Receipt, ReceiptResult
from schemas.topics import Channel, Topic, parse_topic

log = logging.getLogger(__name__)

Result = TypeVar("Result")

RETRY_S = (0.2, 0.5, 1.0, 2.0)
RECEIPT_EXPIRY_S = 86_400
LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """Bounds of the intake, from the settings."""

    capture: CaptureLimits
    untrusted_ms: int
    late_ms: int
    refused_max_bytes: int


class Intake:
    """Takes captures from one MQTT client. ``stored`` is called with each new capture."""

    def __init__(
        self,
        *,
        client: MqttClient,
        database: Database,
        evidence: EvidenceStore,
        refused: EvidenceStore,
        register: Register,
        metrics: Metrics,
        limits: IntakeLimits,
        clock: Clock,
        stored: Callable[[PendingCapture, bool], None],
    ) -> None:
        self._client = client
        self._database = database
        self._evidence = evidence
        self._refused = refused
        self._register = register
        self._metrics = metrics
        self._limits = limits
        self._clock = clock
        self._stored = stored
        self._keeping = asyncio.Lock()

    async def run(self) -> None:
        """Take captures for ever, several at a time, each acknowledged for itself."""
        async with asyncio.TaskGroup() as tasks:
            async for delivery in self._client.messages():
                tasks.create_task(self.take(delivery))

    async def take(self, delivery: Delivery) -> None:
        """Take one delivery to its end: stored, known already, or refused; then acknowledge."""
        began = self._clock.monotonic()
        topic: Topic | None = None
        try:
            topic = self._topic(delivery.topic)
            capture = await asyncio.to_thread(
                decode_capture, topic, delivery.payload, self._register.find_secret,
                self._limits.capture,
            )  # fmt: skip
            _check_header(capture, self._limits.capture)
        except ProtocolError as error:
            await self._refuse(delivery, topic, error)
            self._client.ack(delivery)
            return
        result = await self._keep(topic, capture)
        self._metrics.stage.labels(stage="store").observe(self._clock.monotonic() - began)
        self._metrics.captures.labels(lane=topic.lane, result=result.value).inc()
        await self._receipt(topic, capture.header.stamp.id, result)
        self._client.ack(delivery)

    def _topic(self, text: str) -> Topic:
        topic = parse_topic(text)
        if topic.channel is not Channel.CAPTURE:
            raise TopicMismatch(f"captures come on the capture channel, not on {topic.channel}")
        return topic

    async def _keep(self, topic: Topic, capture: Capture) -> ReceiptResult:
        """Make the capture durable: the picture first, then its row."""
        header = capture.header
        row = self._row(capture)
        await self._put(topic, capture)
        new = await self._insist(
            f"capture {row.id}", lambda: capture_store.add_capture(self._database, row)
        )
        if not new:
            return ReceiptResult.DUPLICATE
        late = row.clock_doubt == "late"
        waiting = PendingCapture(
            id=row.id, lane=row.lane, role=row.role, sha256=header.sha256,
            received_at=row.received_at,
        )  # fmt: skip
        self._stored(waiting, late)
        return ReceiptResult.STORED

    async def _put(self, topic: Topic, capture: Capture) -> None:
        """Write the picture, however long the disk is full; the camera is told that it waits."""
        tries = 0
        while True:
            try:
                await asyncio.to_thread(self._evidence.put, capture.picture, capture.header.sha256)
                return
            except EvidenceFull as error:
                self._metrics.refusals.labels(channel="capture", code=error.code).inc()
                if tries == 0:
                    stamp = capture.header.stamp
                    log.error("capture %s of %s waits: %s", stamp.id, topic.lane, error)
                    await self._say(topic, stamp.id, error.code, str(error), final=False)
                await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
                tries += 1

    async def _insist(self, what: str, write: Callable[[], Awaitable[Result]]) -> Result:
        """Write it, however long the database is away: nothing is acknowledged before."""
        tries = 0
        while True:
            try:
                return await write()
            except EvidenceFull:
                raise
            except StoreError as error:
                self._metrics.database_errors.labels(code=error.code).inc()
                if tries == 0:
                    log.warning("%s waits for the database: %s", what, error)
                await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
                tries += 1

    def _row(self, capture: Capture) -> CaptureRow:
        header = capture.header
        received = self._clock.now()
        device = self._register.device(header.lane, header.device)
        doubt = doubt_about(
            header.stamp.at, received, device, self._limits.untrusted_ms, self._limits.late_ms
        )
        return CaptureRow(
            id=UUID(header.stamp.id),
            lane=header.lane,
            device=header.device,
            role=header.role.value,
            sha256=header.sha256,
            media=header.media.value,
            bytes=header.bytes,
            width=header.width,
            height=header.height,
            device_at=taken_at(from_ms(header.stamp.at), device),
            received_at=received,
            boot=UUID(header.stamp.boot),
            seq=header.stamp.seq,
            burst=UUID(header.burst),
            shot=header.shot,
            trigger=header.trigger.value,
            clock_doubt=doubt,
        )

    async def _refuse(self, delivery: Delivery, topic: Topic | None, error: ProtocolError) -> None:
        """Count, log, keep the bytes (within the bound), and tell the sender."""
        self._metrics.refusals.labels(channel="capture", code=error.code).inc()
        lane = topic.lane if topic is not None and topic.lane in self._register.lanes else "unknown"
        self._metrics.captures.labels(lane=lane, result="refused").inc()
        log.warning("refused a capture on %.120s: %s: %s", delivery.topic, error.code, error.text)
        try:
            await self._insist("a refusal", lambda: self._keep_refused(delivery, error))
        except EvidenceFull as problem:
            log.error("a refused capture could not be kept: %s", problem)
        if topic is not None and error.message_id is not None:
            await self._say(topic, error.message_id, error.code, error.text, final=error.final)

    async def _keep_refused(self, delivery: Delivery, error: ProtocolError) -> None:
        payload = delivery.payload
        sha256 = hashlib.sha256(payload).hexdigest()
        async with self._keeping:
            kept = await capture_store.refused_bytes(self._database)
            fits = 0 < len(payload) <= self._limits.refused_max_bytes - kept
            if fits:
                await asyncio.to_thread(self._refused.put, payload)
            await capture_store.add_refusal(
                self._database,
                at=self._clock.now(),
                topic=delivery.topic,
                code=error.code,
                text=error.text,
                claimed=UUID(error.message_id) if error.message_id else None,
                size=len(payload),
                sha256=sha256 if fits else None,
            )

    async def _say(self, topic: Topic, capture: str, code: str, text: str, *, final: bool) -> None:
        detail = "".join(c if c.isprintable() else " " for c in text)[:LONGEST_DETAIL]
        await self._receipt(topic, capture, ReceiptResult.REFUSED, code, detail, final=final)

    async def _receipt(
        self,
        topic: Topic,
        capture: str,
        result: ReceiptResult,
        reason: str = "",
        detail: str = "",
        *,
        final: bool = True,
    ) -> None:
        """Answer the camera. A lost receipt is no loss: the camera sends again, and is told."""
        device = self._register.device(topic.lane, topic.device)
        if device is None:
            return
        back = topic.on(Channel.RECEIPT)
        receipt = Receipt(
            stamp=self._register.stamper(device).next(), of=capture, result=result,
            reason=reason, detail=detail, final=final,
        )  # fmt: skip
        payload = encode(back, receipt, device.secret)
        try:
            await self._client.publish(str(back), payload, qos=1, expiry_s=RECEIPT_EXPIRY_S)
        except MqttError as error:
            log.info("the receipt for %s was not sent: %s", capture, error)


def _check_header(capture: Capture, limits: CaptureLimits) -> None:
    """Refuse a picture whose own header claims too much, whatever the camera's header says.

    A picture that is damaged in another way is evidence all the same: it is stored, and
    the reading says what is wrong with it.
    """
    bounds = DecodeLimits(max_bytes=limits.max_picture_bytes, max_pixels=limits.max_pixels)
    try:
        sniff(capture.picture, bounds)
    except PictureTooLargeError as error:
        raise TooLarge(str(error)).about(capture.header.stamp.id) from None
    except PictureError as error:
        log.info("capture %s is stored though damaged: %s", capture.header.stamp.id, error)
