"""One live stream a page: the lane, the trucks of all the officer's lanes, and the alarms.

Every message carries whole parts, so that a reader who missed some is right again with the next;
its id names what the reader then has, so that one who comes back is sent only what changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from contextlib import suppress

from aiohttp import web

from gate.app.clock import Clock
from gate.core.permissions import Permission
from gate.store import history
from gate.store.errors import StoreError
from gate.store.users import SessionRow
from gate.web.access import needs
from gate.web.console.lanes_of import lane_of, own_lanes
from gate.web.console.views import Parts
from gate.web.keys import SERVICE, VIEWS, session_of

log = logging.getLogger(__name__)

BEAT_S = 1.0
"""The stream says something at least this often, so that a dead one is seen in 3 s."""
WRITE_S = 5.0
"""A reader whose buffer stays full for this long is dropped; its page comes back by itself."""
SESSION_S = 15.0
"""How often it is asked whether the reader may still be told."""

routes = web.RouteTableDef()


class Reader:
    """One page that listens: what it has been sent, and how to send it more."""

    def __init__(self, response: web.StreamResponse, known: str, clock: Clock) -> None:
        self._response = response
        self._clock = clock
        self._spoke = 0.0
        self._known = known
        self._sent: Parts = {}

    async def tell(self, parts: Parts) -> None:
        """Send the parts that differ from what was sent; nothing where none does."""
        changed = {n: v for n, v in parts.items() if self._sent.get(n) != v and n != "version"}
        if not changed:
            return
        before = self._sent
        self._sent = dict(parts)
        name = _name_of(parts)
        if not before and name == self._known:
            return
        if "version" in parts:
            changed["version"] = parts["version"]
        body = b",".join(b'"%s":%s' % (n.encode(), value) for n, value in changed.items())
        await self.write(b"id: %s\nevent: parts\ndata: {%s}\n\n" % (name.encode(), body))

    async def beat(self) -> None:
        """Show that the stream lives where nothing was sent for a while; with the gate's time."""
        if self._clock.monotonic() - self._spoke >= BEAT_S:
            await self.say("beat", now=self._clock.now().timestamp())

    async def say(self, event: str, **data: object) -> None:
        """Send a word that is no part: a beat, trouble, the end."""
        await self.write(f"event: {event}\ndata: {json.dumps(data)}\n\n".encode())

    async def write(self, message: bytes) -> None:
        """Write, or raise ``TimeoutError`` where the reader does not take it."""
        async with asyncio.timeout(WRITE_S):
            await self._response.write(message)
        self._spoke = self._clock.monotonic()


def _name_of(parts: Parts) -> str:
    """A short name of exactly these parts, whatever the version."""
    whole = hashlib.blake2b(digest_size=9)
    for name in sorted(parts):
        if name != "version":
            whole.update(name.encode() + b"\0" + parts[name] + b"\0")
    return whole.hexdigest()


@routes.get("/lanes/{lane}/stream")
@needs(Permission.LANES_SEE)
async def lane_stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events for a lane's console."""
    return await _stream(request, lane_of(request))


@routes.get("/lanes-stream")
@needs(Permission.LANES_SEE)
async def board_stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events for the list of lanes."""
    return await _stream(request, "")


async def _stream(request: web.Request, lane: str) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store",
                 "X-Accel-Buffering": "no"}
    )  # fmt: skip
    clock = request.app[SERVICE].clock
    reader = Reader(response, request.headers.get("Last-Event-ID", ""), clock)
    lanes = own_lanes(request)
    with request.app[SERVICE].hub.watch(*lanes) as woken, suppress(ConnectionResetError):
        woken.set()
        await response.prepare(request)
        try:
            await _follow(request, reader, lane, lanes, woken)
        except TimeoutError:
            log.info("a console of %s reads too slowly and is dropped", request.remote)
            if request.transport is not None:
                request.transport.abort()
    return response


async def _follow(
    request: web.Request,
    reader: Reader,
    lane: str,
    lanes: tuple[str, ...],
    woken: asyncio.Event,
) -> None:
    """Tell the reader until it is gone (``ConnectionResetError``) or its session is over."""
    session, clock = session_of(request), request.app[SERVICE].clock
    asked = clock.monotonic()
    while True:
        await _wait(woken)
        woken.clear()
        try:
            if clock.monotonic() - asked > SESSION_S:
                asked = clock.monotonic()
                if not await _lives(request, session):
                    await reader.say("ended")
                    return
            views = request.app[VIEWS]
            parts = await views.lane(lane, session.user.role) if lane else {}
            await reader.tell({**parts, **await views.board(lanes)})
            await reader.beat()
        except StoreError as error:
            await reader.say("trouble", error=error.code)
            await asyncio.sleep(BEAT_S)
            woken.set()


async def _wait(woken: asyncio.Event) -> None:
    """Until something changes, at most until the next beat."""
    with suppress(TimeoutError):
        async with asyncio.timeout(BEAT_S):
            await woken.wait()


async def _lives(request: web.Request, session: SessionRow) -> bool:
    service = request.app[SERVICE]
    return await history.session_lives(
        service.database, session.id, session.user.role, service.clock.now()
    )
