"""The running API over a real service: one for all tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from devices.broker import EmbeddedBroker
from gate.app.firms.desk import Firms
from gate.app.firms.keys import EXCHANGE, FIRM_SCOPES, SYSTEM_SCOPES
from gate.store.embedded import EmbeddedPostgres
from gate.web.server import serve
from ocr.pool import ReaderPool
from tests.firms.rig import approved
from tests.gate.rig import Rig, rig

SYSTEMS = tuple(scope for scope in SYSTEM_SCOPES if scope != EXCHANGE)


@dataclass
class Api:
    """The API, two firms with keys, and a key of a system."""

    rig: Rig
    app: web.Application
    url: str
    firm: UUID
    key: str
    stranger: UUID
    strange_key: str
    system_key: str
    peer_key: str
    """Of the gate ``hekou``."""
    session: ClientSession

    @property
    def firms(self) -> Firms:
        return self.rig.service.firms

    async def call(
        self, method: str, path: str, *, key: str | None = None, **rest: Any
    ) -> tuple[int, Any, Any]:
        """(status, JSON or bytes, headers) of a call with the firm's key or another."""
        headers = {"Authorization": f"Bearer {key or self.key}", **rest.pop("headers", {})}
        url = f"{self.url}/api/v1{path}"
        async with self.session.request(method, url, headers=headers, **rest) as answer:
            kind = answer.content_type
            body = await answer.json() if kind.endswith("json") else await answer.read()
            return answer.status, body, answer.headers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api(
    postgres: EmbeddedPostgres, readers: ReaderPool, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    """The service with pages and API on a free port."""
    admin = await asyncpg.connect(postgres.url.replace("/template_gate?", "/postgres?"))
    await admin.execute("DROP DATABASE IF EXISTS api WITH (FORCE)")
    await admin.execute("CREATE DATABASE api TEMPLATE template_gate")
    await admin.close()
    folder = tmp_path_factory.mktemp("api")
    (folder / "broker").mkdir()
    url = postgres.url.replace("/template_gate?", "/api?")
    firms = {"webhooks_to_loopback": True, "calls_a_minute": 60_000, "calls_at_once": 10_000}
    async with (
        EmbeddedBroker(data_dir=folder / "broker") as broker,
        rig(folder, url, broker.port, readers, firms=firms) as made,
        ClientSession() as session,
    ):
        runner = await serve(made.service, demo=False)
        desk = made.service.firms
        firm, stranger = await approved(desk), await approved(desk)
        keys = [
            (await desk.keys.make(one, name="test", scopes=scopes, actor="thu"))[1]
            for one, scopes in ((firm, FIRM_SCOPES), (stranger, FIRM_SCOPES), (None, SYSTEMS))
        ]
        _, peer_key = await desk.keys.make(
            None, name="Hekou", scopes=[EXCHANGE], actor="root", site="hekou"
        )
        assert isinstance(runner.app, web.Application)
        yield Api(
            rig=made, app=runner.app, url=f"http://127.0.0.1:{runner.addresses[0][1]}", firm=firm,
            key=keys[0], stranger=stranger, strange_key=keys[1], system_key=keys[2],
            peer_key=peer_key, session=session,
        )  # fmt: skip
        await runner.cleanup()
