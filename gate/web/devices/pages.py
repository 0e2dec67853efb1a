"""The pages of lanes and devices."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.device_desk import KINDS
from gate.app.four_eyes import NotDone
from gate.core.four_eyes import ActKind
from gate.core.permissions import Permission
from gate.store import devices, lanes
from gate.web.access import needs
from gate.web.asked import fields
from gate.web.fresh_proof import need_fresh
from gate.web.keys import DESKS, SERVICE, session_of
from gate.web.kinds import DEVICES, DIRECTIONS, choices
from gate.web.language import _
from gate.web.refusals import refused
from gate.web.two_persons import propose

routes = web.RouteTableDef()


@routes.get("/devices")
@aiohttp_jinja2.template("devices/list.html")
@needs(Permission.DEVICES)
async def page(request: web.Request) -> dict[str, object]:
    """All lanes with their devices."""
    database = request.app[SERVICE].database
    found = await devices.all_devices(database)
    return {
        "lanes": [
            {"lane": lane, "devices": [d for d in found if d.lane == lane.id]}
            for lane in await lanes.all_lanes(database)
        ],
        "kinds": [one for one in choices(DEVICES) if one[0] in KINDS],
        "kind_names": dict(choices(DEVICES)),
        "directions": choices(DIRECTIONS), "direction_names": dict(choices(DIRECTIONS)),
    }  # fmt: skip


@routes.post("/devices")
@needs(Permission.DEVICES)
async def add(request: web.Request) -> web.Response:
    """Propose a device; its key is shown once to who completes the act."""
    given = await fields(request)
    try:
        data = await request.app[DESKS].devices.prepare_add(
            given.get("lane", ""), given.get("device", "").strip(), given.get("kind", "")
        )
    except NotDone as error:
        raise refused(error) from None
    return await propose(request, given, ActKind.DEVICE_ADD, data, "/devices")


@routes.post("/devices/{lane}/{device}/key")
@needs(Permission.DEVICES)
async def new_key(request: web.Request) -> web.Response:
    """Propose a new key; the old one works until the new one is used, or not ``at_once``."""
    given = await fields(request)
    at_once = given.get("at_once", "") in ("on", "true", "1")
    return await _change(request, given, ActKind.DEVICE_KEY, at_once=at_once)


@routes.post("/devices/{lane}/{device}/retire")
@needs(Permission.DEVICES)
async def retire(request: web.Request) -> web.Response:
    """Propose that the device may speak no more."""
    return await _change(request, await fields(request), ActKind.DEVICE_RETIRE)


async def _change(
    request: web.Request, given: dict[str, str], act: ActKind, **more: bool
) -> web.Response:
    lane, device = request.match_info["lane"], request.match_info["device"]
    try:
        data = await request.app[DESKS].devices.prepare(lane, device, **more)
    except NotDone as error:
        raise web.HTTPNotFound(text=refused(error).text) from None
    return await propose(request, given, act, data, "/devices")


@routes.post("/devices/lanes")
@needs(Permission.DEVICES)
async def add_lane(request: web.Request) -> web.Response:
    """Register a lane."""
    given = await fields(request)
    await need_fresh(request, given)
    try:
        await request.app[DESKS].devices.add_lane(
            given.get("lane", "").strip(), given.get("name", ""), given.get("direction", ""),
            session_of(request).user.name,
        )  # fmt: skip
    except NotDone as error:
        raise refused(error) from None
    return web.json_response({"said": _("Added."), "go": "/devices"})


@routes.post("/devices/lanes/{lane}")
@needs(Permission.DEVICES)
async def rename_lane(request: web.Request) -> web.Response:
    """Give a lane another name."""
    given = await fields(request)
    await need_fresh(request, given)
    try:
        by = session_of(request).user.name
        lane = request.match_info["lane"]
        await request.app[DESKS].devices.rename_lane(lane, given.get("name", ""), by)
    except NotDone as error:
        raise refused(error) from None
    return web.json_response({"said": _("Saved."), "go": "/devices"})
