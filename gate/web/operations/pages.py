"""The live pages: operations and the wall, and the stream that feeds both."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.app.statistics_figures import Figures
from gate.core.permissions import Permission
from gate.store.errors import StoreError
from gate.web.access import needs
from gate.web.keys import ASSETS, SERVICE
from gate.web.language import _
from gate.web.operations.words import alarms_told, all_words

BEAT_S = 1.0
"""The stream says something at least this often, so that a dead one is seen in 3 s."""
LONGEST_S = 300.0
"""A stream ends then and is opened anew by the page: its session is looked at again, which
also tells the service that the wall is still being watched."""
ROTATE_LEAST_S, ROTATE_MOST_S = 5, 600

routes = web.RouteTableDef()


async def _context(request: web.Request) -> dict[str, object]:
    return {
        "figures": alarms_told(await _figures(request).now()),
        "codes": all_words(),
        "version": request.app[ASSETS].url("operations/live.js"),
    }


def _figures(request: web.Request) -> Figures:
    return request.app[SERVICE].statistics.figures


@routes.get("/operations")
@aiohttp_jinja2.template("operations/now.html")
@needs(Permission.OPERATIONS_SEE)
async def operations(request: web.Request) -> dict[str, object]:
    """Does the gate flow?"""
    return {**await _context(request), "wall": False, "rotate": 0}


@routes.get("/wall")
@aiohttp_jinja2.template("operations/now.html")
@needs(Permission.OPERATIONS_SEE)
async def wall(request: web.Request) -> dict[str, object]:
    """The same to be read from afar, without navigation; ``?rotate=20`` turns its lower row."""
    return {**await _context(request), "wall": True, "rotate": rotation(request)}


def rotation(request: web.Request) -> int:
    """Seconds between turns, 0 for none."""
    text = request.query.get("rotate", "0")
    if text.isascii() and text.isdigit():
        seconds = int(text[:6])
        if seconds == 0 or ROTATE_LEAST_S <= seconds <= ROTATE_MOST_S:
            return seconds
    raise web.HTTPBadRequest(
        text=_(
            "rotate is a number of seconds from %(least)s to %(most)s, or 0.",
            least=ROTATE_LEAST_S, most=ROTATE_MOST_S,
        )
    )  # fmt: skip


@routes.get("/operations/figures")
@needs(Permission.OPERATIONS_SEE)
async def figures(request: web.Request) -> web.Response:
    """The figures of this moment, for programs."""
    return web.json_response(alarms_told(await _figures(request).now()), dumps=_dumps)


@routes.get("/operations/stream")
@needs(Permission.OPERATIONS_SEE)
async def stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events: new figures about every two seconds, and a beat every second."""
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store",
                 "X-Accel-Buffering": "no"}
    )  # fmt: skip
    version = request.app[ASSETS].url("operations/live.js")
    with suppress(ConnectionResetError, TimeoutError):
        async with asyncio.timeout(LONGEST_S):
            await response.prepare(request)
            await response.write(b"retry: 1000\n\n" + _event("version", 0, {"is": version}))
            await _follow(response, _figures(request))
    return response


async def _follow(response: web.StreamResponse, source: Figures) -> None:
    """Write until the reader is gone (``ConnectionResetError``).

    A slow reader makes ``write`` wait: figures are skipped for it, nothing is queued.
    """
    said, number = "", 0
    while True:
        try:
            now = await source.now()
        except StoreError as error:
            await response.write(_event("trouble", number, {"error": error.code}))
        else:
            if now["at"] == said:
                await response.write(b"event: beat\ndata: {}\n\n")
            else:
                said, number = now["at"], number + 1
                await response.write(_event("figures", number, alarms_told(now)))
        await asyncio.sleep(BEAT_S)


def _dumps(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _event(name: str, number: int, data: object) -> bytes:
    return f"id: {number}\nevent: {name}\ndata: {_dumps(data)}\n\n".encode()
