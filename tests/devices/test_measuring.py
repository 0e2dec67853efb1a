"""Scale and seal reader on a real broker: what they say, how often, and when they keep quiet."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from devices.identity import Identity
from devices.mqtt import MqttClient
from devices.scale import STEP_G
from devices.station import scale_station, seal_station
from schemas.codec import decode_as
from schemas.protocol_errors import BadMessage
from schemas.sensors import HEAVIEST_G, MOST_SEALS, SealReading, WeightReading
from schemas.status import DeviceKind
from schemas.topics import Channel, Topic, parse_topic, topic_filter
from tests.devices.brokers import RunningBroker
from tests.devices.conftest import options_for
from tests.devices.test_barrier import SECRET
from tests.devices.waiting import until

TOPIC = Topic(site="mong-cai", lane="lane-1", device="scale", channel=Channel.STATUS)


def identity(kind: DeviceKind) -> Identity:
    return Identity(topic=TOPIC, kind=kind, version="test", key="lane-1.scale", secret=SECRET)


@dataclass
class Heard:
    """What came on the two channels."""

    weights: list[tuple[int, bool]] = field(default_factory=list)
    seals: list[tuple[str, ...]] = field(default_factory=list)


@contextlib.asynccontextmanager
async def listening(broker: RunningBroker) -> AsyncIterator[Heard]:
    heard = Heard()

    async def take(client: MqttClient) -> None:
        async for delivery in client.messages():
            client.ack(delivery)
            topic = parse_topic(delivery.topic)
            if topic.channel is Channel.WEIGHT:
                weight = decode_as(WeightReading, topic, delivery.payload, lambda *_: SECRET)
                heard.weights.append((weight.gross_g, weight.stable))
            else:
                seals = decode_as(SealReading, topic, delivery.payload, lambda *_: SECRET)
                heard.seals.append(seals.seals)

    async with MqttClient(options_for(broker, "listener")) as client:
        await client.wait_connected(5)
        for channel in (Channel.WEIGHT, Channel.SEAL):
            await client.subscribe(topic_filter(channel))
        task = asyncio.create_task(take(client))
        yield heard
        task.cancel()


async def test_a_scale_tells_changes_and_repeats_what_stands_there(broker: RunningBroker) -> None:
    async with (
        listening(broker) as heard,
        scale_station(identity(DeviceKind.SCALE), options_for(broker, "scale")) as scale,
    ):
        await until(lambda: heard.weights == [(0, True)])
        scale.weigh(12_000_000, stable=False)
        scale.weigh(30_000_000, stable=True)
        scale.weigh(30_000_000 + STEP_G - 1, stable=True)
        said = [(0, True), (12_000_000, False), (30_000_000, True)]
        await until(lambda: len(heard.weights) == 3)
        assert heard.weights == said
        await until(lambda: len(heard.weights) == 4, 4)
        scale.weigh(-4_000, stable=True)
        await until(lambda: heard.weights == [*said, said[-1], (0, True)])
        scale.weigh(2 * HEAVIEST_G, stable=True)
        await until(lambda: heard.weights[-1] == (HEAVIEST_G, True))
        scale.weigh(0, stable=True)
        await until(lambda: heard.weights[-1] == (0, True))
        quiet = len(heard.weights)
        await asyncio.sleep(2.3)
        assert len(heard.weights) == quiet


async def test_a_seal_reader_repeats_until_the_truck_is_gone(broker: RunningBroker) -> None:
    async with (
        listening(broker) as heard,
        seal_station(identity(DeviceKind.SEAL_READER), options_for(broker, "seals")) as reader,
    ):
        reader.read(("VN1234567", "HQ-55"))
        await until(lambda: heard.seals == [("VN1234567", "HQ-55")] * 2, 5)
        reader.read(())
        await until(lambda: heard.seals[-1] == ())
        reader.gone()
        quiet = len(heard.seals)
        await asyncio.sleep(2.3)
        assert len(heard.seals) == quiet


@pytest.mark.parametrize(
    "seals",
    [("vn1",), ("V1",), ("",), ("VN 1234",), ("VN1234567", "VN1234567"),
     tuple(f"VN{n:05d}" for n in range(MOST_SEALS + 1)), ("A" * 21,), ("-VN123",)],
)  # fmt: skip
async def test_what_can_be_no_seals_number_is_refused_before_it_is_sent(
    broker: RunningBroker, seals: tuple[str, ...]
) -> None:
    async with seal_station(
        identity(DeviceKind.SEAL_READER), options_for(broker, "seals")
    ) as reader:
        with pytest.raises(BadMessage):
            reader.read(seals)
