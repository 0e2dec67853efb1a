"""The MQTT client against real brokers: nothing handled twice by mistake, nothing lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator

import pytest

from devices.broker import EmbeddedBroker
from devices.mqtt import MqttClient
from devices.mqtt_errors import NotConnected, PublishRefused, PublishTimeout
from devices.mqtt_options import Will
from devices.ports import Delivery
from tests.devices.brokers import RunningBroker
from tests.devices.conftest import options_for
from tests.devices.waiting import until

CRASHING_CLIENT = """
import asyncio, sys
from devices.broker import EmbeddedBroker
from devices.mqtt import MqttClient
from devices.mqtt_options import MqttOptions

async def main():
    options = MqttOptions(client_id="worker", port=int(sys.argv[1]))
    async with MqttClient(options) as client:
        await client.subscribe("crash/#")
        await client.wait_connected(5)
        print("ready", flush=True)
        count = 0
        async for delivery in client.messages():
            count += 1
            if count <= 2:
                client.ack(delivery)
                await asyncio.sleep(0.1)
            print(delivery.payload.decode(), flush=True)

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def client_of(
    broker: RunningBroker, name: str, *filters: str, **changes: object
) -> AsyncIterator[MqttClient]:
    async with MqttClient(options_for(broker, name, **changes)) as client:
        for topic_filter in filters:
            await client.subscribe(topic_filter)
        await client.wait_connected(10)
        yield client


async def take(client: MqttClient, count: int, *, ack: bool = True) -> list[Delivery]:
    taken: list[Delivery] = []
    async with asyncio.timeout(20):
        async for delivery in client.messages():
            taken.append(delivery)
            if ack:
                assert client.ack(delivery)
            if len(taken) == count:
                break
    return taken


async def test_a_large_payload_comes_through_unchanged(broker: RunningBroker) -> None:
    payload = os.urandom(6 * 1024 * 1024)
    async with (
        client_of(broker, "reader", "big/#") as reader,
        client_of(broker, "writer") as writer,
    ):
        await writer.publish("big/one", payload)
        (delivery,) = await take(reader, 1)
    assert delivery.payload == payload
    assert delivery.topic == "big/one"


async def test_what_a_killed_client_did_not_acknowledge_comes_again(broker: RunningBroker) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CRASHING_CLIENT, str(broker.port), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    async with client_of(broker, "writer") as writer:
        for number in range(6):
            await writer.publish("crash/x", str(number).encode())
    seen = [await process.stdout.readline() for _ in range(6)]
    assert seen == [b"%d\n" % number for number in range(6)]
    process.send_signal(signal.SIGKILL)
    await process.wait()

    async with client_of(broker, "worker", "crash/#") as successor:
        again = await take(successor, 4)

    assert {delivery.payload for delivery in again} >= {b"2", b"3", b"4", b"5"}


async def test_an_acknowledged_message_does_not_come_again(broker: RunningBroker) -> None:
    async with client_of(broker, "writer") as writer:
        async with client_of(broker, "worker", "once/#") as worker:
            await writer.publish("once/x", b"handled")
            await take(worker, 1)
        await writer.publish("once/x", b"while away")
        async with client_of(broker, "worker", "once/#") as worker:
            (delivery,) = await take(worker, 1)
    assert delivery.payload == b"while away"


async def test_an_acknowledgement_of_an_ended_connection_is_void(broker: RunningBroker) -> None:
    async with (
        client_of(broker, "worker", "old/#") as worker,
        client_of(broker, "writer") as writer,
    ):
        await writer.publish("old/x", b"1")
        (stale,) = await take(worker, 1, ack=False)
        assert worker._connection is not None
        worker._connection.abort("cable pulled")
        await until(lambda: worker.connects == 2 and worker.connected)

        assert not worker.ack(stale)
        (again,) = await take(worker, 1)
    assert again.payload == b"1"
    assert again.connection != stale.connection


async def test_a_broker_killed_and_back_finds_everyone_subscribed_again(
    broker: RunningBroker,
) -> None:
    async with (
        client_of(broker, "reader", "after/#") as reader,
        client_of(broker, "writer") as writer,
    ):
        await broker.kill()
        await until(lambda: not writer.connected and not reader.connected)
        with pytest.raises(NotConnected):
            await writer.publish("after/x", b"nobody takes this")
        await broker.start()
        await reader.wait_connected(10)
        await writer.wait_connected(10)
        await writer.publish("after/x", b"welcome back")
        (delivery,) = await take(reader, 1)
        assert delivery.payload == b"welcome back"
        assert reader.reconnects >= 1
        assert reader.last_error == ""


async def test_publishers_that_retry_lose_nothing_over_kills_of_the_broker(
    broker: RunningBroker,
) -> None:
    """The consumer answers on another topic, as receipts do; senders repeat until answered."""
    answered: set[bytes] = set()
    received: set[bytes] = set()
    async with (
        client_of(broker, "centre", "up/#") as centre,
        client_of(broker, "camera", "down/#") as camera,
    ):

        async def answer() -> None:
            async for delivery in centre.messages():
                received.add(delivery.payload)
                with contextlib.suppress(NotConnected, PublishTimeout):
                    await centre.publish("down/x", delivery.payload, timeout_s=1)
                    centre.ack(delivery)

        async def collect() -> None:
            async for delivery in camera.messages():
                answered.add(delivery.payload)
                camera.ack(delivery)

        async def send(number: int) -> None:
            payload = str(number).encode()
            while payload not in answered:
                with contextlib.suppress(NotConnected, PublishTimeout):
                    await camera.publish("up/x", payload, timeout_s=1)
                await asyncio.sleep(0.2)

        helpers = [asyncio.create_task(answer()), asyncio.create_task(collect())]
        async with asyncio.timeout(40), asyncio.TaskGroup() as senders:
            for number in range(60):
                senders.create_task(send(number))
                if number in {20, 40}:
                    await asyncio.sleep(0.02)
                    await broker.kill()
                    await broker.start()
        for helper in helpers:
            helper.cancel()
    assert received == {str(number).encode() for number in range(60)}


async def test_a_shared_subscription_gives_each_message_to_one_of_the_workers(
    broker: RunningBroker,
) -> None:
    shared = "$share/intake/work/#"
    async with (
        client_of(broker, "one", shared) as one,
        client_of(broker, "two", shared) as two,
        client_of(broker, "writer") as writer,
    ):
        for number in range(20):
            await writer.publish("work/x", str(number).encode())
        await until(lambda: one.inbox_depth + two.inbox_depth == 20)
        first = await take(one, one.inbox_depth)
        second = await take(two, two.inbox_depth)
    payloads = [delivery.payload for delivery in [*first, *second]]
    assert sorted(payloads) == sorted(str(number).encode() for number in range(20))
    assert first
    assert second


async def test_no_more_unacknowledged_messages_come_than_the_receive_maximum(
    broker: RunningBroker,
) -> None:
    """The embedded broker has a bound of its own, whatever the client asks for."""
    bound = 100 if isinstance(broker, EmbeddedBroker) else 32
    async with (
        client_of(broker, "slow", "flood/#", receive_maximum=32) as slow,
        client_of(broker, "writer") as writer,
    ):
        for number in range(150):
            await writer.publish("flood/x", str(number).encode())
        await asyncio.sleep(0.5)
        assert 0 < slow.inbox_depth <= bound
        everything = await take(slow, 150)
    assert [int(delivery.payload) for delivery in everything] == list(range(150))


async def test_the_last_will_is_published_when_a_client_vanishes_and_not_when_it_leaves(
    broker: RunningBroker,
) -> None:
    will = Will(topic="will/x", payload=b"gone")
    async with client_of(broker, "watcher", "will/#") as watcher:
        leaver = MqttClient(options_for(broker, "leaver"), will=lambda: will)
        leaver.start()
        await leaver.wait_connected(5)
        await leaver.close()
        await asyncio.sleep(0.3)
        assert watcher.inbox_depth == 0

        crasher = MqttClient(options_for(broker, "crasher"), will=lambda: will)
        crasher.start()
        await crasher.wait_connected(5)
        assert crasher._connection is not None
        crasher._connection.abort("crash")
        (delivery,) = await take(watcher, 1)
        await crasher.close()
    assert delivery.payload == b"gone"


async def test_a_retained_message_is_told_to_a_late_subscriber_as_retained(
    broker: RunningBroker,
) -> None:
    async with client_of(broker, "writer") as writer:
        await writer.publish("kept/x", b"state", retain=True)
        async with client_of(broker, "late", "kept/#") as late:
            (delivery,) = await take(late, 1)
    assert delivery.payload == b"state"
    assert delivery.retained


async def test_a_message_past_its_expiry_is_not_delivered(broker: RunningBroker) -> None:
    async with client_of(broker, "device", "short/#"):
        pass
    async with client_of(broker, "writer") as writer:
        await writer.publish("short/x", b"stale", expiry_s=1)
        await writer.publish("short/x", b"lasting")
        await asyncio.sleep(2.2)
        async with client_of(broker, "device", "short/#") as device:
            await until(lambda: device.inbox_depth > 0)
            await asyncio.sleep(0.2)
            taken = await take(device, device.inbox_depth)
    assert [delivery.payload for delivery in taken] == [b"lasting"]


async def test_on_connect_callbacks_run_after_every_connect(broker: RunningBroker) -> None:
    async with MqttClient(options_for(broker, "device")) as device:
        announced: list[int] = []

        async def announce() -> None:
            announced.append(device.connects)

        device.on_connect(announce)
        await device.wait_connected(5)
        await until(lambda: announced == [1])
        assert device._connection is not None
        device._connection.abort("cable pulled")
        await until(lambda: announced == [1, 2])


async def test_without_a_broker_publishing_fails_at_once_and_waiting_says_why(
    embedded: RunningBroker,
) -> None:
    await embedded.stop()
    async with MqttClient(options_for(embedded, "lonely")) as lonely:
        began = time.monotonic()
        with pytest.raises(NotConnected):
            await lonely.publish("x/y", b"")
        assert time.monotonic() - began < 0.1
        with pytest.raises(NotConnected, match="refused"):
            await lonely.wait_connected(0.5)
        assert lonely.publish_failures == 1


async def test_a_broker_that_hangs_gives_a_timeout_and_later_a_new_connection(
    embedded: RunningBroker,
) -> None:
    """SIGSTOP is a half-open connection in miniature: TCP accepts, nobody answers."""
    pid = embedded.pid  # type: ignore[attr-defined]
    async with client_of(embedded, "patient", keepalive_s=1) as patient:
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises((PublishTimeout, NotConnected)):
                await patient.publish("x/y", b"hello", timeout_s=0.3)
            await until(lambda: not patient.connected, limit_s=10)
        finally:
            os.kill(pid, signal.SIGCONT)
        await patient.wait_connected(20)
        await patient.publish("x/y", b"hello")


async def test_a_payload_above_the_brokers_limit_is_refused_and_the_connection_stays(
    embedded: RunningBroker,
) -> None:
    async with client_of(embedded, "writer") as writer:
        assert writer._connection is not None
        writer._connection._largest_packet = 1000
        with pytest.raises(PublishRefused, match="at most 1000"):
            await writer.publish("x/y", b"0" * 1000)
        await writer.publish("x/y", b"0" * 10)


async def test_a_flood_of_unimportant_messages_is_dropped_at_the_bound_and_counted(
    embedded: RunningBroker,
) -> None:
    async with (
        client_of(embedded, "slow", receive_maximum=5) as slow,
        client_of(embedded, "writer") as writer,
    ):
        await slow.subscribe("noise/#", qos=0)
        for number in range(600):
            await writer.publish("noise/x", str(number).encode(), qos=0)
        await until(lambda: slow.received >= 500)
        assert slow.inbox_depth <= 2 * 5 + 256
        assert slow.dropped > 0
