"""How a lane is worked: by the machine, by hand, or not at all; said with a reason."""

from __future__ import annotations

from aiohttp import web

from gate.app.officer import LaneMode
from gate.app.refusals import ActRefused
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.console.acts import MOST_NOTE, refused
from gate.web.console.lanes_of import lane_of, me
from gate.web.keys import SERVICE
from gate.web.language import _

routes = web.RouteTableDef()


@routes.post("/lanes/{lane}/mode")
@needs(Permission.LANES_ACT)
async def set_mode(request: web.Request) -> web.Response:
    """Set the lane's mode: ``mode`` is ``automatic``, ``manual`` or ``closed``; ``reason`` why."""
    lane = lane_of(request)
    try:
        body = await request.json()
        mode, reason = LaneMode(body["mode"]), str(body.get("reason", ""))[:MOST_NOTE]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise web.HTTPBadRequest(text=_("Choose how the lane is worked.")) from None
    try:
        await request.app[SERVICE].officers.set_lane_mode(lane, me(request), mode, reason)
    except ActRefused as error:
        return refused(error)
    return web.json_response({"said": _("Kept.")})
