"""The sign-in page and signing out."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.web.access import SESSION_COOKIE, needs
from gate.web.auth import SignInRefused
from gate.web.choosing_language import remember
from gate.web.keys import SERVICE, SIGN_IN
from gate.web.language import _

routes = web.RouteTableDef()


@routes.get("/sign-in")
@aiohttp_jinja2.template("sign_in.html")
async def page(_request: web.Request) -> dict[str, object]:
    """The form."""
    return {"name": "", "error": ""}


@routes.post("/sign-in")
async def sign_in(request: web.Request) -> web.StreamResponse:
    """Check name and password; a new session at each sign-in."""
    form = await request.post()
    name, password = str(form.get("name", "")).strip(), str(form.get("password", ""))
    try:
        user = await request.app[SIGN_IN].verify(name, password, request.remote or "")
    except SignInRefused as error:
        context = {"name": name, "error": _("Not signed in: %(why)s.", why=error)}
        return aiohttp_jinja2.render_template("sign_in.html", request, context, status=403)
    agent = request.headers.get("User-Agent", "")
    token = await request.app[SIGN_IN].open(user, request.remote or "", agent)
    response = web.Response(status=303, headers={"Location": "/"})
    response.set_cookie(
        SESSION_COOKIE, token, httponly=True, samesite="Lax", path="/",
        secure=request.app[SERVICE].settings.web.secure_cookies,
    )  # fmt: skip
    if user.language:
        remember(request, response, user.language)
    return response


@routes.post("/sign-out")
@needs(Permission.ACCOUNT)
async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    await request.app[SIGN_IN].close(request.cookies.get(SESSION_COOKIE, ""))
    response = web.json_response({"done": "signed out"})
    response.del_cookie(SESSION_COOKIE, path="/")
    return response
