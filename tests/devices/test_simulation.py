"""Simulated trucks, lanes and traffic: repeatable pictures, honest physics, no ghost trucks."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.identity import Identity
from devices.loop import LoopAgent
from devices.mqtt import MqttClient
from devices.simulation import faults
from devices.simulation.faces import draw_rear
from devices.simulation.lane import Pace, Passage, SimulatedLane
from devices.simulation.plates_art import PlateColour, PlateLook, draw_plate, rows_of
from devices.simulation.random_trucks import random_container, random_truck
from devices.simulation.scene import (
    FRAME_HEIGHT,
    FRAME_WIDTH,
    View,
    Weather,
    photograph,
    random_weather,
)
from devices.simulation.site import DEVICES, SiteSettings, simulated_site
from devices.simulation.traffic import TruckPool
from devices.simulation.trucks import SimTruck, Story
from devices.station import loop_station
from schemas.barrier_state import Arm, LoopState
from schemas.capture import Media
from schemas.capture_payload import CaptureLimits
from schemas.codec import decode_as
from schemas.picture_header import picture_size
from schemas.sensors import LoopPlace, LoopReading
from schemas.status import DeviceKind
from schemas.topics import Channel, Topic, topic_filter
from tests.devices.brokers import RunningBroker
from tests.devices.centre import centre_at as storing_centre_at
from tests.devices.conftest import options_for
from tests.devices.test_barrier import SECRET, Centre, centre_at
from tests.devices.waiting import until

TRUCK = SimTruck(plate="14C12345", country="VN", trailer="15R54321", container="CSQU3054383")
CLEAR = Weather()
QUICK = Pace(
    approach_s=0.05, between_shots_s=0.05, react_s=0.05, cross_s=0.4, patience_s=1.5, rear_shots=1
)


def test_rows_are_written_as_on_real_plates() -> None:
    assert rows_of(PlateLook(text="14C12345", country="VN")) == ("14C-123.45",)
    assert rows_of(PlateLook(text="14C1234", country="VN", lines=2)) == ("14C", "1234")
    assert rows_of(PlateLook(text="桂F12345", country="CN")) == ("桂F·12345",)
    assert rows_of(PlateLook(text="桂P5678挂", country="CN", lines=2)) == ("桂P", "5678挂")


@pytest.mark.parametrize("colour", PlateColour)
def test_different_plates_look_different(colour: PlateColour) -> None:
    one = draw_plate(PlateLook(text="14C12345", country="VN", colour=colour))
    other = draw_plate(PlateLook(text="14C12346", country="VN", colour=colour))
    assert one.shape == other.shape == (220, 1040, 3)
    assert not np.array_equal(one, other)


@given(st.integers(0, 2**32), st.sampled_from(View), st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_a_picture_repeats_by_its_seed_and_shows_the_whole_plate(
    seed: int, view: View, distance: float
) -> None:
    truck = random_truck(random.Random(seed))
    weather = random_weather(random.Random(seed))
    first = photograph(truck, view, weather, random.Random(seed), distance=distance)
    again = photograph(truck, view, weather, random.Random(seed), distance=distance)
    assert first == again
    size = picture_size(first.jpeg)
    assert (size.media, size.width, size.height) == (Media.JPEG, FRAME_WIDTH, FRAME_HEIGHT)
    assert len(first.jpeg) < CaptureLimits().max_picture_bytes
    for x, y in first.plate:
        assert 0 < x < FRAME_WIDTH
        assert 0 < y < FRAME_HEIGHT
    assert first.plate[1][0] - first.plate[0][0] > 90


def test_the_rear_shows_the_trailer_unless_it_is_a_mismatch() -> None:
    assert TRUCK.rear_look.text == "15R54321"
    assert SimTruck(plate="14C12345", country="VN").rear_look.text == "14C12345"
    odd = SimTruck(plate="14C12345", country="VN", rear="99C99999", story=Story.MISMATCHED)
    assert odd.rear_look.text == "99C99999"


def test_dirt_covers_the_plate_the_more_the_dirtier() -> None:
    def plate(dirt: float) -> np.ndarray:
        truck = SimTruck(plate="14C12345", country="VN", dirt=dirt)
        face = draw_rear(truck, random.Random(1))
        x, y, width, height = face.plate
        return face.picture[y : y + height, x : x + width].astype(int)

    changed = [float(np.abs(plate(dirt) - plate(0)).mean()) for dirt in (0.0, 0.3, 0.9)]
    assert changed == sorted(changed)
    assert changed[0] == 0
    assert changed[2] > 20


@given(st.integers(0, 2**32))
def test_made_up_containers_have_their_check_digit(seed: int) -> None:
    """ISO 6346, reckoned here in another way: letter values from a table."""
    number = random_container(random.Random(seed))
    table = "0123456789A_BCDEFGHIJK_LMNOPQRSTU_VWXYZ"
    total = sum(table.index(mark) * 2**place for place, mark in enumerate(number[:10]))
    assert total % 11 % 10 == int(number[10])


@given(st.integers(0, 1_000), st.lists(st.integers(0, 3), min_size=1, max_size=60))
@settings(deadline=None)
def test_a_truck_is_never_in_two_lanes_at_once(seed: int, visits: list[int]) -> None:
    rng = random.Random(seed)
    trucks = [random_truck(rng) for _ in range(5)]

    async def play() -> None:
        pool = TruckPool(trucks, rng)
        inside: dict[str, SimTruck] = {}
        for visit in visits:
            lane = f"lane-{visit}"
            if lane in inside:
                await pool.gone(lane, inside.pop(lane))
            truck = await pool.next_truck(lane)
            if truck is not None:
                assert truck.plate not in {other.plate for other in inside.values()}
                inside[lane] = truck

    asyncio.run(play())


def test_a_pool_uses_every_truck_before_one_comes_again() -> None:
    rng = random.Random(5)
    trucks = [random_truck(rng) for _ in range(10)]

    async def play() -> list[str]:
        pool = TruckPool(trucks, rng)
        seen = []
        for _ in trucks:
            truck = await pool.next_truck("lane-1")
            assert truck is not None
            seen.append(truck.plate)
            await pool.gone("lane-1", truck)
        return seen

    assert sorted(asyncio.run(play())) == sorted(truck.plate for truck in trucks)


def test_picture_faults_do_what_they_are_named_for() -> None:
    jpeg = photograph(TRUCK, View.FRONT, CLEAR, random.Random(1)).jpeg

    def decoded(data: bytes) -> np.ndarray | None:
        return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)

    seen, dark, bright = decoded(jpeg), decoded(faults.blind(jpeg)), decoded(faults.glare(jpeg))
    assert seen is not None
    assert dark is not None
    assert bright is not None
    assert dark.mean() < 8 < seen.mean() < bright.mean()
    assert decoded(faults.cut(jpeg)) is None
    assert decoded(faults.cut_and_closed(jpeg)) is not None
    assert len(faults.zeroed(jpeg)) == len(jpeg)
    assert picture_size(faults.bomb()).width == 50_000
    assert len(faults.bomb()) < 200


@pytest.fixture
async def lane(embedded: RunningBroker, tmp_path: Path) -> AsyncIterator[SimulatedLane]:
    site = SiteSettings(
        site="test",
        lanes=["lane-1"],
        mqtt=options_for(embedded, "-"),
        find_key=lambda lane, device: (f"{lane}.{device}", SECRET),
        data=tmp_path / "sim",
        pace=QUICK,
        travel_s=0.3,
        heartbeat_s=0.2,
    )
    async with simulated_site(site, random.Random(1)) as (only,):
        yield only


async def _ready(centre: Centre) -> None:
    await until(lambda: any(s.clock.trust == "trusted" for s in centre.statuses))
    await until(lambda: bool(centre.states) and centre.states[-1].arm is Arm.CLOSED)


async def test_a_released_truck_passes_and_the_arm_closes_without_touching_it(
    embedded: RunningBroker, lane: SimulatedLane
) -> None:
    async with centre_at(embedded) as centre:
        await _ready(centre)
        serving = asyncio.create_task(lane.serve(TRUCK))
        await until(lambda: lane.parts.front.taken == 2 and lane.parts.rear.taken == 1)
        assert lane.parts.entry.occupied
        await centre.send(centre.command())
        assert await serving is Passage.PASSED
        await until(lambda: centre.states[-1].arm is Arm.CLOSED)
        assert not lane.parts.barrier.hit_vehicle
        await until(lambda: not lane.parts.entry.occupied)


async def test_a_truck_that_is_not_released_turns_back(
    embedded: RunningBroker, lane: SimulatedLane
) -> None:
    async with centre_at(embedded) as centre:
        await _ready(centre)
        assert await lane.serve(TRUCK) is Passage.TURNED_BACK
        assert lane.parts.barrier.angle == 0.0
        await until(lambda: not lane.parts.entry.occupied)


async def test_a_cancelled_passage_leaves_no_ghost_truck(lane: SimulatedLane) -> None:
    serving = asyncio.create_task(lane.serve(TRUCK))
    await until(lambda: lane.parts.entry.occupied)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    await until(lambda: not lane.parts.entry.occupied)
    assert not lane.parts.barrier.safety


async def test_a_chattering_loop_is_told_as_one_occupation(lane: SimulatedLane) -> None:
    entry: LoopAgent = lane.parts.entry
    told: list[bool] = []
    chattering = asyncio.create_task(faults.chatter(entry, seconds=1.0))
    while not chattering.done():
        if not told or told[-1] != entry.occupied:
            told.append(entry.occupied)
        await asyncio.sleep(0.005)
    await until(lambda: not entry.occupied)
    assert [*told, False][-2:] == [True, False]
    assert told.count(True) == 1


PROGRAM = """
import argparse, sys
from gate.commands import simulate
parser = argparse.ArgumentParser()
simulate.add_parser(parser.add_subparsers())
options = parser.parse_args(sys.argv[1:])
sys.exit(options.run(options))
"""


async def test_gate_simulate_runs_lanes_against_a_broker_and_ends_cleanly(
    embedded: RunningBroker, tmp_path: Path
) -> None:
    from tests.devices.centre import SECRET as STORING_SECRET

    keys = {f"lane-{n}.{device}": STORING_SECRET.hex() for n in (1, 2) for device in DEVICES}
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    (tmp_path / "trucks.json").write_text(
        json.dumps(
            [
                {"plate": "14C12345", "country": "VN", "trailer": "15R54321"},
                {"plate": "桂F12345", "country": "CN", "dirt": 0.9, "story": "dirty"},
            ]
        )
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, "simulate", "--site", "test", "--lanes", "2"),
        *("--broker", f"127.0.0.1:{embedded.port}", "--data", str(tmp_path / "sim")),
        *("--keys", str(tmp_path / "keys.json"), "--trucks", str(tmp_path / "trucks.json")),
        env=os.environ,
    )
    async with storing_centre_at(embedded) as centre:
        await until(lambda: len(centre.stored) >= 8, limit_s=30)
        lanes = {capture.header.lane for capture in centre.stored.values()}
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert lanes == {"lane-1", "lane-2"}


@pytest.mark.parametrize(
    ("keys", "trucks", "complaint"),
    [
        ("{}", "[]", "no key"),
        ("[]", "[]", "must map"),
        ('{"lane-1.barrier": "00"}', "[]", "under 16"),
        ("{", "[]", "cannot be read"),
        (None, '[{"plate": "X", "country": "FR"}]', "country"),
        (None, '[{"nonsense": 1}]', "not a list"),
    ],
)
def test_wrong_files_are_named_and_end_with_two(
    keys: str | None,
    trucks: str,
    complaint: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import argparse

    from gate.commands import simulate

    good = {f"lane-1.{device}": SECRET.hex() for device in DEVICES}
    (tmp_path / "keys.json").write_text(keys if keys is not None else json.dumps(good))
    (tmp_path / "trucks.json").write_text(trucks)
    parser = argparse.ArgumentParser()
    simulate.add_parser(parser.add_subparsers())
    arguments = ["--keys", str(tmp_path / "keys.json"), "--trucks", str(tmp_path / "trucks.json")]
    options = parser.parse_args(["simulate", "--lanes", "1", *arguments])
    assert simulate.run(options) == 2
    assert complaint in capsys.readouterr().err


async def test_a_loop_says_again_how_it_stands_after_a_reconnect(
    embedded: RunningBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.loop._REPEAT_AFTER_S", (0.2, 0.4))
    topic = Topic(site="test", lane="lane-1", device="loop-entry", channel=Channel.LOOP)
    identity = Identity(
        topic=topic, kind=DeviceKind.LOOP, version="test", key="lane-1.loop-entry", secret=SECRET
    )
    async with (
        loop_station(identity, LoopPlace.ENTRY, options_for(embedded, "loop")) as loop,
        MqttClient(options_for(embedded, "centre")) as centre,
    ):
        await centre.subscribe(topic_filter(Channel.LOOP))
        await centre.wait_connected(5)
        loop.sense(True)
        told: list[LoopReading] = []
        async with asyncio.timeout(5):
            async for delivery in centre.messages():
                centre.ack(delivery)
                told.append(decode_as(LoopReading, topic, delivery.payload, lambda _t, _k: SECRET))
                if [reading.state for reading in told].count(LoopState.OCCUPIED) == 3:
                    break
    assert len({reading.stamp.id for reading in told}) == len(told)
