"""A lane to test with: the service, a registered lane, and real device programs around it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from config.load import load_settings
from config.settings import Settings
from devices.camera import CameraAgent, SendRules
from devices.identity import Identity
from devices.loop import LoopAgent
from devices.mqtt import MqttClient
from devices.mqtt_options import MqttOptions
from devices.scale import ScaleAgent
from devices.seal_reader import SealReaderAgent
from devices.simulation.barrier import SimulatedBarrier
from devices.spool import Spool
from devices.station import (
    barrier_station,
    camera_station,
    loop_station,
    scale_station,
    seal_station,
)
from gate.app.clock import Clock, utc_now
from gate.app.device_keys import locked
from gate.app.runtime import Service
from gate.app.vault import Vault
from gate.store import seed as seed_store
from gate.store.devices import DeviceRow
from gate.store.pool import Database
from schemas.capture import CameraRole, Trigger
from schemas.declarations import Direction
from schemas.sensors import LoopPlace
from schemas.status import DeviceKind
from schemas.topics import Channel, Topic

SITE = "mong-cai"
LANE = "lane-1"
KINDS = {
    "cam-front": "camera", "cam-rear": "camera", "barrier": "barrier",
    "loop-entry": "loop", "cam-document": "camera", "cam-side": "camera",
    "scale": "scale", "seal-reader": "seal_reader",
}  # fmt: skip


async def until(check: Callable[[], Any], seconds: float = 20.0, what: str = "") -> Any:
    """Poll until ``check`` gives something true; fails with ``what`` at the end of the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        got = check()
        if isinstance(got, Awaitable):
            got = await got
        if got:
            return got
        await asyncio.sleep(0.03)
    raise AssertionError(f"not within {seconds} s: {what or check}")


def settings_for(data: Path, database_url: str, port: int, **changes: Any) -> Settings:
    """Settings over running servers; ``changes`` are sections."""
    sections: dict[str, Any] = {
        "data": str(data),
        "site": SITE,
        "database": {"url": database_url, "acquire_ms": 1_000, "command_ms": 3_000},
        "broker": {"host": "127.0.0.1", "port": port},
        "web": {"port": 0},
        **changes,
    }
    return load_settings(environment={}, overrides=sections)


def device_rows(lane: str = LANE) -> list[DeviceRow]:
    """The register of one lane, with fresh keys."""
    return [
        DeviceRow(
            lane=lane, id=name, kind=kind, key_id=f"{lane}.{name}", secret=secrets.token_bytes(32)
        )
        for name, kind in KINDS.items()
    ]


async def register(
    database: Database, vault: Vault, rows: list[DeviceRow], lane: str = LANE
) -> None:
    """Register the lane and its devices."""
    kept = [locked(vault, row) for row in rows]
    async with database.transaction() as connection:
        await seed_store.write_lanes(connection, ((lane, lane, Direction.EXPORT),), kept)


async def declare(database: Database, tractor: str, trailer: str = "", **changes: Any) -> str:
    """File a cleared export declaration, open now; returns its number."""
    firm, vehicle, now = uuid4(), uuid4(), utc_now()
    number = changes.pop("number", f"3026{secrets.randbelow(10**8):08d}")
    tax = f"{secrets.randbelow(10**10):010d}"
    declaration = {
        "id": uuid4(), "number": number, "firm_id": firm, "direction": "export", "gate": SITE,
        "status": "cleared", "tractor_id": vehicle, "trailer_id": None, "driver_id": None,
        "tractor_plate": tractor, "trailer_plate": trailer, "containers": [], "seals": [],
        "cargo": "rice", "gross_kg": 20_000, "customs": "passed", "border_guard": "passed",
        "quarantine": "not_needed", "fee": "passed", "un_number": "",
        "window_from": now - timedelta(hours=1),
        "window_to": now + timedelta(hours=5), **changes,
    }  # fmt: skip
    vehicles = [
        {"id": vehicle, "firm_id": firm, "kind": "tractor", "plate": tractor, "country": "VN",
         "permitted_kg": 44_000, "permit_until": now + timedelta(days=90)}
    ]  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {
        "firms": [{"id": firm, "name": "Test firm", "tax_number": tax, "country": "VN"}],
        "vehicles": vehicles,
        "declarations": [declaration],
    }
    async with database.transaction() as connection:
        found = await connection.fetchrow(
            "SELECT id, firm_id FROM vehicles WHERE plate=$1", tractor
        )
        if found is not None:
            rows = {"declarations": [{**declaration, "firm_id": found["firm_id"],
                                      "tractor_id": found["id"]}]}  # fmt: skip
        await seed_store.write_rows(connection, rows)
    return str(number)


@dataclass
class Rig:
    """A running service with the devices of one lane."""

    service: Service
    rows: dict[str, DeviceRow]
    port: int
    folder: Path
    body: SimulatedBarrier = field(default_factory=lambda: SimulatedBarrier(travel_s=0.3))
    cameras: dict[str, CameraAgent] = field(default_factory=dict)
    loop: LoopAgent | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def database(self) -> Database:
        return self.service.database

    @property
    def phase(self) -> str:
        return self.service.lanes[LANE].state.phase.value

    def options(self, name: str) -> MqttOptions:
        return MqttOptions(
            client_id=f"{LANE}-{name}-{secrets.token_hex(3)}", port=self.port,
            reconnect_first_s=0.2, reconnect_longest_s=0.5,
        )  # fmt: skip

    def identity(self, name: str, kind: DeviceKind) -> Identity:
        row = self.rows[name]
        topic = Topic(site=SITE, lane=LANE, device=name, channel=Channel.STATUS)
        return Identity(topic=topic, kind=kind, version="test", key=row.key_id, secret=row.secret)

    async def add_barrier(self) -> None:
        await self.stack.enter_async_context(
            barrier_station(
                self.identity("barrier", DeviceKind.BARRIER), self.options("barrier"), self.body,
                self.folder / "barrier-memory", heartbeat_s=0.5,
            )
        )  # fmt: skip
        lane = self.service.lanes[LANE]
        await until(lambda: lane.state.barrier.may_open, what="the barrier is fit to open")

    async def add_loop(self) -> None:
        self.loop = await self.stack.enter_async_context(
            loop_station(
                self.identity("loop-entry", DeviceKind.LOOP), LoopPlace.ENTRY, self.options("loop"),
                heartbeat_s=5.0,
            )
        )  # fmt: skip

    async def add_camera(self, name: str, role: CameraRole) -> CameraAgent:
        agent = await self.stack.enter_async_context(
            camera_station(
                self.identity(name, DeviceKind.CAMERA), role, self.options(name),
                Spool(self.folder / f"spool-{name}"), heartbeat_s=0.5,
                rules=SendRules(),
            )
        )  # fmt: skip
        self.cameras[name] = agent
        device = self.service.register
        await until(
            lambda: (d := device.device(LANE, name)) and d.clock_trust == "trusted",
            what=f"the clock of {name} is known",
        )
        return agent

    async def add_scale(self) -> ScaleAgent:
        return await self.stack.enter_async_context(
            scale_station(self.identity("scale", DeviceKind.SCALE), self.options("scale"))
        )

    async def add_seal_reader(self) -> SealReaderAgent:
        identity = self.identity("seal-reader", DeviceKind.SEAL_READER)
        return await self.stack.enter_async_context(seal_station(identity, self.options("seals")))

    async def add_all(self) -> None:
        await self.add_barrier()
        await self.add_loop()
        await self.add_camera("cam-front", CameraRole.FRONT)
        await self.add_camera("cam-rear", CameraRole.REAR)

    async def show(self, front: bytes, rear: bytes | None = None) -> None:
        """A truck stands at the lane and its cameras shoot."""
        if self.loop is not None:
            self.loop.sense(True)
        await self.cameras["cam-front"].submit(front, Trigger.LOOP)
        if rear is not None:
            await self.cameras["cam-rear"].submit(rear, Trigger.LOOP)

    async def drive_through(self) -> None:
        """The truck drives over all loops once the arm is up."""
        await until(lambda: self.body.angle >= 1.0, what="the arm is up")
        self.body.safety = True
        if self.loop is not None:
            self.loop.sense(False)
        await asyncio.sleep(0.2)
        self.body.exit = True
        await asyncio.sleep(0.2)
        self.body.safety = False
        await asyncio.sleep(0.2)
        self.body.exit = False

    async def count(self, sql: str, *arguments: Any) -> int:
        async with self.database.connection() as connection:
            return int(await connection.fetchval(sql, *arguments))

    async def rows_of(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self.database.connection() as connection:
            return [dict(r) for r in await connection.fetch(sql, *arguments)]

    def metric(self, name: str, **labels: str) -> float:
        return self.service.metrics.registry.get_sample_value(name, labels) or 0.0

    @asynccontextmanager
    async def client(self, name: str) -> AsyncIterator[MqttClient]:
        """A bare client, for sending what no honest device sends."""
        async with MqttClient(self.options(name)) as client:
            await client.wait_connected(5)
            yield client


@asynccontextmanager
async def rig(
    data: Path,
    database_url: str,
    port: int,
    readers: Any,
    *,
    now: Callable[[], datetime] = utc_now,
    **changes: Any,
) -> AsyncIterator[Rig]:
    """A service over running servers, with one registered lane and no devices yet."""
    rows = device_rows()

    async def prepare(service: Service) -> None:
        await register(service.database, service.vault, rows)

    settings = settings_for(data, database_url, port, **changes)
    async with Service(settings, Clock(now=now), prepare, readers) as service:
        made = Rig(service=service, rows={r.id: r for r in rows}, port=port, folder=data)
        async with made.stack:
            yield made


@asynccontextmanager
async def under_policy(
    data: Path, database_url: str, port: int, readers: Any, toml: str
) -> AsyncIterator[Rig]:
    """A lane with all its devices, decided about by the policy that ``toml`` says."""
    policy = data / "policy.toml"
    policy.write_text(toml, "utf-8")
    async with rig(data, database_url, port, readers, policy=str(policy)) as made:
        await made.add_all()
        yield made
