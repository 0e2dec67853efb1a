"""Real servers for the tests: one PostgreSQL a session, a database and a broker a test."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import settings

from devices.broker import EmbeddedBroker
from gate.store.embedded import EmbeddedPostgres
from gate.store.migrate import migrate
from gate.store.pool import Database
from ocr.pool import PoolSettings, ReaderPool
from ocr.spec import ReaderSpec

# What a loaded machine takes for one example says nothing about the code.
settings.register_profile("gate", deadline=None)
settings.load_profile("gate")

for name in [n for n in os.environ if n.startswith("GATE_")]:
    del os.environ[name]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedPostgres]:
    """The embedded PostgreSQL with a migrated template database."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("pg") / "data", name="template_gate")
    await server.start()
    database = Database(server.url, size=2, acquire_ms=5_000, command_ms=30_000)
    await database.open()
    await migrate(database)
    await database.close()
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def database_url(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    admin = await asyncpg.connect(postgres.url.replace("/template_gate?", "/postgres?"))
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE template_gate")
    finally:
        await admin.close()
    return postgres.url.replace("/template_gate?", f"/{name}?")


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    """A pool over a fresh, migrated database."""
    pool = Database(database_url, size=4, acquire_ms=2_000, command_ms=5_000)
    await pool.open()
    yield pool
    await pool.close()


@pytest_asyncio.fixture(loop_scope="session")
async def broker(tmp_path: Path) -> AsyncIterator[EmbeddedBroker]:
    """The embedded MQTT broker, fresh."""
    folder = tmp_path / "broker"
    folder.mkdir()
    async with EmbeddedBroker(data_dir=folder) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def readers() -> AsyncIterator[ReaderPool]:
    """Reader processes with the real engine, shared by the tests."""
    pool = ReaderPool(ReaderSpec(plate="cascade"), PoolSettings(workers=2, queue=64, deadline=20.0))
    await pool.start()
    yield pool
    await pool.close()
