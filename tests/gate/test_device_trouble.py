"""Devices that can't be trusted, a broker that is dead inside, a centre that was away."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from devices.barrier_machine import Drive, KeySwitch
from devices.broker import EmbeddedBroker
from devices.spool import Spool
from devices.station import camera_station
from gate.app.clock import Clock
from gate.app.runtime import Service
from ocr.pool import ReaderPool
from schemas.capture import CameraRole, Trigger
from schemas.status import DeviceKind
from tests.devices.brokers import running_broker
from tests.devices.conftest import BOTH_BROKERS
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import LANE, Rig, declare, rig, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def alarms(made: Rig) -> list[str]:
    return [r["kind"] for r in await made.rows_of("SELECT kind FROM alarms ORDER BY kind")]


async def test_a_copied_camera_alarms_and_no_truck_passes_on_its_word(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    async with rig(tmp_path, database_url, broker.port, readers) as made:
        await made.add_all()
        await declare(made.database, "14C12345", "14R01234")
        twin = camera_station(
            made.identity("cam-front", DeviceKind.CAMERA), CameraRole.FRONT,
            made.options("twin"), Spool(tmp_path / "twin"), heartbeat_s=0.5,
        )  # fmt: skip
        async with twin:

            async def told() -> bool:
                return "DEVICE_TWICE" in await alarms(made)

            await until(told, what="the alarm")
            await made.show(picture_of(FRONT), picture_of(REAR, seed=2))
            await until(lambda: made.phase == "with_officer", what="the officer is called")
            assert made.body.angle == 0.0
        assert await made.count("SELECT count(*) FROM barrier_commands") == 0


@pytest.mark.slow
async def test_a_broker_that_is_dead_inside_is_started_anew_and_told_of(
    tmp_path: Path, database_url: str, readers: ReaderPool
) -> None:
    """Its process lives and its socket listens, but nothing comes through any more."""
    embedded = {"host": "", "port": 0}
    async with rig(tmp_path, database_url, 0, readers, broker=embedded) as made:
        own = made.service.broker
        assert own is not None
        assert own.pid is not None
        first, made.port = own.pid, own.port
        os.kill(first, signal.SIGSTOP)
        await until(lambda: own.pid not in (None, first), 60, "another broker runs")
        assert own.port == made.port
        await until(lambda: made.service.captures.connected, 30, "we are connected again")
        await until(lambda: made.metric("gate_broker_restarts_total") == 1, 5, "it is counted")

        async def told() -> bool:
            return "BROKER_RESTARTED" in await alarms(made)

        await until(told, what="the alarm")
        await made.add_camera("cam-front", CameraRole.FRONT)
        await made.cameras["cam-front"].submit(picture_of(FRONT), Trigger.LOOP)
        await until(lambda: made.cameras["cam-front"].waiting == 0, 20, "pictures come through")


@pytest.mark.parametrize("kind", BOTH_BROKERS)
async def test_a_lane_whose_centre_is_away_keeps_its_evidence_and_it_comes_back_marked(
    tmp_path: Path, database_url: str, kind: str, readers: ReaderPool
) -> None:
    """The officer lets the truck pass by the local key; afterwards all of it is on record."""
    late = {"late_ms": 1_000}
    (tmp_path / "broker").mkdir()
    async with (
        running_broker(kind, tmp_path / "broker") as broker,
        rig(tmp_path, database_url, broker.port, readers, intake=late) as made,
    ):
        await made.add_all()
        await declare(made.database, "14C12345", "14R01234")
        await made.service.__aexit__(None, None, None)
        await made.show(picture_of(FRONT), picture_of(REAR, seed=2))
        await _by_key(made)
        assert made.loop is not None
        made.loop.sense(False)
        await asyncio.sleep(1.2)
        assert {name: c.waiting for name, c in made.cameras.items()} == {
            "cam-front": 1, "cam-rear": 1,
        }  # fmt: skip

        async with Service(made.service.settings, Clock(), None, readers) as again:
            made.service = again
            await _evidence_came_back(made)
            lane = again.lanes[LANE]
            await until(lambda: lane.state.barrier.may_open, 20, "the barrier's state is known")
            if kind == "mosquitto":  # rumqttd may lose what it holds for an absent client
                await until(lambda: _opened_by_key(made), 20, "the opening by key is on record")


async def _evidence_came_back(made: Rig) -> None:
    """Both pictures are stored, marked late, belong to no transit, and nothing was opened."""
    await until(lambda: _stored(made), 30, "both pictures are stored")
    for camera in made.cameras.values():
        await until(lambda c=camera: c.waiting == 0, 20, "the receipts came")
    rows = await made.rows_of("SELECT clock_doubt, transit_id, sha256 FROM captures")
    assert {r["clock_doubt"] for r in rows} == {"late"}
    assert {r["transit_id"] for r in rows} == {None}
    assert all(made.service.evidence.get(r["sha256"]) for r in rows)
    await until(lambda: made.phase == "idle", 20, "the lane is at rest")
    assert await made.count("SELECT count(*) FROM barrier_commands") == 0
    assert await made.count("SELECT count(*) FROM decisions") == 0


async def _opened_by_key(made: Rig) -> bool:
    return bool(
        await made.count(
            """SELECT count(*) FROM transit_events WHERE kind = 'barrier_reported'
               AND data->>'local_control' = 'true' AND data->>'arm' = 'open'"""
        )
    )


async def _by_key(made: Rig) -> None:
    made.body.switch = KeySwitch(local=True, drive=Drive.UP)
    await until(lambda: made.body.angle >= 1.0, what="the arm is up")
    await asyncio.sleep(0.2)
    made.body.switch = KeySwitch(local=True, drive=Drive.DOWN)
    await until(lambda: made.body.angle <= 0.0, what="the arm is down")
    await asyncio.sleep(0.2)
    made.body.switch = KeySwitch(local=False)


async def _stored(made: Rig) -> bool:
    return await made.count("SELECT count(*) FROM captures WHERE status <> 'pending'") == 2
