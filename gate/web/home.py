"""The address without a path: each role starts at its own page."""

from __future__ import annotations

from aiohttp import web

from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.keys import session_of
from gate.web.menu import start_of

routes = web.RouteTableDef()


@routes.get("/")
@needs(Permission.ACCOUNT)
async def home(request: web.Request) -> web.StreamResponse:
    """Go to the first page of the role's menu."""
    raise web.HTTPSeeOther(start_of(session_of(request).user.role))
