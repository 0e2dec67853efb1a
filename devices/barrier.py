"""The barrier's program: verifies commands, runs the arm, answers, and publishes its state."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from devices.barrier_machine import (
    Barrier,
    Event,
    KeySwitch,
    Order,
    Sensors,
    Timing,
    drive,
    power_back,
    step,
)
from devices.barrier_memory import MemoryFailed, MemoryFile, MemoryLost
from devices.barrier_orders import Given, OrderMemory, judge, outcome
from devices.heartbeat import Heartbeat, mono_ms
from devices.identity import Identity
from devices.outbox import Outbox
from devices.ports import BarrierHardware, Bus, Delivery
from devices.stamping import Stamper, wall_ms
from schemas.barrier_state import Arm, BarrierState, LoopState
from schemas.codec import decode_as, encode
from schemas.commands import LONGEST_TTL_MS, Answer, AnswerResult, Command, RefusalReason
from schemas.protocol_errors import BadSignature, ProtocolError, UnknownKey
from schemas.topics import Channel

log = logging.getLogger(__name__)

ANSWER_EXPIRY_S = 24 * 3600
_POLL_S = 0.02


class BarrierAgent:
    """One barrier on the bus. ``hardware`` is read every 20 ms; commands come from ``bus``.

    The memory of orders is on disk before the arm obeys. When that memory could not be read at
    the start, every command is refused until all that may have been answered before is expired.
    """

    def __init__(
        self,
        identity: Identity,
        bus: Bus,
        hardware: BarrierHardware,
        memory: MemoryFile,
        stamper: Stamper,
        heartbeat: Heartbeat,
        *,
        timing: Timing | None = None,
    ) -> None:
        self.rejected = 0
        self._identity = identity
        self._bus = bus
        self._hardware = hardware
        self._file = memory
        self._stamper = stamper
        self._heartbeat = heartbeat
        self._timing = timing or Timing()
        self._outbox = Outbox(bus)
        self._barrier = power_back(mono_ms())
        self._key = KeySwitch(local=False)
        self._memory = OrderMemory()
        self._deaf_until_ms = 0
        self._running: Command | None = None
        self._alarms: set[str] = set()

    @property
    def state(self) -> Barrier:
        """The machine as it stands."""
        return self._barrier

    @property
    def trusts_its_clock(self) -> bool:
        """Whether commands can be judged at all."""
        return self._centre_ms() is not None

    def alarms(self) -> tuple[str, ...]:
        """Codes of what is wrong, for the status."""
        fault = {"fault"} if self._barrier.arm is Arm.FAULT else set()
        return tuple(sorted(self._alarms | fault))

    async def open(self) -> None:
        """Load the memory of orders."""
        try:
            self._memory = await asyncio.to_thread(self._file.load)
        except MemoryLost as error:
            log.warning("%s: %s", self._identity.topic, error)
            self._alarms.add("memory_lost")
            self._deaf_until_ms = mono_ms() + LONGEST_TTL_MS

    async def subscribe(self) -> None:
        """Receive commands and clock answers."""
        await self._bus.subscribe(str(self._identity.on(Channel.COMMAND)))
        await self._heartbeat.subscribe(self._bus)

    async def announce(self) -> None:
        """After every connect: status and state again."""
        self._outbox.refresh(self._state_message)
        await self._heartbeat.beat(self._bus)

    async def run(self) -> None:
        """Run the arm and the conversation until cancelled; then the motor is stopped."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._control_forever())
                tasks.create_task(self._receive_forever())
                tasks.create_task(self._outbox.run())
                tasks.create_task(self._repeat_state())
                tasks.create_task(self._heartbeat.run(self._bus))
        finally:
            self._hardware.drive(drive(power_back(0)))

    async def _control_forever(self) -> None:
        while True:
            self.control()
            await asyncio.sleep(_POLL_S)

    async def _repeat_state(self) -> None:
        """Say again how the arm stands, as often as the heart beats: a broker may lose a retained
        state, and a centre that knows no state opens nothing.
        """
        while True:
            await asyncio.sleep(self._heartbeat.every_s)
            if self._bus.connected:
                self._outbox.refresh(self._state_message)

    def control(self) -> None:
        """One round of the control loop: look, think, drive."""
        sensors, key = self._hardware.read(), self._hardware.key()
        if sensors != self._barrier.sensors or self._barrier.arm is Arm.UNKNOWN:
            self._apply(sensors)
        if key != self._key:
            self._key = key
            self._apply(key)
        self._apply(None)

    async def _receive_forever(self) -> None:
        command_topic = str(self._identity.on(Channel.COMMAND))
        async for delivery in self._bus.messages():
            if delivery.topic == command_topic:
                await self._take_command(delivery)
            else:
                self._heartbeat.on_time(delivery)
            self._bus.ack(delivery)

    async def _take_command(self, delivery: Delivery) -> None:
        topic = self._identity.on(Channel.COMMAND)
        if delivery.retained:
            # Nobody may ever retain a command: it would open on every reconnect.
            self._reject("retained_command", f"a retained command on {topic} was ignored")
            return
        try:
            command = decode_as(Command, topic, delivery.payload, self._identity.own_secret)
        except ProtocolError as error:
            self._reject("rejected_command", f"{topic}: {error.code}: {error.text}")
            if isinstance(error, BadSignature | UnknownKey) and error.message_id is not None:
                reason = RefusalReason.BAD_SIGNATURE
                self._answer(_refused(error.message_id, reason))
            return
        await self._consider(command)

    async def _consider(self, command: Command) -> None:
        before = self._memory
        verdict = judge(before, command, self._barrier, self._centre_ms())
        if verdict.memory is before:
            self._answer(verdict.given)
            return
        try:
            await asyncio.to_thread(self._file.keep, verdict.memory)
        except MemoryFailed as error:
            log.warning("%s: %s", self._identity.topic, error)
            self._alarms.add("memory_failed")
            self._answer(_refused(command.stamp.id, RefusalReason.FAULT))
            return
        self._alarms.discard("memory_failed")
        self._memory = verdict.memory
        given = verdict.given
        if verdict.obey:
            # The disk took its time: expiry, key and loops may have changed meanwhile.
            now = judge(before, command, self._barrier, self._centre_ms())
            given = now.given
        self._note(given)
        if given.result is AnswerResult.ACCEPTED:
            self._supersede()
            self._running = command
            self._apply(Order(action=command.action, command=command.stamp.id))

    def _centre_ms(self) -> int | None:
        now = mono_ms()
        return None if now < self._deaf_until_ms else self._heartbeat.clock.centre_ms(now)

    def _apply(self, event: Event) -> None:
        before = self._barrier
        self._barrier = step(before, event, mono_ms(), self._timing)
        self._hardware.drive(drive(self._barrier))
        if _visible(before) != _visible(self._barrier):
            self._outbox.refresh(self._state_message)
        if self._running is not None:
            ended = outcome(self._barrier, self._running)
            if ended is not None:
                self._running = None
                self._note(ended)

    def _supersede(self) -> None:
        """A newer order ends the one that is still under way."""
        if self._running is not None:
            self._note(_refused(self._running.stamp.id, RefusalReason.STATE_DIFFERS))
            self._running = None

    def _note(self, given: Given) -> None:
        self._memory = self._memory.with_answer(given)
        self._answer(given)

    def _answer(self, given: Given) -> None:
        topic = self._identity.on(Channel.ANSWER)
        answer = Answer(
            stamp=self._stamper.next(),
            of=given.command,
            result=given.result,
            arm=self._barrier.arm,
            reason=given.reason,
        )
        self._outbox.put(str(topic), encode(topic, answer, self._identity.secret), ANSWER_EXPIRY_S)

    def _state_message(self) -> tuple[str, bytes]:
        topic = self._identity.on(Channel.STATE)
        barrier = self._barrier
        state = BarrierState(
            stamp=self._stamper.next(),
            arm=barrier.arm,
            loop_safety=_loop(barrier.sensors.safety),
            loop_exit=_loop(barrier.sensors.exit),
            local_control=barrier.local,
            cause=barrier.cause,
            since=max(0, wall_ms() - mono_ms() + barrier.since),
            command=barrier.command,
        )
        return str(topic), encode(topic, state, self._identity.secret)

    def _reject(self, alarm: str, text: str) -> None:
        self.rejected += 1
        self._alarms.add(alarm)
        log.warning("%s", text)


def _visible(barrier: Barrier) -> Barrier:
    """The part of a state that is published."""
    return replace(
        Barrier(),
        arm=barrier.arm,
        cause=barrier.cause,
        command=barrier.command,
        local=barrier.local,
        since=barrier.since,
        sensors=Sensors(safety=barrier.sensors.safety, exit=barrier.sensors.exit),
    )


def _loop(occupied: bool) -> LoopState:
    return LoopState.OCCUPIED if occupied else LoopState.FREE


def _refused(command: str, reason: RefusalReason) -> Given:
    return Given(command=command, result=AnswerResult.REFUSED, reason=reason)
