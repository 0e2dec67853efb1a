"""The barrier over real brokers: it opens for a good command, once, and for nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from devices.barrier import BarrierAgent
from devices.barrier_machine import Drive, KeySwitch, Timing
from devices.heartbeat import time_answer
from devices.identity import Identity
from devices.mqtt import MqttClient
from devices.simulation.barrier import SimulatedBarrier
from devices.stamping import Stamper, fresh_id, wall_ms
from devices.station import barrier_station
from schemas.barrier_state import Arm, BarrierState, Cause
from schemas.codec import decode, encode
from schemas.commands import Action, Answer, AnswerResult, Command, RefusalReason
from schemas.messages import Message
from schemas.status import DeviceKind, Presence, Status
from schemas.topics import Channel, Topic, parse_topic, topic_filter
from tests.devices.brokers import RunningBroker
from tests.devices.conftest import options_for
from tests.devices.waiting import until

SECRET = b"a secret of the test barrier, ok"
TOPIC = Topic(site="test", lane="lane-1", device="barrier", channel=Channel.COMMAND)
KEY = "lane-1.barrier"
IDENTITY = Identity(topic=TOPIC, kind=DeviceKind.BARRIER, version="test", key=KEY, secret=SECRET)
TRAVEL_S = 0.2
TIMING = Timing(travel_ms=1_000, stays_open_ms=1_500, clear_ms=150)
ACCEPTED, DONE, REFUSED = AnswerResult.ACCEPTED, AnswerResult.DONE, AnswerResult.REFUSED


class Centre:
    """Sends commands, tells the time (``off_ms`` away), keeps what it hears."""

    def __init__(self, client: MqttClient) -> None:
        self.client = client
        self.off_ms = 0
        self.silent = False
        self.answers: list[Answer] = []
        self.states: list[BarrierState] = []
        self.statuses: list[Status] = []
        self._stamper = Stamper(KEY)

    async def run(self) -> None:
        async for delivery in self.client.messages():
            received = wall_ms() + self.off_ms
            topic = parse_topic(delivery.topic)
            message: Message = decode(topic, delivery.payload, lambda _t, _k: SECRET)
            self.client.ack(delivery)
            match message:
                case Answer():
                    self.answers.append(message)
                case BarrierState():
                    self.states.append(message)
                case Status():
                    self.statuses.append(message)
                    if message.presence is Presence.ONLINE and not self.silent:
                        await self._tell_time(topic.on(Channel.TIME), message, received)

    async def _tell_time(self, topic: Topic, status: Status, received: int) -> None:
        answer = time_answer(status, received, self._stamper)
        answer = replace(answer, stamp=replace(answer.stamp, at=wall_ms() + self.off_ms))
        await self.client.publish(str(topic), encode(topic, answer, SECRET), qos=0, expiry_s=2)

    def command(self, action: Action = Action.OPEN, **changes: object) -> Command:
        stamp = self._stamper.next()
        wanted: dict[str, object] = {
            "stamp": replace(stamp, at=stamp.at + self.off_ms),
            "action": action,
            "token": 7,
            "expect": Arm.CLOSED,
            "transit": fresh_id(),
            "decision": fresh_id(),
            **changes,
        }
        return Command(**wanted)  # type: ignore[arg-type]

    async def send(self, command: Command, *, secret: bytes = SECRET, retain: bool = False) -> None:
        payload = encode(TOPIC, command, secret)
        await self.client.publish(str(TOPIC), payload, retain=retain, expiry_s=3)

    def answered(self, command: Command) -> list[tuple[AnswerResult, RefusalReason | None]]:
        """What was answered to a command, in order."""
        return [(a.result, a.reason) for a in self.answers if a.of == command.stamp.id]


@contextlib.asynccontextmanager
async def centre_at(broker: RunningBroker) -> AsyncIterator[Centre]:
    async with MqttClient(options_for(broker, "centre")) as client:
        for channel in (Channel.ANSWER, Channel.STATE, Channel.STATUS):
            await client.subscribe(topic_filter(channel))
        await client.wait_connected(10)
        centre = Centre(client)
        running = asyncio.create_task(centre.run())
        try:
            yield centre
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


@contextlib.asynccontextmanager
async def barrier_at(
    broker: RunningBroker, folder: Path, body: SimulatedBarrier
) -> AsyncIterator[BarrierAgent]:
    async with barrier_station(
        IDENTITY,
        options_for(broker, "barrier"),
        body,
        folder / "memory.json",
        timing=TIMING,
        heartbeat_s=0.1,
    ) as agent:
        yield agent


async def ready(centre: Centre) -> None:
    """Wait until the barrier is closed and its clock trusted."""
    await until(lambda: bool(centre.statuses) and centre.statuses[-1].clock.trust == "trusted")
    await until(lambda: bool(centre.states) and centre.states[-1].arm is Arm.CLOSED)


async def test_a_truck_is_let_through_and_the_arm_closes_behind_it(
    broker: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(broker) as centre, barrier_at(broker, tmp_path, body):
        await ready(centre)
        command = centre.command()
        await centre.send(command)
        await until(lambda: centre.answered(command) == [(ACCEPTED, None), (DONE, None)])
        assert body.angle == 1.0
        body.safety = True
        await asyncio.sleep(0.1)
        body.safety, body.exit = False, True
        await asyncio.sleep(0.1)
        body.exit = False
        await until(lambda: centre.states[-1].arm is Arm.CLOSED)
    told = [arm for arm, _ in itertools.groupby(state.arm for state in centre.states)]
    assert [arm for arm in told if arm is not Arm.UNKNOWN] == [
        *(Arm.CLOSED, Arm.OPENING, Arm.OPEN, Arm.CLOSING, Arm.CLOSED)
    ]
    assert Cause.PASSED in {state.cause for state in centre.states}
    assert any(state.command == command.stamp.id for state in centre.states)
    assert not body.hit_vehicle


async def test_the_same_command_again_is_answered_and_moves_nothing(
    broker: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(broker) as centre, barrier_at(broker, tmp_path, body) as agent:
        await ready(centre)
        command = centre.command(ttl_ms=60_000)
        await centre.send(command)
        await centre.send(command)
        await until(lambda: (DONE, None) in centre.answered(command))
        await until(lambda: agent.state.arm is Arm.CLOSED)
        for _ in range(3):
            await centre.send(command)
        await until(lambda: len(centre.answered(command)) == 6)
        assert agent.state.arm is Arm.CLOSED
        assert centre.answered(command)[-1] == (DONE, None)


async def test_what_must_not_open_does_not_and_says_why(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(embedded) as centre, barrier_at(embedded, tmp_path, body) as agent:
        await ready(centre)
        stale = replace(centre.command(), token=3)
        late = centre.command()
        late = replace(late, stamp=replace(late.stamp, at=late.stamp.at - 3_100))
        early = centre.command()
        early = replace(early, stamp=replace(early.stamp, at=early.stamp.at + 10_000))
        lead = centre.command(Action.CLOSE, transit=None, decision=None, token=5)
        await centre.send(lead)
        await until(lambda: centre.answered(lead)[-1:] == [(DONE, None)])
        expected = {
            stale.stamp.id: RefusalReason.STALE_TOKEN,
            late.stamp.id: RefusalReason.EXPIRED,
            early.stamp.id: RefusalReason.CLOCK_UNTRUSTED,
        }
        for command in (stale, late, early):
            await centre.send(command)
        forged = centre.command()
        await centre.send(forged, secret=b"a guess of sixteen bytes or more")
        expected[forged.stamp.id] = RefusalReason.BAD_SIGNATURE
        differs = centre.command(expect=Arm.OPEN)
        await centre.send(differs)
        expected[differs.stamp.id] = RefusalReason.STATE_DIFFERS
        await until(lambda: len([a for a in centre.answers if a.reason]) == len(expected))
        assert {a.of: a.reason for a in centre.answers if a.reason} == expected
        assert body.angle == 0.0
        assert agent.state.arm is Arm.CLOSED


async def test_a_retained_command_is_ignored_with_an_alarm(
    broker: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(broker) as centre:
        await centre.send(centre.command(ttl_ms=60_000), retain=True)
        async with barrier_at(broker, tmp_path, body) as agent:
            await ready(centre)
            await until(lambda: agent.rejected >= 1)
            await until(lambda: "retained_command" in centre.statuses[-1].alarms)
            assert body.angle == 0.0
            assert centre.answers == []


async def test_without_a_trusted_clock_every_command_is_refused(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(embedded) as centre:
        centre.silent = True
        async with barrier_at(embedded, tmp_path, body):
            await until(lambda: bool(centre.states) and centre.states[-1].arm is Arm.CLOSED)
            command = centre.command()
            await centre.send(command)
            refusal = [(REFUSED, RefusalReason.CLOCK_UNTRUSTED)]
            await until(lambda: centre.answered(command) == refusal)
    assert body.angle == 0.0


async def test_a_centre_an_hour_ahead_is_served_by_its_own_clock(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(embedded) as centre:
        centre.off_ms = 3_600_000
        async with barrier_at(embedded, tmp_path, body):
            await ready(centre)
            assert abs(centre.statuses[-1].clock.offset_ms - 3_600_000) < 200
            command = centre.command()
            await centre.send(command)
            await until(lambda: (DONE, None) in centre.answered(command))


async def test_a_restart_remembers_orders_and_token_and_leaves_the_arm_alone(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(embedded) as centre:
        async with barrier_at(embedded, tmp_path, body):
            await ready(centre)
            command = centre.command(Action.HOLD_OPEN, ttl_ms=60_000)
            await centre.send(command)
            await until(lambda: (DONE, None) in centre.answered(command))
        async with barrier_at(embedded, tmp_path, body) as agent:
            await until(lambda: agent.state.arm is Arm.OPEN)
            await until(lambda: centre.states[-1].cause is Cause.POWER)
            await until(lambda: agent.trusts_its_clock)
            await asyncio.sleep(TIMING.stays_open_ms / 1000 + 0.2)
            assert body.angle == 1.0
            before = len(centre.answers)
            await centre.send(command)
            stale = centre.command(Action.CLOSE, expect=Arm.OPEN, token=6)
            await centre.send(stale)
            await until(lambda: len(centre.answers) == before + 2)
            assert centre.answered(stale) == [(REFUSED, RefusalReason.STALE_TOKEN)]
            assert body.angle == 1.0


async def test_an_unreadable_memory_refuses_all_commands_for_a_minute(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    (tmp_path / "memory.json").write_text('{"token": 9, "answ')
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(embedded) as centre, barrier_at(embedded, tmp_path, body):
        await ready(centre)
        assert "memory_lost" in centre.statuses[-1].alarms
        command = centre.command()
        await centre.send(command)
        await until(lambda: len(centre.answered(command)) == 1)
        assert centre.answered(command) == [(REFUSED, RefusalReason.CLOCK_UNTRUSTED)]


async def test_an_order_that_cannot_be_kept_is_not_obeyed(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    (tmp_path / "memory.part").mkdir()  # the disk refuses: a folder is in the way
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(embedded) as centre, barrier_at(embedded, tmp_path, body):
        await ready(centre)
        command = centre.command()
        await centre.send(command)
        await until(lambda: centre.answered(command) == [(REFUSED, RefusalReason.FAULT)])
        assert body.angle == 0.0
        await until(lambda: "memory_failed" in centre.statuses[-1].alarms)


async def test_a_stuck_arm_ends_in_fault_and_the_command_is_answered_so(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    body.stuck_at = 0.4
    async with centre_at(embedded) as centre, barrier_at(embedded, tmp_path, body):
        await ready(centre)
        command = centre.command()
        await centre.send(command)
        await until(
            lambda: centre.answered(command) == [(ACCEPTED, None), (REFUSED, RefusalReason.FAULT)]
        )
        await until(lambda: centre.states[-1].arm is Arm.FAULT)


async def test_a_vehicle_under_the_closing_arm_is_never_hit(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=0.6)
    async with centre_at(embedded) as centre, barrier_at(embedded, tmp_path, body) as agent:
        await ready(centre)
        await centre.send(centre.command())
        await until(lambda: agent.state.arm is Arm.CLOSING)
        await until(lambda: body.angle < 0.6)
        body.safety = True
        await until(lambda: agent.state.arm is Arm.OPEN)
        assert centre.states[-1].cause is Cause.SAFETY or agent.state.cause is Cause.SAFETY
        assert not body.hit_vehicle


async def test_the_local_key_opens_is_reported_and_locks_commands_out(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(embedded) as centre, barrier_at(embedded, tmp_path, body):
        await ready(centre)
        body.switch = KeySwitch(local=True, drive=Drive.UP)
        await until(lambda: centre.states[-1].arm is Arm.OPEN)
        assert centre.states[-1].cause is Cause.KEY
        assert centre.states[-1].local_control
        command = centre.command(expect=Arm.OPEN)
        await centre.send(command)
        refusal = [(REFUSED, RefusalReason.LOCAL_CONTROL)]
        await until(lambda: centre.answered(command) == refusal)


async def test_an_answer_lost_in_a_kill_of_the_broker_is_given_again_when_asked(
    broker: RunningBroker, tmp_path: Path
) -> None:
    """A broker that lost its state drops an answer for a centre that is not back yet."""
    body = SimulatedBarrier(travel_s=1.0)
    async with centre_at(broker) as centre, barrier_at(broker, tmp_path, body) as agent:
        await ready(centre)
        command = centre.command(ttl_ms=60_000)
        await centre.send(command)
        await until(lambda: (ACCEPTED, None) in centre.answered(command))
        await broker.kill()
        await asyncio.sleep(0.2)
        await broker.start()
        await until(lambda: agent.state.arm is not Arm.OPENING)
        await centre.client.wait_connected(10)
        await until(lambda: agent._bus.connected)  # else the new broker has nobody to hand it to
        await centre.send(command)
        await until(lambda: (DONE, None) in centre.answered(command))
        await until(lambda: centre.states[-1].arm is agent.state.arm)


async def test_a_crashed_barrier_is_told_offline_by_its_last_will(
    broker: RunningBroker, tmp_path: Path
) -> None:
    body = SimulatedBarrier(travel_s=TRAVEL_S)
    async with centre_at(broker) as centre, barrier_at(broker, tmp_path, body) as agent:
        await ready(centre)
        client = agent._bus
        assert isinstance(client, MqttClient)
        assert client._connection is not None
        client._connection.abort("power cut")
        await until(lambda: any(s.presence is Presence.OFFLINE for s in centre.statuses))
        await until(lambda: centre.statuses[-1].presence is Presence.ONLINE)
