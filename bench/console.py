"""From an event at a lane to the painted pixels of its console, with fifty consoles open.

Everything is real and in one machine: embedded PostgreSQL and broker, the pages, a held truck with
its pictures at each of four lanes; 46 consoles only read their stream (in a process of their own),
four are real pages in Chromium (1920x1080). An event is a barrier's report of its exit loop: the
time counts from before its step is committed to after the page has painted the frame that shows it.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
import shutil
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, CookieJar
from playwright.async_api import Page, async_playwright

from bench.report import Figure, percentile
from config.load import load_settings
from config.settings import Web
from devices.camera import CameraAgent
from devices.identity import Identity
from devices.mqtt_options import MqttOptions
from devices.simulation.barrier import SimulatedBarrier
from devices.simulation.scene import View, photograph, random_weather
from devices.simulation.trucks import SimTruck
from devices.spool import Spool
from devices.station import barrier_station, camera_station
from gate.app.demo import prepare_demo
from gate.app.runtime import Service
from gate.core.lane.events import BarrierReported
from gate.store.devices import DeviceRow
from gate.web.auth import hash_password
from gate.web.server import serve
from schemas.barrier_state import Arm
from schemas.capture import CameraRole, Trigger
from schemas.status import DeviceKind
from schemas.topics import Channel, Topic

LANES = ("lane-1", "lane-2", "lane-3", "lane-4")
SITE = "mong-cai"
CONSOLES = 50
LIMIT_MS = 150
PAUSE_S = 0.12
"""Between two events: about two a second and lane, several times the traffic of a busy gate."""
NOTE_PAINTS = """
window.painted = [];
let last = null;
document.addEventListener("shown", (event) => {
  const exit = event.detail.barrier?.exit;
  if (exit === undefined || exit === last) return;
  last = exit;
  // After the frame: a task that is queued in the frame's callback runs once it is painted.
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    const now = () => performance.timeOrigin + performance.now();
    channel.port1.onmessage = () => window.painted.push([exit, now()]);
    channel.port2.postMessage(0);
  });
});
"""


async def run(seconds: int = 30) -> list[Figure]:
    """Send events for that long and report."""
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as folder:
        times, missed, readers = await _run(Path(folder), seconds)
    load = os.getloadavg()[0]
    what = f"event -> painted, {CONSOLES} consoles, load {load:.1f}"
    return [
        Figure(what=f"{what}, p50", value=percentile(times, 0.5), limit=LIMIT_MS, unit="ms"),
        Figure(what=f"{what}, p99", value=percentile(times, 0.99), limit=LIMIT_MS, unit="ms"),
        Figure(what=f"events not painted before the next ({len(times)} were)",
               value=missed, limit=1, unit=""),
        Figure(what=f"streams that broke ({readers['parts']} messages, "
               f"{readers['bytes'] / max(1, readers['parts']):.0f} bytes each)",
               value=readers["broken"] + readers.get("refused", 0), limit=1, unit=""),
    ]  # fmt: skip


async def _run(folder: Path, seconds: int) -> tuple[list[float], int, dict[str, int]]:
    # No time is measured while signing in: a password is enough, where codes are asked for at all.
    codes = {"second_factor": "offered"} if "second_factor" in Web.model_fields else {}
    settings = load_settings(
        environment={},
        overrides={"data": str(folder), "site": SITE, "broker": {"port": 0},
                   "web": {"port": 0, **codes}},
    )  # fmt: skip
    people: list[Any] = []

    async def prepare(service: Service) -> None:
        people.extend(
            await prepare_demo(
                service.database, folder, SITE, service.clock, hash_password, 5, service.vault
            )
        )

    async with Service(settings, prepare=prepare) as service, AsyncExitStack() as stack:
        runner = await serve(service, demo=True)
        stack.push_async_callback(runner.cleanup)
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        officer = next(one for one in people if one.role == "officer")
        cookie = await _sign_in(url, officer.name, officer.password)
        for lane in LANES:
            await _hold_a_truck(service, stack, folder, lane)
        readers = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.console_readers", url, cookie,
            str(CONSOLES - len(LANES)), str(seconds + 15), *LANES, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        pages = await _open_pages(stack, url, cookie)
        sent = await _send_events(service, seconds)
        painted = {lane: await page.evaluate("window.painted") for lane, page in pages.items()}
        said, _ = await readers.communicate()
    times, missed = _times(sent, painted)
    return times, missed, json.loads(said)


async def _sign_in(url: str, name: str, password: str) -> str:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as client:
        form = {"name": name, "password": password}
        async with client.post(f"{url}/sign-in", data=form) as answer:
            assert answer.url.path == "/lanes", f"{answer.status} at {answer.url}"
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in client.cookie_jar)


async def _hold_a_truck(service: Service, stack: AsyncExitStack, folder: Path, lane: str) -> None:
    """A truck that nobody declared, photographed from both ends, waits for the officer."""
    rows = {row.id: row for row in service.register.of_lane(lane)}
    await stack.enter_async_context(
        barrier_station(_identity(rows["barrier"], DeviceKind.BARRIER), _options(service),
                        SimulatedBarrier(), folder / f"memory-{lane}")
    )  # fmt: skip
    rng = random.Random(lane)
    number = rng.randrange(10_000, 99_999)
    truck = SimTruck(plate=f"99H{number}", country="VN", trailer=f"99R{number}")
    weather = random_weather(rng)
    for name, role, view in (
        ("cam-front", CameraRole.FRONT, View.FRONT),
        ("cam-rear", CameraRole.REAR, View.REAR),
    ):
        camera: CameraAgent = await stack.enter_async_context(
            camera_station(_identity(rows[name], DeviceKind.CAMERA), role, _options(service),
                           Spool(folder / f"spool-{lane}-{name}"))
        )  # fmt: skip
        await camera.submit(photograph(truck, view, weather, rng).jpeg, Trigger.LOOP)
    deadline = time.monotonic() + 60
    while service.lanes[lane].state.phase.value != "with_officer":
        assert time.monotonic() < deadline, f"no truck is held at {lane}"
        await asyncio.sleep(0.1)


async def _open_pages(stack: AsyncExitStack, url: str, cookie: str) -> dict[str, Page]:
    playwright = await stack.enter_async_context(async_playwright())
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    browser = await playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox", "--disable-gpu"]
    )
    stack.push_async_callback(browser.close)
    pages = {}
    for lane in LANES:
        # A window of its own each: tabs behind others are not painted.
        context = await browser.new_context(viewport={"width": 1920, "height": 1080})
        for pair in cookie.split("; "):
            name, _, value = pair.partition("=")
            await context.add_cookies([{"name": name, "value": value, "url": url}])
        page = await context.new_page()
        await page.add_init_script(NOTE_PAINTS)
        await page.goto(f"{url}/lanes/{lane}")
        await page.wait_for_selector('#barrier[data-arm="closed"]')
        pages[lane] = page
    return pages


async def _send_events(service: Service, seconds: int) -> list[tuple[str, bool, float]]:
    """Flip the exit loop at one lane after the other; each with the wall time before its step."""
    sent = []
    flips = dict.fromkeys(LANES, False)
    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        lane = LANES[number % len(LANES)]
        number += 1
        flips[lane] = not flips[lane]
        began = time.time() * 1000
        event = BarrierReported(at=service.clock.now(), arm=Arm.CLOSED, loop_exit=flips[lane])
        await service.lanes[lane].ask(event)
        sent.append((lane, flips[lane], began))
        await asyncio.sleep(PAUSE_S)
    await asyncio.sleep(1.5)
    return sent


def _times(
    sent: list[tuple[str, bool, float]], painted: dict[str, list[list[Any]]]
) -> tuple[list[float], int]:
    """For each event the milliseconds to its paint; one without a paint before the next misses."""
    times, missed = [], 0
    for lane in LANES:
        own = [(exit_, at) for place, exit_, at in sent if place == lane]
        ends = [at for _, at in own[1:]] + [float("inf")]
        for (exit_, at), end in zip(own, ends, strict=True):
            shown = [when for seen, when in painted[lane] if seen == exit_ and at < when]
            if shown and shown[0] < end:
                times.append(shown[0] - at)
            else:
                missed += 1
    return times, missed


def _identity(row: DeviceRow, kind: DeviceKind) -> Identity:
    topic = Topic(site=SITE, lane=row.lane, device=row.id, channel=Channel.STATUS)
    return Identity(topic=topic, kind=kind, version="bench", key=row.key_id, secret=row.secret)


def _options(service: Service) -> MqttOptions:
    host, port = service.broker_address
    return MqttOptions(client_id=f"bench-{secrets.token_hex(4)}", host=host, port=port)
