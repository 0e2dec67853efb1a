"""Steps of the first sign-in: change the given password, set the second factor up."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.store import people, sessions
from gate.web.access import needs
from gate.web.account.pages import change_password, factor_context, take_factor
from gate.web.asked import fields
from gate.web.keys import SERVICE, SIGN_IN, session_of
from gate.web.stages import STAGES

routes = web.RouteTableDef()


@routes.get("/sign-in/password")
@aiohttp_jinja2.template("account/first_password.html")
@needs(Permission.ACCOUNT)
async def password_page(request: web.Request) -> dict[str, object]:
    """Ask for a password of one's own."""
    if session_of(request).stage != "password":
        raise web.HTTPSeeOther("/")
    return {"error": ""}


@routes.post("/sign-in/password")
@needs(Permission.ACCOUNT)
async def password(request: web.Request) -> web.StreamResponse:
    """Take the new password, and go on to the next step."""
    session, service = session_of(request), request.app[SERVICE]
    if session.stage != "password":
        raise web.HTTPSeeOther("/")
    try:
        await change_password(request, await fields(request))
    except (web.HTTPForbidden, web.HTTPConflict) as error:
        return aiohttp_jinja2.render_template(
            "account/first_password.html", request, {"error": error.text}, status=error.status
        )
    row = await people.one(service.database, session.user.id)
    assert row is not None
    stage = request.app[SIGN_IN].first_stage(row, code_given=session.strong and row.has_code)
    async with service.database.transaction() as connection:
        await sessions.to_stage(connection, session.id, stage)
    raise web.HTTPSeeOther(STAGES.get(stage, "/"))


@routes.get("/sign-in/second-factor")
@aiohttp_jinja2.template("account/second_factor.html")
@needs(Permission.ACCOUNT)
async def factor_page(request: web.Request) -> dict[str, object]:
    """Set the second factor up that the role needs."""
    if session_of(request).stage != "enrol":
        raise web.HTTPSeeOther("/")
    return await factor_context(request, "")


@routes.post("/sign-in/second-factor")
@needs(Permission.ACCOUNT)
async def factor(request: web.Request) -> web.StreamResponse:
    """Put it in use: signed in."""
    if session_of(request).stage != "enrol":
        raise web.HTTPSeeOther("/")
    return await take_factor(request, "/")
