"""The shift: who is on which lane; taking a lane and handing it over."""

from __future__ import annotations

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.app.refusals import ActRefused
from gate.app.shifts import Shifts
from gate.core.permissions import Permission
from gate.store import lane_watch
from gate.web.access import needs
from gate.web.console.acts import refused
from gate.web.console.alarm_words import alarm_title
from gate.web.console.lanes_of import lane_of, me, own_lanes
from gate.web.console.names import name
from gate.web.keys import SERVICE
from gate.web.language import _
from schemas.plates import written_plate

MOST_ENTRIES = 40

routes = web.RouteTableDef()


@routes.get("/shift")
@aiohttp_jinja2.template("console/shift.html")
@needs(Permission.LANES_ACT)
async def shift_page(request: web.Request) -> dict[str, object]:
    """The officer's lanes: who is on them, what is open, and what was handed over before."""
    service, who = request.app[SERVICE], me(request)
    shifts = Shifts(service.database, service.clock)
    newest = await lane_watch.newest(service.database)
    lanes = [
        {
            "row": service.register.lanes[lane],
            "watch": newest.get(lane),
            "matters": [matter_words(matter) for matter in await shifts.matters(lane)],
        }
        for lane in own_lanes(request)
    ]
    entries = await lane_watch.history(service.database, who.lanes or None, MOST_ENTRIES)
    return {
        "lanes": lanes,
        "entries": entries,
        "me": who.name,
        "lane_names": {row.id: row.name for row in service.register.lanes.values()},
        "matter_words": matter_words,
    }


@routes.post("/lanes/{lane}/take")
@needs(Permission.LANES_ACT)
async def take(request: web.Request) -> web.Response:
    """Be on the lane from now on."""
    lane, body = lane_of(request), await _body(request)
    service = request.app[SERVICE]
    try:
        shifts = Shifts(service.database, service.clock)
        await shifts.take(lane, me(request), str(body.get("expected", "")))
    except ActRefused as error:
        return refused(error)
    return web.json_response({"said": _("The lane is yours.")})


@routes.post("/lanes/{lane}/hand-over")
@needs(Permission.LANES_ACT)
async def hand_over(request: web.Request) -> web.Response:
    """Leave the lane to the next officer, with a note and the list of what is open."""
    lane, body = lane_of(request), await _body(request)
    service = request.app[SERVICE]
    try:
        shifts = Shifts(service.database, service.clock)
        await shifts.hand_over(lane, me(request), str(body.get("note", "")))
    except ActRefused as error:
        return refused(error)
    return web.json_response({"said": _("Handed over.")})


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = {}
    return body if isinstance(body, dict) else {}


def matter_words(matter: dict[str, str]) -> dict[str, str]:
    """One open matter in words, with its kind of state (``hold``, ``fault``, ``calm``)."""
    plate = written_plate(matter.get("plate", "")) or _("no plate")
    match matter["kind"]:
        case "held":
            return {"state": "hold", "words": _("%(plate)s is with the officer", plate=plate)}
        case "task":
            what = matter["words"] or name("task", matter["code"])
            return {"state": "hold", "words": _("%(plate)s: %(task)s", plate=plate, task=what)}
        case "alarm":
            title = alarm_title(matter["code"])
            times = f" × {matter['count']}" if matter["count"] != "1" else ""
            return {"state": "fault", "words": _("Alarm: %(title)s", title=title) + times}
        case "closed":
            return {"state": "calm", "words": _("the lane is closed")}
        case "manual":
            return {"state": "hold", "words": _("the lane is worked by hand")}
        case "fault":
            return {"state": "fault", "words": _("the lane is in fault")}
        case other:
            return {"state": "calm", "words": other}
