"""Bad input on the capture channel: refused in words, counted, kept, and nothing else suffers."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from devices.broker import EmbeddedBroker
from devices.mqtt import MqttClient
from devices.stamping import Stamper, fresh_id
from ocr.pool import ReaderPool
from schemas.canonical import canonical
from schemas.capture import CameraRole, CaptureHeader, Media, Trigger
from schemas.codec import decode_as
from schemas.receipts import Receipt
from schemas.signing import signed
from schemas.topics import Channel, Topic
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import LANE, SITE, Rig, declare, rig, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

LIMIT = 300_000


@pytest_asyncio.fixture(loop_scope="session")
async def lane(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> AsyncIterator[Rig]:
    intake = {"max_bytes": LIMIT, "max_pixels": 4_000_000}
    async with rig(tmp_path, database_url, broker.port, readers, intake=intake) as made:
        yield made


class Forger:
    """Makes payloads by hand, honest or not, and hears the receipts."""

    def __init__(self, rig: Rig, client: MqttClient, device: str = "cam-front") -> None:
        self.row = rig.rows[device]
        self.topic = Topic(site=SITE, lane=LANE, device=device, channel=Channel.CAPTURE)
        self.client = client
        self.stamper = Stamper(self.row.key_id)

    def header(self, picture: bytes, **changes: Any) -> dict[str, Any]:
        made = CaptureHeader(
            stamp=self.stamper.next(), site=SITE, lane=LANE, device=self.row.id,
            role=CameraRole.FRONT, media=Media.JPEG, bytes=len(picture),
            sha256=hashlib.sha256(picture).hexdigest(), width=640, height=480,
            trigger=Trigger.LOOP, burst=fresh_id(), shot=0,
        )  # fmt: skip
        return {**made.to_json(), **changes}

    def payload(self, picture: bytes, **changes: Any) -> bytes:
        fields = self.header(picture, **changes)
        return canonical(signed(self.topic, fields, self.row.secret)) + b"\n" + picture

    async def send(self, payload: bytes, topic: Topic | None = None) -> None:
        await self.client.publish(str(topic or self.topic), payload)

    async def receipt(self) -> Receipt:
        async for delivery in self.client.messages():
            self.client.ack(delivery)
            topic = replace(self.topic, channel=Channel.RECEIPT)
            return decode_as(Receipt, topic, delivery.payload, lambda _t, _k: self.row.secret)
        raise AssertionError("the client was closed")


async def refused(lane: Rig, code: str, payload: bytes, topic: Topic | None = None) -> None:
    """Send it; it is counted and kept under its code, and makes no capture."""
    async with lane.client("forger") as client:
        await Forger(lane, client).send(payload, topic)
        await until(
            lambda: lane.metric("gate_refusals_total", channel="capture", code=code) == 1,
            what=f"a refusal with {code}",
        )
    rows = await until(lambda: lane.rows_of("SELECT * FROM refusals"), what="the refusal is kept")
    assert [r["code"] for r in rows] == [code]
    if payload:
        assert lane.service.refused.get(rows[0]["sha256"]) == payload
    assert await lane.count("SELECT count(*) FROM captures") == 0


def forged(at: Rig, picture: bytes, **changes: Any) -> bytes:
    return Forger(at, None).payload(picture, **changes)  # type: ignore[arg-type]


def png_bomb(side: int = 50_000) -> bytes:
    """A tiny PNG that claims ``side`` x ``side`` pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


async def test_an_empty_payload_is_refused(lane: Rig) -> None:
    await refused(lane, "bad_header", b"")


async def test_a_truncated_payload_is_refused(lane: Rig) -> None:
    await refused(lane, "length_mismatch", forged(lane, picture_of(FRONT))[:-500])


async def test_changed_bytes_are_refused(lane: Rig) -> None:
    whole = bytearray(forged(lane, picture_of(FRONT)))
    whole[-900] ^= 1
    await refused(lane, "hash_mismatch", bytes(whole))


async def test_an_oversized_picture_is_refused(lane: Rig) -> None:
    await refused(lane, "too_large", forged(lane, picture_of(FRONT) + bytes(LIMIT)))


async def test_what_is_no_picture_is_refused(lane: Rig) -> None:
    await refused(lane, "bad_media", forged(lane, b"GIF89a is not taken here"))


async def test_a_decompression_bomb_is_refused_from_its_header(lane: Rig) -> None:
    bomb = png_bomb()
    assert len(bomb) < 200
    await refused(lane, "too_large", forged(lane, bomb, media="image/png"))


async def test_another_schema_version_is_refused(lane: Rig) -> None:
    await refused(lane, "wrong_version", forged(lane, picture_of(FRONT), v=2))


async def test_a_wrong_signature_is_refused(lane: Rig) -> None:
    picture = picture_of(FRONT)
    fields = Forger(lane, None).header(picture)  # type: ignore[arg-type]
    fields["sig"] = "A" * 43
    await refused(lane, "bad_signature", json.dumps(fields).encode() + b"\n" + picture)


async def test_an_unknown_device_and_an_unknown_lane_are_refused(lane: Rig) -> None:
    payload = forged(lane, picture_of(FRONT), lane="lane-77")
    stranger = Topic(site=SITE, lane="lane-77", device="cam-front", channel=Channel.CAPTURE)
    await refused(lane, "unknown_key", payload, stranger)


async def test_topic_and_envelope_that_disagree_are_refused(lane: Rig) -> None:
    payload = forged(lane, picture_of(FRONT))
    elsewhere = Topic(site=SITE, lane=LANE, device="cam-rear", channel=Channel.CAPTURE)
    await refused(lane, "topic_mismatch", payload, elsewhere)


async def test_the_camera_is_told_why(lane: Rig) -> None:
    async with lane.client("forger") as client:
        forger = Forger(lane, client)
        await client.subscribe(str(forger.topic.on(Channel.RECEIPT)))
        await forger.send(forger.payload(picture_of(FRONT))[:-10])

        receipt = await forger.receipt()

    assert receipt.result.value == "refused"
    assert receipt.reason == "length_mismatch"
    assert receipt.final


async def test_a_damaged_picture_whose_hash_is_right_is_evidence_and_fails_with_a_reason(
    lane: Rig,
) -> None:
    async with lane.client("forger") as client:
        forger = Forger(lane, client)
        await forger.send(forger.payload(picture_of(FRONT)[:6_000]))
        row = await until(
            lambda: lane.rows_of("SELECT * FROM captures WHERE status = 'failed'"),
            what="the reading fails",
        )

    assert row[0]["failure"] == "undecodable"
    assert "damaged" in row[0]["failure_text"] or "cut" in row[0]["failure_text"]
    assert lane.service.evidence.get(row[0]["sha256"])


async def test_a_capture_that_comes_many_times_is_one_capture(lane: Rig) -> None:
    async with lane.client("forger") as client:
        forger = Forger(lane, client)
        payload = forger.payload(picture_of(FRONT))
        for _ in range(10):
            await forger.send(payload)
        await until(
            lambda: lane.metric("gate_captures_total", lane=LANE, result="duplicate") == 9,
            what="nine duplicates",
        )

    assert await lane.count("SELECT count(*) FROM captures") == 1


async def test_captures_out_of_order_are_all_kept(lane: Rig) -> None:
    async with lane.client("forger") as client:
        forger = Forger(lane, client)
        payloads = [forger.payload(picture_of(FRONT), shot=n) for n in range(4)]
        for payload in reversed(payloads):
            await forger.send(payload)
        await until(
            lambda: lane.metric("gate_captures_total", lane=LANE, result="stored") == 4,
            what="four captures",
        )


@pytest.mark.parametrize("hours", [-10, 10])
async def test_times_far_off_are_stored_and_hold_the_truck(lane: Rig, hours: int) -> None:
    await declare(lane.database, "14C12345", "14R01234")
    await lane.add_barrier()
    async with lane.client("forger") as client:
        for device, text, role in (("cam-front", FRONT, "front"), ("cam-rear", REAR, "rear")):
            forger = Forger(lane, client, device)
            at = forger.stamper.next().at + hours * 3_600_000
            await forger.send(forger.payload(picture_of(text), at=at, role=role))
        await until(lambda: lane.phase == "with_officer", what="the officer is called")

    (decision,) = await lane.rows_of("SELECT codes FROM decisions")
    assert "CLOCK_UNTRUSTED" in decision["codes"]
    assert lane.body.angle == 0.0


async def test_refused_payloads_are_kept_only_within_the_bound(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    bound = {"refused_max_bytes": 1_000}
    async with (
        rig(tmp_path, database_url, broker.port, readers, intake=bound) as made,
        made.client("forger") as client,
    ):
        forger = Forger(made, client)
        for n in range(3):
            await forger.send(b"x" * (600 + n) + b"\n")
        rows = await until(lambda: _three(made), what="three refusals")

    assert sum(r["sha256"] is not None for r in rows) == 1


async def _three(made: Rig) -> list[dict[str, Any]]:
    rows = await made.rows_of("SELECT * FROM refusals")
    return rows if len(rows) == 3 else []
