"""From a published picture to a published barrier command: four lanes, one picture a second each.

Everything is real and in one machine: embedded PostgreSQL and broker, camera and barrier
programs, two reader processes, 1920x1080 JPEGs drawn beforehand. A truck is two pictures, front
and rear, one second apart; the time counts from publishing the rear one.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

from bench.report import Figure, percentile
from config.load import load_settings
from config.policy_file import SHIPPED
from devices.barrier_machine import Timing
from devices.camera import CameraAgent
from devices.identity import Identity
from devices.loop import LoopAgent
from devices.mqtt import MqttClient
from devices.mqtt_options import MqttOptions
from devices.simulation.barrier import SimulatedBarrier
from devices.simulation.scene import View, photograph, random_weather
from devices.simulation.trucks import SimTruck
from devices.spool import Spool
from devices.station import barrier_station, camera_station, loop_station
from gate.app.demo import prepare_demo
from gate.app.reader import Reader
from gate.app.runtime import Service
from gate.store import seed
from gate.store.captures import PendingCapture
from gate.store.devices import DeviceRow
from gate.web.auth import hash_password
from ocr.outcome import ReadOutcome
from schemas.capture import CameraRole, Trigger
from schemas.sensors import LoopPlace
from schemas.status import DeviceKind
from schemas.topics import Channel, Topic, topic_filter

LANES = ("lane-1", "lane-2", "lane-3", "lane-4")
SITE = "mong-cai"


class Bench:
    """Times of one run, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.published: dict[str, float] = {}
        self.ordered: dict[str, list[float]] = {lane: [] for lane in LANES}
        self.totals: list[float] = []
        self.overheads: list[float] = []
        self.reading: dict[str, float] = {}
        self.missed = 0


class TimedReader(Reader):
    """The service's reader, which also notes how long each lane's last reading took."""

    bench: Bench

    async def _ask(self, capture: PendingCapture) -> ReadOutcome | None:
        began = time.monotonic()
        outcome = await super()._ask(capture)
        self.bench.reading[capture.lane] = time.monotonic() - began
        return outcome


async def run(seconds: int = 60) -> list[Figure]:
    """Drive trucks for that long and report."""
    bench = Bench()
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as folder:
        await _run(bench, Path(folder), seconds)
    return [
        Figure(what="picture published -> command published, p50",
               value=1000 * percentile(bench.totals, 0.5), limit=500, unit="ms"),
        Figure(what="picture published -> command published, p99",
               value=1000 * percentile(bench.totals, 0.99), limit=1500, unit="ms"),
        Figure(what="the same without waiting for the reading, p50",
               value=1000 * percentile(bench.overheads, 0.5), limit=15, unit="ms"),
        Figure(what=f"trucks that got no command ({len(bench.totals)} did)",
               value=bench.missed, limit=1, unit=""),
        Figure(what="resident memory of service, database, broker, readers",
               value=bench.reading.get("memory", 0.0), limit=1500, unit="MB"),
    ]  # fmt: skip


async def _run(bench: Bench, folder: Path, seconds: int) -> None:
    rng = random.Random(5)
    settings = load_settings(
        environment={},
        overrides={"data": str(folder), "site": SITE, "broker": {"port": 0}, "web": {"port": 0}},
    )

    async def prepare(service: Service) -> None:
        await prepare_demo(
            service.database, folder, SITE, service.clock, hash_password, 5, service.vault
        )

    settings = settings.model_copy(update={"policy": _policy(folder)})
    async with Service(settings, prepare=prepare) as service, AsyncExitStack() as stack:
        service.reader.__class__ = TimedReader
        service.reader.bench = bench  # type: ignore[attr-defined]
        pictures = await _pictures(service, rng)
        listener = asyncio.create_task(_hear_commands(bench, service))
        drivers = [
            await _driver(bench, service, stack, lane, pictures[lane], seconds) for lane in LANES
        ]
        await asyncio.sleep(2)
        await asyncio.gather(*(driver() for driver in drivers))
        bench.reading["memory"] = _memory()
        listener.cancel()


def _policy(folder: Path) -> Path:
    """The shipped rules, but for rigid trucks, which show no paper here: each is to be released."""
    text = SHIPPED.read_text("utf-8")
    changed = text.replace("same_plate_once = true", "same_plate_once = false")
    assert changed != text, "the shipped policy says something else about same_plate_once"
    path = folder / "policy.toml"
    path.write_text(changed, "utf-8")
    return path


async def _pictures(service: Service, rng: random.Random) -> dict[str, list[tuple[bytes, bytes]]]:
    """Front and rear of each cleared truck, by lane."""
    found: dict[str, list[tuple[bytes, bytes]]] = {lane: [] for lane in LANES}
    rows = [r for r in await seed.demo_rows(service.database) if _passes(r)]
    exports = [r for r in rows if r["direction"] == "export"][:60]
    imports = [r for r in rows if r["direction"] == "import"][:60]
    for number, row in enumerate([*exports, *imports]):
        lanes = LANES[:2] if row["direction"] == "export" else LANES[2:]
        truck = SimTruck(
            plate=row["tractor_plate"], country=row["country"], trailer=row["trailer_plate"]
        )
        weather = random_weather(rng)
        # In a thread: drawing for a minute must not stop the service that is measured.
        front = await asyncio.to_thread(photograph, truck, View.FRONT, weather, rng)
        rear = await asyncio.to_thread(photograph, truck, View.REAR, weather, rng)
        found[lanes[number % 2]].append((front.jpeg, rear.jpeg))
    return found


def _passes(row: dict[str, object]) -> bool:
    return row["status"] == "cleared" and not row["dangerous"] and not row["papers_over"]


async def _hear_commands(bench: Bench, service: Service) -> None:
    host, port = service.broker_address
    async with MqttClient(MqttOptions(client_id="bench", host=host, port=port)) as client:
        await client.subscribe(topic_filter(Channel.COMMAND, site=SITE))
        async for delivery in client.messages():
            bench.ordered[delivery.topic.split("/")[3]].append(time.monotonic())
            client.ack(delivery)


async def _driver(
    bench: Bench,
    service: Service,
    stack: AsyncExitStack,
    lane: str,
    trucks: list[tuple[bytes, bytes]],
    seconds: int,
):  # type: ignore[no-untyped-def]
    rows = {row.id: row for row in service.register.of_lane(lane)}
    body = SimulatedBarrier(travel_s=0.1)
    timing = Timing(clear_ms=100)
    await stack.enter_async_context(
        barrier_station(_identity(rows["barrier"], DeviceKind.BARRIER), _options(service), body,
                        service.settings.data / f"memory-{lane}", timing=timing)
    )  # fmt: skip
    loop = await stack.enter_async_context(
        loop_station(_identity(rows["loop-entry"], DeviceKind.LOOP), LoopPlace.ENTRY,
                     _options(service))
    )  # fmt: skip
    cameras = [
        await stack.enter_async_context(
            camera_station(_identity(rows[name], DeviceKind.CAMERA), role, _options(service),
                           Spool(service.settings.data / f"spool-{lane}-{name}"))
        )
        for name, role in (("cam-front", CameraRole.FRONT), ("cam-rear", CameraRole.REAR))
    ]  # fmt: skip

    async def drive() -> None:
        await asyncio.sleep(LANES.index(lane) * 0.25)
        for number in range(seconds // 2):
            front, rear = trucks[number % len(trucks)]
            await _one_truck(bench, lane, body, loop, cameras, front, rear)

    return drive


async def _one_truck(
    bench: Bench,
    lane: str,
    body: SimulatedBarrier,
    loop: LoopAgent,
    cameras: list[CameraAgent],
    front: bytes,
    rear: bytes,
) -> None:
    start = time.monotonic()
    loop.sense(True)
    await cameras[0].submit(front, Trigger.LOOP)
    await asyncio.sleep(max(0.0, start + 1.0 - time.monotonic()))
    before = len(bench.ordered[lane])
    await cameras[1].submit(rear, Trigger.LOOP)  # into the camera's spool, synced; then published
    published = time.monotonic()
    while len(bench.ordered[lane]) == before and time.monotonic() < published + 3:
        await asyncio.sleep(0.002)
    if len(bench.ordered[lane]) == before:
        bench.missed += 1
        loop.sense(False)
        await asyncio.sleep(5)
        return
    total = bench.ordered[lane][before] - published
    bench.totals.append(total)
    bench.overheads.append(total - bench.reading[lane])
    await _pass(body, loop)
    await asyncio.sleep(max(0.0, start + 2.0 - time.monotonic()))


async def _pass(body: SimulatedBarrier, loop: LoopAgent) -> None:
    while body.angle < 1.0:
        await asyncio.sleep(0.01)
    body.safety = True
    loop.sense(False)
    await asyncio.sleep(0.06)
    body.exit = True
    await asyncio.sleep(0.06)
    body.safety = False
    await asyncio.sleep(0.06)
    body.exit = False
    while body.angle > 0.0:
        await asyncio.sleep(0.01)


def _identity(row: DeviceRow, kind: DeviceKind) -> Identity:
    topic = Topic(site=SITE, lane=row.lane, device=row.id, channel=Channel.STATUS)
    return Identity(topic=topic, kind=kind, version="bench", key=row.key_id, secret=row.secret)


def _options(service: Service) -> MqttOptions:
    host, port = service.broker_address
    return MqttOptions(client_id=f"bench-{secrets.token_hex(4)}", host=host, port=port)


def _memory() -> float:
    """Megabytes of this process and its children; shared pages of PostgreSQL count once each."""
    own = psutil.Process()
    total = own.memory_full_info().uss
    for child in own.children(recursive=True):
        try:
            total += child.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1e6
