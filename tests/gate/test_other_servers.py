"""The same story with Debian's servers: Mosquitto 2 and PostgreSQL 15."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from devices.broker import EmbeddedBroker
from gate.store.pool import Database
from ocr.pool import ReaderPool
from tests.devices.brokers import MOSQUITTO, Mosquitto
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import declare, rig, until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.debian]

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


@pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto could not be installed (see make test)")
async def test_a_truck_drives_through_over_mosquitto(
    tmp_path: Path, database_url: str, readers: ReaderPool
) -> None:
    mosquitto = Mosquitto(tmp_path)
    await mosquitto.start()
    try:
        await one_truck(tmp_path / "data", database_url, mosquitto.port, readers)
    finally:
        await mosquitto.stop()


@pytest.mark.skipif(not PROGRAMS, reason="Debian's PostgreSQL could not be installed")
async def test_a_truck_drives_through_over_debians_postgresql(
    tmp_path: Path, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    async with debian_postgres(tmp_path / "pg15") as url:
        pool = Database(url, size=2, acquire_ms=5_000, command_ms=30_000)
        await pool.open()
        async with pool.connection() as connection:
            assert int(await connection.fetchval("SHOW server_version_num")) >= 150_000
        await pool.close()
        await one_truck(tmp_path / "data", url, broker.port, readers)


async def one_truck(data: Path, url: str, port: int, readers: ReaderPool) -> None:
    async with rig(data, url, port, readers) as made:
        await made.add_all()
        await declare(made.database, "14C12345", "14R01234")
        await made.show(picture_of(FRONT), picture_of(REAR, 2))
        await made.drive_through()
        await until(lambda: made.phase == "idle", what="the transit ends")
        (transit,) = await made.rows_of("SELECT ended, outcome FROM transits")
    assert (transit["ended"], transit["outcome"]) == ("departed", "release")


@asynccontextmanager
async def debian_postgres(folder: Path) -> AsyncIterator[str]:
    """Debian's server over a fresh cluster, as the postgres user where we are root."""
    program = PROGRAMS[-1].parent
    user = "postgres" if os.geteuid() == 0 else None
    folder.mkdir()
    if user:
        shutil.chown(folder, user, user)
        for parent in [folder, *folder.parents]:
            if parent.stat().st_uid == 0 and len(parent.parts) > 2:
                parent.chmod(parent.stat().st_mode | 0o011)
    init = await asyncio.create_subprocess_exec(
        str(program / "initdb"), "-D", str(folder / "db"), "-U", "postgres", "--auth=trust",
        user=user, cwd="/", stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await init.wait() == 0
    server = await asyncio.create_subprocess_exec(
        str(program / "postgres"), "-D", str(folder / "db"), "-k", str(folder), "-c",
        "listen_addresses=", user=user, cwd="/", stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    url = f"postgresql://postgres@/postgres?host={folder}"
    try:
        await until(lambda: _answers(url), what="Debian's PostgreSQL answers")
        yield url
    finally:
        server.terminate()
        await server.wait()


async def _answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True
