"""What every response and request goes through: headers, sessions, forged requests, errors."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable

import aiohttp_jinja2
from aiohttp import web

from gate.app.firms.errors import FirmsError
from gate.store.errors import StoreError
from gate.web import access, stages
from gate.web.access import SESSION_COOKIE
from gate.web.keys import OPEN_REQUESTS, SERVICE, SESSION, SIGN_IN, session_of
from gate.web.language import _
from gate.web.plain_errors import words_of
from gate.web.portal.refusals import refusal

log = logging.getLogger(__name__)

OPEN = frozenset(
    {"/sign-in", "/language", "/metrics", "/healthz", "/readyz", "/register", "/register/check",
     "/register/done"}
)  # fmt: skip
"""Paths that need no sign-in; beside them only those of ``OPEN_BELOW``."""
OPEN_BELOW = ("/static/", "/api/")
"""``/api/`` has keys of its own instead of sessions (``gate.web.api``)."""
THEMES = frozenset({"dark", "light"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the safety headers on every response; pages are never cached."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith(("/static/", "/evidence/")):
        response.headers.setdefault("Cache-Control", "no-store")


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors as pages or JSON: what happened, what was kept, what to do."""
    try:
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        more: dict[str, object] = {"go": error.go} if isinstance(error, stages.GoOn) else {}
        return await _answer(request, error.status, words_of(error), more)
    except FirmsError as error:
        status, text, facts = refusal(error)
        return await _answer(request, status, text, facts)
    except StoreError as error:
        log.warning("%s %s: %s", request.method, request.path, error)
        request.app[SERVICE].metrics.database_errors.labels(code=error.code).inc()
        text = _("The database does not answer. Nothing was changed; try again in a moment.")
        return await _answer(request, 503, text)
    except ConnectionResetError:
        raise  # whoever asked is gone
    except Exception:  # the last resort: a fault of ours must still be an answer in words
        log.exception("%s %s", request.method, request.path)
        return await _answer(request, 500, _("Something went wrong here; it was noted."))


def is_open(path: str) -> bool:
    """Whether a path answers without a session."""
    return path in OPEN or path.startswith(OPEN_BELOW)


def theme_of(request: web.Request) -> str:
    """The theme that the user chose in this browser; empty for the page's own."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


@web.middleware
async def sessions(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Recognise the session; without one, or without the permission, only open paths answer."""
    if is_open(request.path):
        return await handler(request)
    token = request.cookies.get(SESSION_COOKIE, "")
    row = await request.app[SIGN_IN].recognise(token) if token else None
    if row is None:
        if _wants_page(request):
            raise web.HTTPSeeOther("/sign-in")
        raise web.HTTPUnauthorized(text=_("Sign in first."))
    request[SESSION] = row
    stages.check(request, row, _wants_page(request))
    access.check(request)
    with request.app[OPEN_REQUESTS].of(row.id):
        return await handler(request)


@web.middleware
async def same_site(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse changing requests that another site made the browser send."""
    if request.method in SAFE or request.path.startswith("/api/"):
        return await handler(request)
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise web.HTTPForbidden(text=_("This request came from another site."))
    if not is_open(request.path):
        given = request.headers.get("X-CSRF-Token") or await _form_token(request)
        if not hmac.compare_digest(given.encode(), session_of(request).csrf.encode()):
            raise web.HTTPForbidden(text=_("The page is out of date: load it again."))
    return await handler(request)


async def _form_token(request: web.Request) -> str:
    """The token in a plain form; files come by script, with the header."""
    if request.content_type != "application/x-www-form-urlencoded":
        return ""
    return str((await request.post()).get("csrf", ""))


def _wants_page(request: web.Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


async def _answer(
    request: web.Request, status: int, text: str, facts: dict[str, object] | None = None
) -> web.Response:
    if _wants_page(request):
        context = {**await _context(request), "status": status, "text": text}
        return aiohttp_jinja2.render_template("error.html", request, context, status=status)
    return web.json_response({**(facts or {}), "status": status, "error": text}, status=status)


async def _context(request: web.Request) -> dict[str, object]:
    """What templates use; whom the guards refuse never comes as far as where it is filled in."""
    found: dict[str, object] = {}
    for processor in request.config_dict[aiohttp_jinja2.APP_CONTEXT_PROCESSORS_KEY]:
        found.update(await processor(request))
    return found
