"""Messages of barriers, loops and devices: checked, then handed to their lane as events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from devices.heartbeat import TIME_EXPIRY_S, time_answer
from devices.mqtt import MqttClient
from devices.mqtt_errors import MqttError
from devices.ports import Delivery
from devices.stamping import wall_ms
from gate.app.clock import Clock
from gate.app.commands import Commander
from gate.app.lane import LaneActor
from gate.app.metrics import Metrics
from gate.app.register import Register
from gate.app.starts import Starts
from gate.core.lane.events import (
    BarrierPresence,
    BarrierReported,
    LoopEntry,
    PartTroubled,
    SealsRead,
    Weighed,
)
from gate.store import devices as device_store
from gate.store.errors import StoreError
from gate.store.pool import Database
from schemas.barrier_state import BarrierState, LoopState
from schemas.codec import decode, encode
from schemas.commands import Answer
from schemas.messages import Message
from schemas.protocol_errors import ProtocolError
from schemas.sensors import LoopPlace, LoopReading, SealReading, WeightReading
from schemas.status import ClockTrust, Presence, Status
from schemas.topics import Channel, Topic, parse_topic

log = logging.getLogger(__name__)

CHANNELS = (
    Channel.STATUS, Channel.STATE, Channel.ANSWER, Channel.LOOP, Channel.WEIGHT, Channel.SEAL,
)  # fmt: skip
SILENT_S = 100.0
"""Three heartbeats and a little: see ``devices.heartbeat``."""


class Sensors:
    """Takes everything but captures. What a lane must know is posted before the ack."""

    def __init__(
        self,
        client: MqttClient,
        database: Database,
        register: Register,
        commander: Commander,
        clock: Clock,
        metrics: Metrics,
        lane: Callable[[str], LaneActor | None],
    ) -> None:
        self._client = client
        self._database = database
        self._register = register
        self._commander = commander
        self._clock = clock
        self._metrics = metrics
        self._lane = lane
        self._boots: dict[tuple[str, str], str] = {}
        self._online: dict[tuple[str, str], bool] = {}
        self._reports: dict[str, BarrierReported] = {}
        self._heard: dict[tuple[str, str], float] = {}
        self._seqs: dict[tuple[str, str, Channel], tuple[str, int]] = {}
        self._starts = Starts()

    async def run(self) -> None:
        """Take messages for ever, in order."""
        async for delivery in self._client.messages():
            await self._take(delivery)
            self._client.ack(delivery)

    def brief(self, actor: LaneActor) -> None:
        """Tell a lane that was just taken what its barrier last said."""
        barrier = self._register.barrier(actor.id)
        if barrier is None:
            return
        if self._online.get((actor.id, barrier.id)):
            actor.post(BarrierPresence(at=self._clock.now(), online=True))
        said = self._reports.get(actor.id)
        if said is not None:
            actor.post(replace(said, at=self._clock.now()))

    async def watch(self) -> None:
        """Call a device offline that has been silent too long: its broker may be half dead."""
        while True:
            await asyncio.sleep(SILENT_S / 5)
            for place, at in tuple(self._heard.items()):
                silent = self._clock.monotonic() - at > SILENT_S
                if silent and self._online.get(place):
                    log.warning("device %s on lane %s has been silent too long", *reversed(place))
                    self._online[place] = False
                    self._presence(*place, online=False)

    def _presence(self, lane: str, device: str, *, online: bool) -> None:
        self._metrics.devices_online.labels(lane=lane, device=device).set(online)
        row, actor = self._register.device(lane, device), self._lane(lane)
        if actor is not None and row is not None and row.kind == "barrier":
            actor.post(BarrierPresence(at=self._clock.now(), online=online))

    async def _take(self, delivery: Delivery) -> None:
        received = wall_ms()
        try:
            topic = parse_topic(delivery.topic)
            message = decode(topic, delivery.payload, self._register.find_secret)
        except ProtocolError as error:
            channel = delivery.topic.rpartition("/")[2]
            known = channel if channel in set(Channel) else "unknown"
            self._metrics.refusals.labels(channel=known, code=error.code).inc()
            log.warning("refused %.120s: %s: %s", delivery.topic, error.code, error.text)
            return
        self._register.heard(topic, message.stamp.key)
        if self._reordered(topic, message):
            self._metrics.refusals.labels(channel=topic.channel.value, code="reordered").inc()
            return
        await self._hand_on(topic, message, received, delivery.retained)

    def _reordered(self, topic: Topic, message: Message) -> bool:
        """True for what a device said before something we already heard from the same start."""
        stamp = message.stamp
        place = (topic.lane, topic.device, topic.channel)
        boot, seq = self._seqs.get(place, ("", -1))
        if boot == stamp.boot and stamp.seq <= seq:
            return True
        self._seqs[place] = (stamp.boot, stamp.seq)
        return False

    async def _hand_on(self, topic: Topic, message: Message, received: int, retained: bool) -> None:
        actor = self._lane(topic.lane)
        match message:
            case Status():
                await self._status(topic, message, received, retained)
            case BarrierState():
                self._state(topic, message, actor)
            case Answer():
                await self._commander.heard(message)
            case LoopReading() if actor is not None and message.loop is LoopPlace.ENTRY:
                occupied = message.state is LoopState.OCCUPIED
                actor.post(LoopEntry(at=self._clock.now(), occupied=occupied))
            case WeightReading() if actor is not None:
                actor.post(
                    Weighed(
                        at=self._clock.now(), device=topic.device, stable=message.stable,
                        gross_kg=round(message.gross_g / 1000),
                    )
                )  # fmt: skip
            case SealReading() if actor is not None:
                actor.post(
                    SealsRead(at=self._clock.now(), device=topic.device, seals=message.seals)
                )

    def _state(self, topic: Topic, state: BarrierState, actor: LaneActor | None) -> None:
        """A retained state of an earlier start of the device says nothing about now."""
        boot = self._boots.get((topic.lane, topic.device))
        if boot is not None and boot != state.stamp.boot:
            log.info("ignored a state of %s from another start of the device", topic.device)
            return
        report = BarrierReported(
            at=self._clock.now(),
            arm=state.arm,
            loop_safety=state.loop_safety is LoopState.OCCUPIED,
            loop_exit=state.loop_exit is LoopState.OCCUPIED,
            local_control=state.local_control,
        )
        before = self._reports.get(topic.lane)
        if before is not None and replace(before, at=report.at) == report:
            return  # said again, as every barrier does with its heartbeat
        self._reports[topic.lane] = report
        if actor is not None:
            actor.post(report)

    async def _status(self, topic: Topic, status: Status, received: int, retained: bool) -> None:
        place = (topic.lane, topic.device)
        online = status.presence is Presence.ONLINE
        if online:
            self._boots[place] = status.stamp.boot
            if not retained:  # a retained one is old: its t1 and our t2 do not belong together
                self._look_for_twins(topic, status)
                await self._answer_clock(topic, status, received)
        elif self._boots.get(place, status.stamp.boot) != status.stamp.boot:
            return  # the will of an earlier start that has come back since
        changed = self._online.get(place) != online
        self._online[place] = online
        self._heard[place] = self._clock.monotonic()
        if changed:
            self._presence(topic.lane, topic.device, online=online)
        await self._note(topic, status, online)

    def _look_for_twins(self, topic: Topic, status: Status) -> None:
        """An earlier start that speaks again is a second device with the same key."""
        if not self._starts.returned((topic.lane, topic.device), status.stamp.boot):
            return
        text = f"{topic.device} speaks from two starts in turns: a copy of it, or started twice"
        log.error("lane %s: %s", topic.lane, text)
        actor = self._lane(topic.lane)
        if actor is not None:
            actor.post(
                PartTroubled(at=self._clock.now(), kind="DEVICE_TWICE", text=text, doubt=text)
            )

    async def _answer_clock(self, topic: Topic, status: Status, received: int) -> None:
        device = self._register.device(topic.lane, topic.device)
        if device is None:
            return
        back = topic.on(Channel.TIME)
        answer = time_answer(status, received, self._register.stamper(device))
        try:
            await self._client.publish(
                str(back), encode(back, answer, device.secret), qos=0, expiry_s=TIME_EXPIRY_S
            )
        except MqttError as error:
            log.info("the clock answer to %s was not sent: %s", topic.device, error)

    async def _note(self, topic: Topic, status: Status, online: bool) -> None:
        known = status.clock.trust is not ClockTrust.UNSET
        try:
            await device_store.note_status(
                self._database,
                topic.lane,
                topic.device,
                online=online,
                boot=UUID(status.stamp.boot),
                offset_ms=status.clock.offset_ms if known else None,
                trust=status.clock.trust.value,
                at=self._clock.now(),
                version=status.version,
            )
        except StoreError as error:
            self._metrics.database_errors.labels(code=error.code).inc()
        self._register.note_clock(topic.lane, topic.device, status.clock)
