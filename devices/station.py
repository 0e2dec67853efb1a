"""Putting a device together: its client, heartbeat and agent, running while a block lasts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from devices.barrier import BarrierAgent
from devices.barrier_machine import Timing
from devices.barrier_memory import MemoryFile
from devices.camera import CameraAgent, SendRules
from devices.clock import DeviceClock
from devices.heartbeat import Heartbeat
from devices.identity import Identity
from devices.loop import LoopAgent
from devices.mqtt import MqttClient
from devices.mqtt_errors import MqttError
from devices.mqtt_options import MqttOptions
from devices.ports import BarrierHardware, Bus
from devices.scale import ScaleAgent
from devices.seal_reader import SealReaderAgent
from devices.spool import Spool
from devices.stamping import Stamper
from schemas.capture import CameraRole
from schemas.capture_payload import CaptureLimits
from schemas.receipts import Receipt
from schemas.sensors import LoopPlace

HEARTBEAT_S = 30.0
_LEAVE_S = 2.0


class Agent(Protocol):
    """What every device program has."""

    async def subscribe(self) -> None:
        """Subscribe to its own topics."""

    async def announce(self) -> None:
        """Run after every connect."""

    async def run(self) -> None:
        """Do its work until cancelled."""


AnyAgent = TypeVar("AnyAgent", bound=Agent)


@contextlib.asynccontextmanager
async def camera_station(
    identity: Identity,
    role: CameraRole,
    options: MqttOptions,
    spool: Spool,
    *,
    limits: CaptureLimits | None = None,
    rules: SendRules | None = None,
    heartbeat_s: float = HEARTBEAT_S,
    on_receipt: Callable[[Receipt], None] | None = None,
) -> AsyncIterator[CameraAgent]:
    """A running camera; raises ``SpoolFailed`` at the start.

    What has no receipt at the end stays in the spool.
    """
    stamper = Stamper(identity.key)
    heartbeat = Heartbeat(
        identity,
        stamper,
        DeviceClock(),
        every_s=heartbeat_s,
        waiting=lambda: agent.waiting,
        alarms=lambda: agent.alarms(),
    )
    client = MqttClient(options, will=heartbeat.will)
    agent = CameraAgent(
        identity,
        role,
        client,
        spool,
        stamper,
        heartbeat=heartbeat,
        limits=limits,
        rules=rules,
        on_receipt=on_receipt,
    )
    await agent.open()
    with contextlib.closing(spool):
        async with _running(agent, client, heartbeat):
            yield agent


@contextlib.asynccontextmanager
async def barrier_station(
    identity: Identity,
    options: MqttOptions,
    hardware: BarrierHardware,
    memory: Path,
    *,
    timing: Timing | None = None,
    heartbeat_s: float = HEARTBEAT_S,
) -> AsyncIterator[BarrierAgent]:
    """A running barrier; ``memory`` is the file that keeps its orders over restarts."""
    stamper = Stamper(identity.key)
    heartbeat = Heartbeat(
        identity, stamper, DeviceClock(), every_s=heartbeat_s, alarms=lambda: agent.alarms()
    )
    client = MqttClient(options, will=heartbeat.will)
    agent = BarrierAgent(
        identity, client, hardware, MemoryFile(memory), stamper, heartbeat, timing=timing
    )
    await agent.open()
    async with _running(agent, client, heartbeat):
        yield agent


@contextlib.asynccontextmanager
async def loop_station(
    identity: Identity,
    place: LoopPlace,
    options: MqttOptions,
    *,
    heartbeat_s: float = HEARTBEAT_S,
) -> AsyncIterator[LoopAgent]:
    """A running induction loop."""
    stamper = Stamper(identity.key)
    heartbeat = Heartbeat(identity, stamper, DeviceClock(), every_s=heartbeat_s)
    client = MqttClient(options, will=heartbeat.will)
    agent = LoopAgent(identity, place, client, stamper, heartbeat)
    async with _running(agent, client, heartbeat):
        yield agent


@contextlib.asynccontextmanager
async def scale_station(
    identity: Identity, options: MqttOptions, *, heartbeat_s: float = HEARTBEAT_S
) -> AsyncIterator[ScaleAgent]:
    """A running weighbridge."""
    async with _sensor(ScaleAgent, identity, options, heartbeat_s) as agent:
        yield agent


@contextlib.asynccontextmanager
async def seal_station(
    identity: Identity, options: MqttOptions, *, heartbeat_s: float = HEARTBEAT_S
) -> AsyncIterator[SealReaderAgent]:
    """A running reader of seals, fixed or in an officer's hand."""
    async with _sensor(SealReaderAgent, identity, options, heartbeat_s) as agent:
        yield agent


@contextlib.asynccontextmanager
async def _sensor(
    make: Callable[[Identity, Bus, Stamper, Heartbeat], AnyAgent],
    identity: Identity,
    options: MqttOptions,
    heartbeat_s: float,
) -> AsyncIterator[AnyAgent]:
    stamper = Stamper(identity.key)
    heartbeat = Heartbeat(identity, stamper, DeviceClock(), every_s=heartbeat_s)
    client = MqttClient(options, will=heartbeat.will)
    agent = make(identity, client, stamper, heartbeat)
    async with _running(agent, client, heartbeat):
        yield agent


@contextlib.asynccontextmanager
async def _running(
    agent: AnyAgent, client: MqttClient, heartbeat: Heartbeat
) -> AsyncIterator[AnyAgent]:
    """Run the agent; at the end the device says that it is offline, and why if it failed."""
    await agent.subscribe()
    client.on_connect(agent.announce)
    async with client:
        running = asyncio.create_task(agent.run(), name=client.options.client_id)
        running.add_done_callback(_stop_owner_on_failure(asyncio.current_task()))
        try:
            yield agent
        finally:
            running.cancel()
            (ended,) = await asyncio.gather(running, return_exceptions=True)
            if isinstance(ended, Exception):
                raise ended
            with contextlib.suppress(MqttError, TimeoutError):
                async with asyncio.timeout(_LEAVE_S):
                    await heartbeat.leave(client)


def _stop_owner_on_failure(
    owner: asyncio.Task[object] | None,
) -> Callable[[asyncio.Task[None]], None]:
    """A device that can no longer speak must not go on unnoticed."""

    def stop(done: asyncio.Task[None]) -> None:
        if owner is not None and not done.cancelled() and done.exception() is not None:
            owner.cancel()

    return stop
