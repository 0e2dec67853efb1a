"""The console's pages, its live stream, and the officer's acts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import aiohttp_jinja2
from aiohttp import web

from gate.app.officer import Act, ActRefused, Person
from gate.core.lane.events import OfficerAction
from gate.core.permissions import Permission
from gate.store import alarms, captures, commands, transits
from gate.store.errors import StoreError
from gate.store.users import UserRow
from gate.web.access import needs
from gate.web.auth import SignInRefused
from gate.web.console.discretion import decision_for, snapshot_for
from gate.web.console.snapshot import display
from gate.web.keys import SERVICE, SIGN_IN, SNAPSHOTS, session_of

BEAT_S = 1.0
"""The stream says something at least this often, so that a dead one is seen in 3 s."""

routes = web.RouteTableDef()


def person(user: UserRow) -> Person:
    """The user as someone who acts at lanes."""
    return Person(name=user.name, role=user.role, lanes=user.lanes)


def lane_of(request: web.Request) -> str:
    """The lane named in the path, if it exists and the user may see it."""
    lane = request.match_info["lane"]
    may = person(session_of(request).user).may_see(lane)
    if lane not in request.app[SERVICE].register.lanes or not may:
        raise web.HTTPNotFound(text="There is no such lane for you.")
    return lane


def key_in(request: web.Request, name: str) -> UUID:
    """The id in the path; what is no id is not found."""
    try:
        return UUID(request.match_info[name])
    except ValueError:
        raise web.HTTPNotFound(text="There is nothing at this address.") from None


@routes.get("/lanes")
@aiohttp_jinja2.template("console/lanes.html")
@needs(Permission.LANES_SEE)
async def lanes_page(request: web.Request) -> dict[str, object]:
    """The lanes of the signed-in user."""
    user = session_of(request).user
    snapshots = request.app[SNAPSHOTS]
    own = [lane for lane in request.app[SERVICE].register.lanes if person(user).may_see(lane)]
    return {"lanes": [await snapshots.get(lane) for lane in own]}


@routes.get("/lanes/{lane}")
@aiohttp_jinja2.template("console/lane.html")
@needs(Permission.LANES_SEE)
async def console(request: web.Request) -> dict[str, object]:
    """One lane."""
    lane = lane_of(request)
    snapshot = await request.app[SNAPSHOTS].get(lane)
    others = [
        row
        for row in request.app[SERVICE].register.lanes.values()
        if person(session_of(request).user).may_see(row.id)
    ]
    return {
        "lane": request.app[SERVICE].register.lanes[lane],
        "snapshot": snapshot,
        "lanes": others,
    }


@routes.get("/lanes/{lane}/stream")
@needs(Permission.LANES_SEE)
async def stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events: the lane's snapshot at each change, and a beat every second."""
    lane = lane_of(request)
    service, snapshots = request.app[SERVICE], request.app[SNAPSHOTS]
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store",
                 "X-Accel-Buffering": "no"}
    )  # fmt: skip
    await response.prepare(request)
    role = session_of(request).user.role

    async def look() -> dict[str, Any]:
        return snapshot_for(role, await snapshots.get(lane))

    with service.hub.watch(lane) as woken, suppress(ConnectionResetError):
        woken.set()
        await _follow(response, woken, look)
    return response


async def _follow(
    response: web.StreamResponse,
    woken: asyncio.Event,
    look: Callable[[], Awaitable[dict[str, Any]]],
) -> None:
    """Write until the reader is gone (``ConnectionResetError``)."""
    number = 0
    while True:
        try:
            async with asyncio.timeout(BEAT_S):
                await woken.wait()
        except TimeoutError:
            await response.write(b"event: beat\ndata: {}\n\n")
            continue
        woken.clear()
        try:
            snapshot = await look()
        except StoreError as error:
            await response.write(_event("trouble", number, {"error": error.code}))
            await asyncio.sleep(BEAT_S)
            woken.set()
            continue
        number += 1
        await response.write(_event("snapshot", number, snapshot))


def _event(name: str, number: int, data: object) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {number}\nevent: {name}\ndata: {text}\n\n".encode()


@routes.post("/lanes/{lane}/acts")
@needs(Permission.LANES_ACT)
async def act(request: web.Request) -> web.Response:
    """An officer's act: release, hold, refer, turn back, correct the plate, reset."""
    lane = lane_of(request)
    asked = await _asked(request)
    try:
        await request.app[SERVICE].officers.act(lane, person(session_of(request).user), asked)
    except ActRefused as error:
        return web.json_response({"error": str(error)}, status=409)
    return web.json_response({"done": asked.action.value})


async def _asked(request: web.Request) -> Act:
    try:
        body = await request.json()
        action, transit = OfficerAction(body["action"]), UUID(body["transit"])
        note, plate = str(body.get("note", ""))[:500], str(body.get("plate", ""))[:20]
        second = body.get("second") or {}
        name, password = str(second.get("name", "")), str(second.get("password", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise web.HTTPBadRequest(text="The request needs action and transit.") from None
    other = await _second(request, name, password) if name else None
    return Act(action=action, transit=transit, note=note, plate=plate, second=other)


async def _second(request: web.Request, name: str, password: str) -> Person:
    try:
        user = await request.app[SIGN_IN].verify(name, password, request.remote or "")
    except SignInRefused as error:
        raise web.HTTPForbidden(text=f"The second person: {error}.") from None
    return person(user)


@routes.post("/alarms/{alarm}/acknowledge")
@needs(Permission.LANES_ACT)
async def acknowledge(request: web.Request) -> web.Response:
    """An officer has seen an alarm."""
    user = session_of(request).user
    service = request.app[SERVICE]
    lane = await alarms.acknowledge(
        service.database, key_in(request, "alarm"), user.name, service.clock.now(),
        None if not user.lanes else user.lanes,
    )  # fmt: skip
    if lane is None:
        raise web.HTTPNotFound(text="This alarm is over.")
    return web.json_response({"done": "acknowledged"})


@routes.get("/transits/{transit}")
@aiohttp_jinja2.template("console/transit.html")
@needs(Permission.LANES_SEE)
async def transit_page(request: web.Request) -> dict[str, object]:
    """Everything that is kept of one transit."""
    database = request.app[SERVICE].database
    transit = key_in(request, "transit")
    row = await transits.one(database, transit)
    if row is None or not person(session_of(request).user).may_see(row["lane_id"]):
        raise web.HTTPNotFound(text="There is no such transit for you.")
    return {
        "transit": row,
        "display": display(row["plate"]),
        "captures": await captures.of_transit(database, transit),
        "decisions": [
            decision_for(session_of(request).user.role, row)
            for row in await transits.decisions_of(database, transit)
        ],
        "events": await transits.events_of(database, transit),
        "commands": await commands.of_transit(database, transit),
    }


@routes.get("/evidence/{sha256:[0-9a-f]{64}}")
@needs(Permission.LANES_SEE)
async def evidence(request: web.Request) -> web.StreamResponse:
    """A stored picture, to those who may see its lane. Its name is its content: cache for ever."""
    service, sha256 = request.app[SERVICE], request.match_info["sha256"]
    found = await captures.lane_of_picture(service.database, sha256)
    if found is None or not person(session_of(request).user).may_see(found[0]):
        raise web.HTTPNotFound(text="There is no such picture for you.")
    path = service.evidence.path(sha256)
    if not path.is_file():
        raise web.HTTPGone(text="The picture is not in the evidence store any more.")
    headers = {"Content-Type": found[1], "Cache-Control": "private, max-age=31536000, immutable"}
    return web.FileResponse(path, headers=headers)
