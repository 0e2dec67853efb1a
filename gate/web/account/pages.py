"""The account page: name, language, theme, password, second factor, sessions."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.four_eyes import NotDone
from gate.core.permissions import Permission
from gate.store import people, second_factor, sessions
from gate.web.access import needs
from gate.web.account.qr import qr_code
from gate.web.asked import fields, path_id
from gate.web.auth import SignInRefused
from gate.web.catalogues import LANGUAGES
from gate.web.choosing_language import remember
from gate.web.fresh_proof import need_fresh
from gate.web.keys import DESKS, OPEN_REQUESTS, SERVICE, SIGN_IN, session_of
from gate.web.language import _
from gate.web.refusals import refused

routes = web.RouteTableDef()


@routes.get("/account")
@aiohttp_jinja2.template("account/page.html")
@needs(Permission.ACCOUNT)
async def page(request: web.Request) -> dict[str, object]:
    """One's own account."""
    session, service = session_of(request), request.app[SERVICE]
    return {
        "session": session, "needs_code": request.app[SIGN_IN].needs_code(session.user),
        "sessions": await sessions.of_user(
            service.database, session.user.id, service.clock.now()
        ),
        "recovery_left": await second_factor.recovery_left(service.database, session.user.id),
    }  # fmt: skip


@routes.post("/account")
@needs(Permission.ACCOUNT)
async def change(request: web.Request) -> web.StreamResponse:
    """Change one's name and language."""
    given, session = await fields(request), session_of(request)
    full_name, language = given.get("full_name", "").strip(), given.get("language", "")
    if not full_name or len(full_name) > 120 or language not in LANGUAGES:
        raise web.HTTPConflict(text=_("Give the full name, at most 120 characters."))
    async with request.app[SERVICE].database.transaction() as connection:
        await people.rename(connection, session.user.id, full_name, language)
    response = web.json_response({"said": _("Saved."), "go": "/account"})
    remember(request, response, language)
    return response


@routes.post("/account/password")
@needs(Permission.ACCOUNT)
async def password(request: web.Request) -> web.Response:
    """Change one's password; other sessions end."""
    await change_password(request, await fields(request))
    return web.json_response(
        {"said": _("The password is changed; your other sessions have ended."), "go": "/account"}
    )


async def change_password(request: web.Request, given: dict[str, str]) -> None:
    """Check the old password and take the new one; raises 403 or 409 with what is wrong."""
    session = session_of(request)
    new = given.get("new", "")
    try:
        await request.app[SIGN_IN].verify(
            session.user.name, given.get("old", ""), request.remote or ""
        )
    except SignInRefused:
        raise web.HTTPForbidden(text=_("The old password is wrong.")) from None
    if new != given.get("again", ""):
        raise web.HTTPConflict(text=_("The new password was typed in two ways."))
    try:
        await request.app[DESKS].people.own_password(session.user, new, session.id)
    except NotDone as error:
        raise refused(error) from None


@routes.post("/account/sessions/{session}/end")
@needs(Permission.ACCOUNT)
async def end_session(request: web.Request) -> web.Response:
    """End one of one's own sessions."""
    wanted = path_id(request, "session")
    user = session_of(request).user.id
    if not await sessions.end(request.app[SERVICE].database, wanted, user):
        raise web.HTTPNotFound(text=_("This session has ended."))
    request.app[OPEN_REQUESTS].cut(wanted)
    return web.json_response({"said": _("Done."), "go": "/account"})


@routes.get("/account/second-factor")
@aiohttp_jinja2.template("account/second_factor.html")
@needs(Permission.ACCOUNT)
async def factor_page(request: web.Request) -> dict[str, object]:
    """Set a second factor up: QR code and secret."""
    return await factor_context(request, "")


async def factor_context(request: web.Request, error: str) -> dict[str, object]:
    """What the set-up page shows."""
    session = session_of(request)
    secret, address = await request.app[SIGN_IN].codes.begin(session.user)
    groups = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return {"qr": qr_code(address), "secret": groups, "error": error,
            "action": request.path, "codes": ()}  # fmt: skip


@routes.post("/account/second-factor")
@needs(Permission.ACCOUNT)
async def factor(request: web.Request) -> web.StreamResponse:
    """Put the second factor in use; the recovery codes are shown once."""
    return await take_factor(request, "/account")


async def take_factor(request: web.Request, then: str) -> web.StreamResponse:
    """Check the first code of the new secret; a factor in use is replaced only by who has it."""
    given, session = await fields(request), session_of(request)
    if session.user.has_code:
        await need_fresh(request, given)
    codes = await request.app[SIGN_IN].codes.finish(session.user, given.get("code", ""))
    if codes is None:
        why = _("This code is not of the new secret: scan it again, and check the phone's clock.")
        context = await factor_context(request, why)
        return aiohttp_jinja2.render_template(
            "account/second_factor.html", request, context, status=403
        )
    async with request.app[SERVICE].database.transaction() as connection:
        await sessions.to_stage(connection, session.id, "")
        await sessions.proved(connection, session.id, request.app[SERVICE].clock.now())
    context = {"codes": codes, "then": then, "error": ""}
    return aiohttp_jinja2.render_template("account/second_factor.html", request, context)


@routes.post("/account/second-factor/remove")
@needs(Permission.ACCOUNT)
async def remove_factor(request: web.Request) -> web.Response:
    """Forget one's second factor, where the settings allow to be without."""
    given, session = await fields(request), session_of(request)
    if request.app[SIGN_IN].needs_code(session.user):
        raise web.HTTPConflict(text=_("Your role needs a second factor: set another one up."))
    await need_fresh(request, given)
    await request.app[SIGN_IN].codes.take_away(session.user)
    return web.json_response({"said": _("Done."), "go": "/account"})
