"""The list of lanes, the console of one lane, and the stored pictures."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.inspections import TASKS
from gate.app.officer import RANK, REASONS
from gate.core.permissions import Permission
from gate.store import captures
from gate.web.access import allowed, needs
from gate.web.console.lanes_of import lane_of, me, own_lanes
from gate.web.console.names import name, names_element
from gate.web.keys import SERVICE, session_of
from gate.web.language import _

routes = web.RouteTableDef()


@routes.get("/lanes")
@aiohttp_jinja2.template("console/lanes.html")
@needs(Permission.LANES_SEE)
async def lanes_page(request: web.Request) -> dict[str, object]:
    """The lanes of the signed-in user; the stream fills them."""
    rows = request.app[SERVICE].register.lanes
    return {"lanes": [rows[lane] for lane in own_lanes(request)], "names": names_element(),
            "name": name, "acts": allowed(request, Permission.LANES_ACT)}  # fmt: skip


@routes.get("/lanes/{lane}")
@aiohttp_jinja2.template("console/lane.html")
@needs(Permission.LANES_SEE)
async def console(request: web.Request) -> dict[str, object]:
    """One lane; the stream fills it."""
    lane, rows = lane_of(request), request.app[SERVICE].register.lanes
    user = session_of(request).user
    return {
        "lane": rows[lane],
        "lanes": [rows[other] for other in own_lanes(request)],
        "names": names_element(),
        "name": name,
        "rank": RANK.get(user.role, -1),
        "ranks": RANK,
        "reasons": REASONS,
        "tasks": TASKS,
        "acts": allowed(request, Permission.LANES_ACT),
    }


@routes.get("/evidence/{sha256:[0-9a-f]{64}}")
@needs(Permission.LANES_SEE)
async def evidence(request: web.Request) -> web.StreamResponse:
    """A stored picture, to those who may see its lane. Its name is its content: cache for ever."""
    service, sha256 = request.app[SERVICE], request.match_info["sha256"]
    found = await captures.lane_of_picture(service.database, sha256)
    if found is None or not me(request).may_see(found[0]):
        raise web.HTTPNotFound(text=_("There is no such picture for you."))
    path = service.evidence.path(sha256)
    if not path.is_file():
        raise web.HTTPGone(text=_("The picture is not in the evidence store any more."))
    headers = {"Content-Type": found[1], "Cache-Control": "private, max-age=31536000, immutable"}
    return web.FileResponse(path, headers=headers)
