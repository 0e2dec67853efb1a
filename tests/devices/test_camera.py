"""The camera agent against real brokers: every picture arrives, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.camera import CameraAgent, SendRules
from devices.identity import Identity
from devices.spool import Spool, SpoolFull
from devices.station import camera_station
from schemas.capture import CameraRole, Trigger
from schemas.capture_payload import CaptureLimits
from schemas.protocol_errors import BadMedia, TooLarge
from schemas.receipts import Receipt
from schemas.status import ClockTrust, DeviceKind, Presence
from schemas.topics import Channel, Topic
from tests.devices.brokers import RunningBroker
from tests.devices.centre import KEY, SECRET, centre_at
from tests.devices.conftest import options_for
from tests.devices.waiting import until

TOPIC = Topic(site="test", lane="lane-1", device="cam-front", channel=Channel.CAPTURE)
IDENTITY = Identity(topic=TOPIC, kind=DeviceKind.CAMERA, version="test", key=KEY, secret=SECRET)
QUICK = SendRules(first_s=0.3, longest_s=1.0)

CRASHING_CAMERA = """
import asyncio, pathlib, sys
from devices.spool import Spool
from tests.devices.test_camera import IDENTITY, picture
from tests.devices.centre import KEY, SECRET
from devices.station import camera_station
from devices.mqtt_options import MqttOptions
from schemas.capture import CameraRole, Trigger

async def main():
    options = MqttOptions(client_id="cam", port=int(sys.argv[1]))
    spool = Spool(pathlib.Path(sys.argv[2]))
    async with camera_station(IDENTITY, CameraRole.FRONT, options, spool) as agent:
        for number in range(1000):
            print(await agent.submit(picture(number), Trigger.LOOP), flush=True)

asyncio.run(main())
"""


def picture(number: int) -> bytes:
    """A small JPEG; another one for each number."""
    pixels = np.full((48, 64, 3), number % 256, np.uint8)
    cv2.putText(pixels, str(number), (2, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 0, 0))
    return bytes(cv2.imencode(".jpg", pixels)[1])


@contextlib.asynccontextmanager
async def camera_at(
    broker: RunningBroker, folder: Path, receipts: list[Receipt] | None = None, **bounds: int
) -> AsyncIterator[CameraAgent]:
    async with camera_station(
        IDENTITY,
        CameraRole.FRONT,
        options_for(broker, "cam-front"),
        Spool(folder, **bounds),
        rules=QUICK,
        heartbeat_s=0.2,
        on_receipt=None if receipts is None else receipts.append,
    ) as agent:
        yield agent


async def test_a_picture_is_stored_once_and_leaves_the_spool(
    broker: RunningBroker, tmp_path: Path
) -> None:
    async with centre_at(broker) as centre, camera_at(broker, tmp_path / "cam") as agent:
        capture_id = await agent.submit(picture(1), Trigger.LOOP, shot=2)
        await until(lambda: agent.waiting == 0)
        header = centre.stored[capture_id].header
        assert centre.stored[capture_id].picture == picture(1)
        assert (header.width, header.height, header.shot) == (64, 48, 2)
        assert agent.stored == 1
    assert Spool(tmp_path / "cam").open() == ()


async def test_pictures_taken_without_a_broker_arrive_when_it_is_there(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    await embedded.stop()
    async with camera_at(embedded, tmp_path / "cam") as agent:
        ids = {await agent.submit(picture(number), Trigger.LOOP) for number in range(5)}
        await embedded.start()
        async with centre_at(embedded) as centre:
            await until(lambda: agent.waiting == 0)
            assert set(centre.stored) == ids


async def test_a_lost_receipt_makes_a_duplicate_not_a_second_capture(
    broker: RunningBroker, tmp_path: Path
) -> None:
    async with centre_at(broker) as centre:
        centre.deaf_for = 2
        async with camera_at(broker, tmp_path / "cam") as agent:
            capture_id = await agent.submit(picture(1), Trigger.LOOP)
            await until(lambda: agent.waiting == 0)
            assert list(centre.stored) == [capture_id]
            assert centre.arrivals[capture_id] == 3
            assert agent.duplicates == 1


async def test_killing_the_broker_again_and_again_loses_no_picture(
    broker: RunningBroker, tmp_path: Path
) -> None:
    async with centre_at(broker) as centre, camera_at(broker, tmp_path / "cam") as agent:
        ids = set()
        for number in range(45):
            ids.add(await agent.submit(picture(number), Trigger.LOOP))
            if number % 15 == 7:
                await broker.kill()
                await broker.start()
        await until(lambda: agent.waiting == 0, limit_s=30)
        assert set(centre.stored) == ids
        assert agent.refused == 0


async def test_a_killed_camera_sends_after_its_restart_what_it_had_accepted(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    folder = tmp_path / "cam"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CRASHING_CAMERA, str(embedded.port), str(folder)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    accepted = [(await process.stdout.readline()).decode().strip() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    await process.wait()

    async with centre_at(embedded) as centre, camera_at(embedded, folder) as agent:
        await until(lambda: agent.waiting == 0 and agent.sent > 0, limit_s=30)
        assert set(accepted) <= set(centre.stored)


async def test_a_final_refusal_sets_the_picture_aside_and_raises_an_alarm(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    async with centre_at(embedded) as centre, camera_at(embedded, tmp_path / "cam") as agent:
        centre.refuse = lambda _capture: ("undecodable", True)
        capture_id = await agent.submit(picture(1), Trigger.LOOP)
        await until(lambda: agent.refused == 1)
        assert (tmp_path / "cam" / "refused" / f"{capture_id}.json").exists()
        await until(lambda: any("refused" in status.alarms for status in centre.statuses))


async def test_a_passing_refusal_keeps_the_picture_until_it_is_taken(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    async with centre_at(embedded) as centre, camera_at(embedded, tmp_path / "cam") as agent:
        centre.refuse = lambda _capture: ("store_full", False)
        capture_id = await agent.submit(picture(1), Trigger.LOOP)
        await until(lambda: centre.arrivals[capture_id] >= 2)
        assert agent.waiting == 1
        centre.refuse = lambda _capture: None
        await until(lambda: agent.waiting == 0)
        assert list(centre.stored) == [capture_id]


async def test_a_forged_receipt_deletes_nothing(embedded: RunningBroker, tmp_path: Path) -> None:
    """A receipt signed with another key, or meant for another device, is not believed."""
    from devices.mqtt import MqttClient
    from devices.stamping import Stamper
    from schemas.codec import encode
    from schemas.receipts import ReceiptResult

    async with camera_at(embedded, tmp_path / "cam") as agent:
        capture_id = await agent.submit(picture(1), Trigger.LOOP)
        await until(lambda: agent.sent >= 1)
        topic = TOPIC.on(Channel.RECEIPT)
        receipt = Receipt(stamp=Stamper(KEY).next(), of=capture_id, result=ReceiptResult.STORED)
        other = Topic(site="test", lane="lane-1", device="cam-rear", channel=Channel.RECEIPT)
        async with MqttClient(options_for(embedded, "forger")) as forger:
            await forger.wait_connected(5)
            await forger.publish(str(topic), encode(topic, receipt, b"a guess of 16 bytes or more"))
            await forger.publish(str(topic), encode(other, receipt, SECRET))
            await forger.publish(str(topic), b"{}")
            await asyncio.sleep(0.3)
        assert agent.waiting == 1


async def test_a_full_spool_refuses_with_an_alarm_and_recovers(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    async with camera_at(embedded, tmp_path / "cam", max_bytes=10_000) as agent:
        taken = 0
        with contextlib.suppress(SpoolFull):
            for number in range(20):
                await agent.submit(picture(number), Trigger.INTERVAL)
                taken += 1
        assert 0 < taken < 20
        assert "spool_full" in agent.alarms()
        await agent.submit(picture(99), Trigger.LOOP)
        async with centre_at(embedded):
            await until(lambda: agent.waiting == 0)
        assert "spool_full" not in agent.alarms()


async def test_what_the_centre_would_refuse_is_refused_at_once(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    async with camera_at(embedded, tmp_path / "cam") as agent:
        for hopeless in (b"", b"not a picture", picture(1)[:20]):
            with pytest.raises(BadMedia):
                await agent.submit(hopeless, Trigger.LOOP)
        with pytest.raises(TooLarge):
            await agent.submit(picture(1) + bytes(CaptureLimits().max_picture_bytes), Trigger.LOOP)
        assert agent.waiting == 0


async def test_the_status_shows_presence_clock_and_leaving(
    broker: RunningBroker, tmp_path: Path
) -> None:
    async with centre_at(broker) as centre:
        async with camera_at(broker, tmp_path / "cam"):
            await until(lambda: any(s.clock.trust is ClockTrust.TRUSTED for s in centre.statuses))
            trusted = next(s for s in centre.statuses if s.clock.trust is ClockTrust.TRUSTED)
            assert abs(trusted.clock.offset_ms) < 100
            assert trusted.presence is Presence.ONLINE
        await until(lambda: centre.statuses[-1].presence is Presence.OFFLINE)
