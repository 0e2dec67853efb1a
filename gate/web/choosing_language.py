"""The language of a request: chosen by cookie, else by the browser, else the site's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from babel import negotiate_locale

from gate.store import users
from gate.web.access import SESSION_COOKIE
from gate.web.catalogues import LANGUAGES
from gate.web.keys import SERVICE, SIGN_IN
from gate.web.language import _, language, speak

COOKIE = "language"
YEAR_S = 365 * 24 * 3600

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
routes = web.RouteTableDef()


def language_of(request: web.Request) -> str:
    """What the cookie says, else what the browser prefers, else the site's language."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    asked = [part.partition(";")[0].strip() for part in _accepted(request)]
    found = negotiate_locale(asked, list(LANGUAGES), sep="-")
    return found or request.app[SERVICE].settings.web.language


def _accepted(request: web.Request) -> list[str]:
    """The browser's languages, best first (RFC 9110, section 12.5.4)."""

    def weight(part: str) -> float:
        _name, _sep, quality = part.partition(";q=")
        try:
            return -float(quality or 1)
        except ValueError:
            return 0.0

    return sorted(request.headers.get("Accept-Language", "").split(","), key=weight)


@web.middleware
async def choose_language(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Everything inside speaks the request's language."""
    speak(language_of(request))
    response = await handler(request)
    response.headers.setdefault("Content-Language", language())
    return response


@routes.post("/language")
async def switch(request: web.Request) -> web.StreamResponse:
    """Change the language and go back to the page it was changed on."""
    form = await request.post()
    chosen = str(form.get("language", ""))
    if chosen not in LANGUAGES:
        raise web.HTTPBadRequest(text=_("The language is one of vi, zh, en."))
    token = request.cookies.get(SESSION_COOKIE, "")
    session = await request.app[SIGN_IN].recognise(token) if token else None
    if session is not None:
        await users.set_language(request.app[SERVICE].database, session.user.id, chosen)
    response = web.Response(status=303, headers={"Location": _own_path(str(form.get("back", "/")))})
    remember(request, response, chosen)
    return response


def remember(request: web.Request, response: web.StreamResponse, chosen: str) -> None:
    """Keep the language in the browser for a year."""
    secure = request.app[SERVICE].settings.web.secure_cookies
    response.set_cookie(
        COOKIE, chosen, max_age=YEAR_S, path="/", samesite="Lax", httponly=True, secure=secure
    )


def _own_path(back: str) -> str:
    """Only a path of this site: anything else could lead the browser elsewhere."""
    fine = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return back if fine else "/"
