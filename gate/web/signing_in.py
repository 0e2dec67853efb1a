"""Signing in, in steps: name and password, then the code; signing out; the lock screen."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.store import sessions, users
from gate.store.users import UserRow
from gate.web.access import SESSION_COOKIE, needs
from gate.web.auth import SignInRefused
from gate.web.choosing_language import remember
from gate.web.keys import OPEN_REQUESTS, SERVICE, SIGN_IN, session_of
from gate.web.language import _
from gate.web.stages import STAGES, local, way_on

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
    stage = request.app[SIGN_IN].first_stage(user)
    response = web.Response(status=303, headers={"Location": STAGES.get(stage, "/")})
    await _open(request, response, user, code_given=False)
    if user.language:
        remember(request, response, user.language)
    return response


@routes.get("/sign-in/code")
@aiohttp_jinja2.template("account/code.html")
@needs(Permission.ACCOUNT)
async def code_page(request: web.Request) -> dict[str, object]:
    """Ask for the code of the second factor."""
    if session_of(request).stage != "code":
        raise web.HTTPSeeOther("/")
    return {"error": ""}


@routes.post("/sign-in/code")
@needs(Permission.ACCOUNT)
async def code(request: web.Request) -> web.StreamResponse:
    """Check the code; the session that asked is replaced by another one."""
    session = session_of(request)
    if session.stage != "code":
        raise web.HTTPSeeOther("/")
    given = str((await request.post()).get("code", ""))
    try:
        await request.app[SIGN_IN].verify_code(session.user, given, request.remote or "")
    except SignInRefused as error:
        context = {"error": _("Not signed in: %(why)s.", why=error)}
        return aiohttp_jinja2.render_template("account/code.html", request, context, status=403)
    await request.app[SIGN_IN].close(request.cookies.get(SESSION_COOKIE, ""))
    stage = request.app[SIGN_IN].first_stage(session.user, code_given=True)
    response = web.Response(status=303, headers={"Location": STAGES.get(stage, "/")})
    await _open(request, response, session.user, code_given=True)
    return response


@routes.post("/sign-out")
@needs(Permission.ACCOUNT)
async def sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    await request.app[SIGN_IN].close(request.cookies.get(SESSION_COOKIE, ""))
    request.app[OPEN_REQUESTS].cut(session_of(request).id)
    response = web.json_response({"done": "signed out"})
    response.del_cookie(SESSION_COOKIE, path="/")
    return response


@routes.post("/lock")
@needs(Permission.ACCOUNT)
async def lock(request: web.Request) -> web.StreamResponse:
    """Put the lock screen up: nothing but unlocking answers, and streams end."""
    session = session_of(request)
    await sessions.set_locked(request.app[SERVICE].database, session.id, True)
    request.app[OPEN_REQUESTS].cut(session.id)
    return web.json_response({"go": "/unlock"})


@routes.get("/unlock")
@aiohttp_jinja2.template("account/unlock.html")
@needs(Permission.ACCOUNT)
async def unlock_page(request: web.Request) -> dict[str, object]:
    """The lock screen."""
    back = local(request.query.get("back", "/"))
    if not session_of(request).locked:
        raise web.HTTPSeeOther(back)
    return {"error": "", "back": back}


@routes.post("/unlock")
@needs(Permission.ACCOUNT)
async def unlock(request: web.Request) -> web.StreamResponse:
    """Take the lock screen away for the one who put it up."""
    session, form = session_of(request), await request.post()
    back = local(str(form.get("back", "/")))
    if not session.locked:
        raise web.HTTPSeeOther(back)
    try:
        password = str(form.get("password", ""))
        await request.app[SIGN_IN].verify(session.user.name, password, request.remote or "")
    except SignInRefused as error:
        context = {"error": _("Still locked: %(why)s.", why=error), "back": back}
        return aiohttp_jinja2.render_template("account/unlock.html", request, context, status=403)
    await sessions.set_locked(request.app[SERVICE].database, session.id, False)
    # The code was given when the session was opened: mistyped passwords are forgotten.
    await users.note_success(request.app[SERVICE].database, session.user.id)
    raise web.HTTPSeeOther(back)


@routes.get("/session")
@needs(Permission.ACCOUNT)
async def alive(request: web.Request) -> web.Response:
    """Whether the session is signed in; scripts ask when a stream broke off."""
    return web.json_response({"go": way_on(session_of(request))})


async def _open(
    request: web.Request, response: web.StreamResponse, user: UserRow, *, code_given: bool
) -> None:
    agent = request.headers.get("User-Agent", "")
    token = await request.app[SIGN_IN].open(
        user, request.remote or "", agent, code_given=code_given
    )
    response.set_cookie(
        SESSION_COOKIE, token, httponly=True, samesite="Lax", path="/",
        secure=request.app[SERVICE].settings.web.secure_cookies,
    )  # fmt: skip
