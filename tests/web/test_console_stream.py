"""The live stream: whole parts, resumed by id, ended with the session."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar, web

from gate.app.clock import Clock
from gate.web.console import stream
from tests.gate.rig import LANE, until
from tests.web.conftest import ENGLISH, Site, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def first_event(
    client: ClientSession, url: str, last: str = "", wanted: str = ""
) -> tuple[str, str, Any]:
    """The first event (of this name): name, id, data."""
    headers = {"Last-Event-ID": last} if last else {}
    name = key = ""
    async with (
        asyncio.timeout(8),
        client.get(f"{url}/lanes/{LANE}/stream", headers=headers) as answer,
    ):
        async for line in answer.content:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "id":
                key = value
            elif field == "event":
                name = value
            elif field == "data" and wanted in ("", name):
                return name, key, json.loads(value)
    raise AssertionError("the stream ended")


async def test_who_comes_back_is_sent_only_what_changed(site: Site) -> None:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        token = await signed_in(client, site.url)
        name, key, parts = await first_event(client, site.url)
        assert name == "parts"
        assert {"lane", "barrier", "queue", "alarms", "recent"} <= set(parts)

        name, key, _ = await until_quiet(client, site.url, key)
        assert name == "beat"

        headers = {"X-CSRF-Token": token}
        async with client.post(f"{site.url}/lanes/{LANE}/call", headers=headers) as answer:
            assert answer.status == 200
        name, _, parts = await first_event(client, site.url, key)
        assert (name, parts["alarms"][0]["kind"]) == ("parts", "SECOND_OFFICER")


async def until_quiet(client: ClientSession, url: str, key: str) -> tuple[str, str, Any]:
    """Come back until nothing has changed meanwhile (devices may still be coming online)."""
    for _ in range(5):
        name, newer, data = await first_event(client, url, key)
        if name == "beat":
            return name, key, data
        key = newer
    return name, key, data


async def test_the_stream_ends_with_its_session(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SESSION_S", 0.1)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        await signed_in(client, site.url)
        hearing = asyncio.create_task(first_event(client, site.url, wanted="ended"))
        await until(lambda: site.rig.service.hub.watchers, what="the page listens")
        async with site.rig.database.connection() as connection:
            await connection.execute("UPDATE sessions SET locked = true")
        name, _, _ = await hearing
        assert name == "ended"
    await until(lambda: site.rig.service.hub.watchers == 0, what="nobody listens any more")


async def test_a_reader_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "WRITE_S", 0.3)
    given_up: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def serve(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        reader = stream.Reader(response, "", Clock())
        sent = 0
        try:
            for number in range(10_000):
                await reader.tell({"lane": b'"%d"' % number + b" " * 100_000})
                sent += 1
        except TimeoutError:
            given_up.set_result(sent)
        return response

    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _reader, writer = await asyncio.open_connection(*runner.addresses[0], limit=1024)
    writer.write(b"GET / HTTP/1.1\r\nHost: gate\r\n\r\n")
    try:
        async with asyncio.timeout(20):
            sent = await given_up
        assert 0 < sent < 1_000, "memory is bounded: the rest was never made"
    finally:
        writer.transport.abort()
        await runner.cleanup()
