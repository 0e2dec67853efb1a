"""Barrier commands out, answers in: one future a command, one owner of its deadline."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from devices.mqtt import MqttClient
from devices.mqtt_errors import MqttError
from gate.app.clock import Clock
from gate.app.lane import LaneActor
from gate.app.metrics import Metrics
from gate.app.register import Register
from gate.core.lane.events import CommandAnswered, CommandLost
from gate.store import commands as command_store
from gate.store.commands import CommandRow
from gate.store.devices import DeviceRow
from gate.store.errors import StoreError
from gate.store.pool import Database
from schemas.barrier_state import Arm
from schemas.codec import encode
from schemas.commands import Action, Answer, AnswerResult, Command
from schemas.stamp import Stamp
from schemas.topics import Channel, Topic

log = logging.getLogger(__name__)


class Commander:
    """Sends orders to barriers. A lost answer repeats the same command inside its time to live."""

    def __init__(
        self,
        client: MqttClient,
        database: Database,
        register: Register,
        clock: Clock,
        metrics: Metrics,
        answer_ms: int,
    ) -> None:
        self._client = client
        self._database = database
        self._register = register
        self._clock = clock
        self._metrics = metrics
        self._answer_s = answer_ms / 1000
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def pending(self) -> int:
        """Commands that wait for their answer."""
        return len(self._waiting)

    def start(self, actor: LaneActor, row: CommandRow) -> None:
        """Send the order in the background; the lane hears of its end."""
        task = asyncio.create_task(self._send(actor, row))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def heard(self, answer: Answer) -> None:
        """Take a barrier's answer: wake who waits, record it in any case."""
        waiting = self._waiting.get(answer.of)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
        else:
            log.info("answer %s to command %s: nobody waits", answer.result, answer.of)
            if answer.result is not AnswerResult.DONE:
                self._metrics.commands.labels(result="late").inc()
        if answer.result is AnswerResult.DONE:
            self._metrics.commands.labels(result="done").inc()
        await self._note(answer)

    async def _send(self, actor: LaneActor, row: CommandRow) -> None:
        device = self._register.device(row.lane, row.device)
        if device is None:
            self._lose(actor, row, "the barrier is not registered any more")
            return
        topic = Topic(
            site=self._register.site, lane=row.lane, device=row.device, channel=Channel.COMMAND
        )
        payload = encode(topic, self._command(row, device), device.secret)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[str(row.id)] = future
        began = self._clock.monotonic()
        try:
            answer = await self._insist(row, topic, payload, future, began)
        finally:
            self._waiting.pop(str(row.id), None)
        if answer is None:
            self._lose(actor, row, f"none within {row.ttl_ms} ms")
            await self._note_lost(row)
            return
        self._metrics.stage.labels(stage="answer").observe(self._clock.monotonic() - began)
        if answer.result is not AnswerResult.DONE:
            self._metrics.commands.labels(result=answer.result.value).inc()
        actor.post(
            CommandAnswered(
                at=self._clock.now(),
                decision=row.decision,
                result=answer.result.value,
                reason=answer.reason.value if answer.reason else "",
            )
        )

    async def _insist(
        self,
        row: CommandRow,
        topic: Topic,
        payload: bytes,
        future: asyncio.Future[Answer],
        began: float,
    ) -> Answer | None:
        """Publish until answered or expired: the same bytes, so that a repeat is a repeat."""
        expiry_s = max(1, row.ttl_ms // 1000)
        while (left := began + row.ttl_ms / 1000 - self._clock.monotonic()) > 0:
            try:
                await self._client.publish(
                    str(topic), payload, qos=1, retain=False, expiry_s=expiry_s, timeout_s=left
                )
                self._metrics.stage.labels(stage="order").observe(self._clock.monotonic() - began)
                await self._note_sent(row)
            except MqttError as error:
                log.warning("command %s was not sent: %s", row.id, error)
                await asyncio.sleep(min(0.1, left))
                continue
            left = began + row.ttl_ms / 1000 - self._clock.monotonic()
            try:
                async with asyncio.timeout(max(0.01, min(self._answer_s, left))):
                    return await asyncio.shield(future)
            except TimeoutError:
                log.warning("command %s has no answer yet; it goes again", row.id)
        return None

    def _command(self, row: CommandRow, device: DeviceRow) -> Command:
        made = self._register.stamper(device).next()
        stamp = Stamp(id=str(row.id), seq=made.seq, boot=made.boot, at=made.at, key=made.key)
        return Command(
            stamp=stamp,
            action=Action(row.action),
            token=row.token,
            expect=Arm.CLOSED,
            ttl_ms=row.ttl_ms,
            transit=str(row.transit),
            decision=str(row.decision),
        )

    def _lose(self, actor: LaneActor, row: CommandRow, why: str) -> None:
        self._metrics.commands.labels(result="lost").inc()
        actor.post(CommandLost(at=self._clock.now(), decision=row.decision, why=why))

    async def _note(self, answer: Answer) -> None:
        reason = answer.reason.value if answer.reason else ""
        try:
            await command_store.note_result(
                self._database, UUID(answer.of), answer.result.value, reason, self._clock.now()
            )
        except StoreError as error:
            log.warning("the answer to command %s was not recorded: %s", answer.of, error)

    async def _note_sent(self, row: CommandRow) -> None:
        try:
            await command_store.note_sent(self._database, row.id, self._clock.now())
        except StoreError as error:
            log.warning("the sending of command %s was not recorded: %s", row.id, error)

    async def _note_lost(self, row: CommandRow) -> None:
        try:
            await command_store.note_result(
                self._database, row.id, "lost", "no answer", self._clock.now()
            )
        except StoreError as error:
            log.warning("the loss of command %s was not recorded: %s", row.id, error)
