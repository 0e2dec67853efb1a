"""A complete camera: client, heartbeat, spool and agent, put together and running."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from devices.camera import CameraAgent, SendRules
from devices.clock import DeviceClock
from devices.heartbeat import Heartbeat
from devices.identity import Identity
from devices.mqtt import MqttClient
from devices.mqtt_errors import MqttError
from devices.mqtt_options import MqttOptions
from devices.spool import Spool
from devices.stamping import Stamper
from schemas.capture import CameraRole
from schemas.capture_payload import CaptureLimits
from schemas.receipts import Receipt


@contextlib.asynccontextmanager
async def camera_station(
    identity: Identity,
    role: CameraRole,
    options: MqttOptions,
    spool: Spool,
    *,
    limits: CaptureLimits | None = None,
    rules: SendRules | None = None,
    heartbeat_s: float = 30.0,
    on_receipt: Callable[[Receipt], None] | None = None,
) -> AsyncIterator[CameraAgent]:
    """Run a camera agent while the block lasts; raises ``SpoolFailed`` at the start.

    At the end the camera says that it is offline; what has no receipt stays in the spool.
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
    await agent.subscribe()
    client.on_connect(agent.announce)
    async with client:
        running = asyncio.create_task(agent.run(), name=f"camera-{identity.topic.device}")
        running.add_done_callback(_stop_owner_on_failure(asyncio.current_task()))
        try:
            yield agent
        finally:
            running.cancel()
            (ended,) = await asyncio.gather(running, return_exceptions=True)
            if isinstance(ended, Exception):
                raise ended
            with contextlib.suppress(MqttError, TimeoutError):
                async with asyncio.timeout(2):
                    await heartbeat.leave(client)


def _stop_owner_on_failure(
    owner: asyncio.Task[object] | None,
) -> Callable[[asyncio.Task[None]], None]:
    """A camera that can no longer send must not go on taking pictures unnoticed."""

    def stop(done: asyncio.Task[None]) -> None:
        if owner is not None and not done.cancelled() and done.exception() is not None:
            owner.cancel()

    return stop
