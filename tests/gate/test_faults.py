"""Faults of the machine: nothing is lost, nothing opens by mistake, work goes on afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest

from devices.broker import EmbeddedBroker
from gate.store.embedded import EmbeddedPostgres
from ocr.pool import PoolSettings, ReaderPool
from ocr.spec import ReaderSpec
from schemas.capture import CameraRole, Trigger
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import Rig, declare, rig, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def shoot(made: Rig, seed: int) -> None:
    await made.cameras["cam-front"].submit(picture_of(FRONT, seed), Trigger.LOOP)


async def stored(made: Rig) -> int:
    return await made.count("SELECT count(*) FROM captures WHERE status <> 'pending'")


@pytest.mark.slow
async def test_a_database_that_is_away_for_half_a_minute_loses_nothing_and_opens_nothing(
    tmp_path: Path, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    server = EmbeddedPostgres(tmp_path / "own" / "pg")
    await server.start()
    try:
        async with rig(tmp_path, server.url, broker.port, readers) as made:
            await made.add_all()
            await declare(made.database, "14C12345", "14R01234")
            server.kill()
            await asyncio.sleep(0.5)
            await made.show(picture_of(FRONT), picture_of(REAR, 2))
            parts = {p.name: p.well for p in await made.service.health.ready()}
            assert parts["database"] is False
            await asyncio.sleep(32)
            assert made.body.angle == 0.0
            await server.start()

            decisions = await until(
                lambda: made.rows_of("SELECT outcome, codes FROM decisions"), 40, "a decision"
            )
            assert await made.count("SELECT count(*) FROM captures") == 2
            assert all(d["outcome"] == "hold" for d in decisions)
            assert all("EVIDENCE_LATE" in d["codes"] for d in decisions)
            await until(lambda: made.phase == "with_officer", what="the officer is called")
            assert made.body.angle == 0.0
            for camera in made.cameras.values():
                await until(lambda c=camera: c.waiting == 0, what="receipts came")
            assert all(p.well for p in await made.service.health.ready())
    finally:
        await server.stop()


async def test_a_broker_that_restarts_loses_no_picture(
    tmp_path: Path, database_url: str, readers: ReaderPool
) -> None:
    folder = tmp_path / "broker"
    folder.mkdir()
    async with EmbeddedBroker(data_dir=folder) as first:
        port = first.port
        async with rig(tmp_path, database_url, port, readers) as made:
            await made.add_camera("cam-front", CameraRole.FRONT)
            await shoot(made, 1)
            await first.kill()
            await shoot(made, 2)
            await shoot(made, 3)
            await until(lambda: not made.service.captures.connected, what="the loss is seen")
            parts = {p.name: p.well for p in await made.service.health.ready()}
            assert parts["broker"] is False
            async with EmbeddedBroker(data_dir=folder, port=port):
                await until(lambda: _all_three(made), 60, "all three pictures are stored")
                await until(lambda: made.cameras["cam-front"].waiting == 0, 30, "receipts came")


async def _all_three(made: Rig) -> bool:
    return await stored(made) == 3


async def test_a_reader_process_that_segfaults_is_replaced_and_its_picture_is_read(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker
) -> None:
    own = ReaderPool(ReaderSpec(plate="cascade"), PoolSettings(workers=1, deadline=20.0))
    await own.start()
    try:
        async with rig(tmp_path, database_url, broker.port, own) as made:
            await made.add_camera("cam-front", CameraRole.FRONT)
            for pid in own.pids():
                os.kill(pid, signal.SIGSEGV)
            await shoot(made, 1)
            await until(lambda: _read(made), 40, "the picture is read by a new process")
            assert own.stats().restarts >= 1
    finally:
        await own.close()


async def _read(made: Rig) -> bool:
    return bool(await made.count("SELECT count(*) FROM captures WHERE status = 'read'"))


async def test_a_second_service_can_not_write_a_lane_that_is_held(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    key = str(tmp_path / "vault.key")  # machines of one gate share it
    async with (
        rig(tmp_path / "a", database_url, broker.port, readers, vault_key=key),
        rig(tmp_path / "b", database_url, broker.port, readers, vault_key=key) as second,
    ):
        assert second.service.lanes == {}


async def test_a_listen_connection_that_dies_is_renewed(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    async with rig(tmp_path, database_url, broker.port, readers) as made:
        with made.service.hub.watch("lane-1") as woken:
            await asyncio.sleep(0.3)
            # As the server's owner: the service's own role may not end other connections.
            owner = await asyncpg.connect(database_url)
            await owner.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE query LIKE 'LISTEN%' AND datname = current_database()"""
            )
            await owner.close()
            await asyncio.sleep(0.1)
            woken.clear()
            await until(woken.is_set, 20, "the gap makes everybody look again")
