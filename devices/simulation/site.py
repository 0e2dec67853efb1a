"""A whole simulated site: the devices of several lanes on one broker."""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from devices.camera import CameraAgent
from devices.identity import Identity
from devices.mqtt_options import MqttOptions
from devices.scale import ScaleAgent
from devices.seal_reader import SealReaderAgent
from devices.simulation.barrier import SimulatedBarrier
from devices.simulation.lane import LaneParts, Pace, SimulatedLane
from devices.spool import Spool
from devices.station import (
    barrier_station,
    camera_station,
    loop_station,
    scale_station,
    seal_station,
)
from schemas.capture import CameraRole
from schemas.capture_payload import CaptureLimits
from schemas.sensors import LoopPlace
from schemas.status import DeviceKind
from schemas.topics import Channel, Topic

VERSION = "simulated 1"
CAMERA_FRONT, CAMERA_REAR, LOOP_ENTRY, BARRIER = "cam-front", "cam-rear", "loop-entry", "barrier"
SCALE, SEAL_READER = "scale", "seal-reader"
DEVICES = (CAMERA_FRONT, CAMERA_REAR, LOOP_ENTRY, BARRIER)
"""What every simulated lane has; scale and seal reader only where there is a key for them."""
_SPOOL_BYTES = 256 * 1024 * 1024

FindKey = Callable[[str, str], tuple[str, bytes]]
"""Gives (key id, secret) for a lane and a device name; raises ``KeyError`` for unknown ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """``mqtt`` is a pattern: each device takes it with a client id of its own."""

    site: str
    lanes: Sequence[str]
    mqtt: MqttOptions
    find_key: FindKey
    data: Path
    pace: Pace = field(default_factory=Pace)
    limits: CaptureLimits = field(default_factory=CaptureLimits)
    travel_s: float = 1.5
    heartbeat_s: float = 30.0


@contextlib.asynccontextmanager
async def simulated_site(
    settings: SiteSettings, rng: random.Random
) -> AsyncIterator[tuple[SimulatedLane, ...]]:
    """Run the devices of every lane; raises ``KeyError`` for a device without a key."""
    async with contextlib.AsyncExitStack() as stack:
        drawing = stack.enter_context(ThreadPoolExecutor(1, "drawing"))
        lanes = [
            SimulatedLane(
                await _lane_parts(stack, settings, lane),
                random.Random(rng.random()),
                settings.pace,
                drawing,
            )
            for lane in settings.lanes
        ]
        yield tuple(lanes)


async def _lane_parts(
    stack: contextlib.AsyncExitStack, settings: SiteSettings, lane: str
) -> LaneParts:
    body = SimulatedBarrier(travel_s=settings.travel_s)
    beat = settings.heartbeat_s

    async def camera(device: str, role: CameraRole) -> CameraAgent:
        identity = _identity(settings, lane, device, DeviceKind.CAMERA)
        spool = Spool(settings.data / f"{lane}.{device}", max_bytes=_SPOOL_BYTES)
        return await stack.enter_async_context(
            camera_station(
                identity,
                role,
                _mqtt(settings, identity),
                spool,
                limits=settings.limits,
                heartbeat_s=beat,
            )
        )

    front = await camera(CAMERA_FRONT, CameraRole.FRONT)
    rear = await camera(CAMERA_REAR, CameraRole.REAR)
    loop = _identity(settings, lane, LOOP_ENTRY, DeviceKind.LOOP)
    entry = await stack.enter_async_context(
        loop_station(loop, LoopPlace.ENTRY, _mqtt(settings, loop), heartbeat_s=beat)
    )
    arm = _identity(settings, lane, BARRIER, DeviceKind.BARRIER)
    memory = settings.data / f"{lane}.{BARRIER}" / "memory.json"
    await stack.enter_async_context(
        barrier_station(arm, _mqtt(settings, arm), body, memory, heartbeat_s=beat)
    )
    return LaneParts(
        name=lane,
        front=front,
        rear=rear,
        entry=entry,
        barrier=body,
        scale=await _scale(stack, settings, lane),
        seals=await _seal_reader(stack, settings, lane),
    )


async def _scale(
    stack: contextlib.AsyncExitStack, settings: SiteSettings, lane: str
) -> ScaleAgent | None:
    identity = _optional(settings, lane, SCALE, DeviceKind.SCALE)
    if identity is None:
        return None
    options = _mqtt(settings, identity)
    return await stack.enter_async_context(
        scale_station(identity, options, heartbeat_s=settings.heartbeat_s)
    )


async def _seal_reader(
    stack: contextlib.AsyncExitStack, settings: SiteSettings, lane: str
) -> SealReaderAgent | None:
    identity = _optional(settings, lane, SEAL_READER, DeviceKind.SEAL_READER)
    if identity is None:
        return None
    options = _mqtt(settings, identity)
    return await stack.enter_async_context(
        seal_station(identity, options, heartbeat_s=settings.heartbeat_s)
    )


def _optional(settings: SiteSettings, lane: str, device: str, kind: DeviceKind) -> Identity | None:
    try:
        return _identity(settings, lane, device, kind)
    except KeyError:
        return None


def _identity(settings: SiteSettings, lane: str, device: str, kind: DeviceKind) -> Identity:
    topic = Topic(site=settings.site, lane=lane, device=device, channel=Channel.STATUS)
    key, secret = settings.find_key(lane, device)
    return Identity(topic=topic, kind=kind, version=VERSION, key=key, secret=secret)


def _mqtt(settings: SiteSettings, identity: Identity) -> MqttOptions:
    topic = identity.topic
    return replace(settings.mqtt, client_id=f"{topic.site}.{topic.lane}.{topic.device}")
