"""Open inspection tasks of the officer's lanes, and ticking them off."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.app.inspections import Inspections
from gate.core.permissions import Permission
from gate.store import inspections
from gate.web.access import allowed, needs
from gate.web.console.lanes_of import key_in, me
from gate.web.console.names import name
from gate.web.keys import SERVICE
from gate.web.language import _
from schemas.plates import written_plate

MOST_NOTE = 500

routes = web.RouteTableDef()


@routes.get("/inspections")
@aiohttp_jinja2.template("console/inspections.html")
@needs(Permission.LANES_SEE)
async def open_inspections(request: web.Request) -> dict[str, object]:
    """The open tasks, by truck, the truck that waits longest first."""
    service = request.app[SERVICE]
    rows = await inspections.open_tasks(service.database, me(request).lanes or None)
    rows.sort(key=lambda row: (row["asked_at"], row["transit_id"]))
    trucks: list[dict[str, Any]] = []
    for transit, group in groupby(rows, key=lambda row: row["transit_id"]):
        tasks = list(group)
        lane = service.register.lanes.get(tasks[0]["lane_id"])
        trucks.append(
            {"transit": transit, "display": written_plate(tasks[0]["plate"]), "tasks": tasks,
             "lane": lane.name if lane else tasks[0]["lane_id"]}
        )  # fmt: skip
    return {"trucks": trucks, "name": name, "acts": allowed(request, Permission.LANES_ACT)}


@routes.post("/inspections/{task}")
@needs(Permission.LANES_ACT)
async def finish(request: web.Request) -> web.Response:
    """Tick a task off: ``result`` is ``passed`` or ``failed``; a failed one needs a note."""
    task = key_in(request, "task")
    try:
        body = await request.json()
        result, note = str(body["result"]), str(body.get("note", ""))[:MOST_NOTE].strip()
    except (ValueError, KeyError, TypeError, AttributeError):
        result, note = "", ""
    if result not in ("passed", "failed"):
        raise web.HTTPBadRequest(text=_("Say whether it is in order or not."))
    if result == "failed" and not note:
        raise web.HTTPBadRequest(text=_("Say what is not in order."))
    service = request.app[SERVICE]
    work = Inspections(service.database, service.officers, service.clock)
    lane = await work.finish(task, me(request), passed=result == "passed", note=note)
    if lane is None:
        raise web.HTTPConflict(text=_("This task is done already, or not yours."))
    return web.json_response({"said": _("Kept.")})
