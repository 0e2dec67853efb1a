"""The sign-in page and signing out."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.web.auth import SignInRefused
from gate.web.guard import COOKIE
from gate.web.keys import SERVICE, SIGN_IN

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
        context = {"name": name, "error": f"Not signed in: {error}."}
        return aiohttp_jinja2.render_template("sign_in.html", request, context, status=403)
    token = await request.app[SIGN_IN].open(user)
    response = web.HTTPSeeOther("/")
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="Lax", path="/",
        secure=request.app[SERVICE].settings.web.secure_cookies,
    )  # fmt: skip
    return response


@routes.post("/sign-out")
async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    await request.app[SIGN_IN].close(request.cookies.get(COOKIE, ""))
    response = web.json_response({"done": "signed out"})
    response.del_cookie(COOKIE, path="/")
    return response
