"""The web server: pages, live streams, metrics and health on one port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from gate.app.desks import Desks
from gate.app.runtime import Service
from gate.web import (
    account,
    choosing_language,
    guard,
    home,
    language,
    probes,
    proxies,
    signing_in,
    supervisor,
)
from gate.web.access import allowed
from gate.web.api import guard as api_guard
from gate.web.api import routes as api
from gate.web.assets import Assets
from gate.web.auth import SignIn
from gate.web.catalogues import LANGUAGES
from gate.web.console.routes import CONSOLE_ROUTES
from gate.web.console.snapshot import Snapshots
from gate.web.console.views import Views
from gate.web.firms.routes import ROUTES as FIRMS_ROUTES
from gate.web.keys import (
    ASSETS,
    DESKS,
    OPEN_REQUESTS,
    SERVICE,
    SESSION,
    SHOWN,
    SIGN_IN,
    SNAPSHOTS,
    VIEWS,
)
from gate.web.looks import note_looks
from gate.web.menu import entries_for
from gate.web.open_requests import OpenRequests
from gate.web.operations import routes as operations
from gate.web.portal import registering
from gate.web.portal.routes import ROUTES as PORTAL_ROUTES
from gate.web.portal.words_for_templates import template_words
from gate.web.role_names import role_name
from gate.web.script_words import script_words
from gate.web.shown import Shown

HERE = Path(__file__).parent
REFRESH_S = 5.0
"""Snapshots are made anew at least this often, should a notification be lost."""


class PortTaken(RuntimeError):
    """Another program listens on the wanted port."""


ROUTES = (
    probes.routes, signing_in.routes, choosing_language.routes, home.routes, *CONSOLE_ROUTES,
    *account.ROUTES, *supervisor.ROUTES,
    operations.routes,
    *PORTAL_ROUTES, *FIRMS_ROUTES,
)  # fmt: skip
"""The routes of every area of the pages."""


async def page_context(request: web.Request) -> dict[str, object]:
    """What every template may use."""
    session = request.get(SESSION)
    user = session.user if session else None
    settings = request.app[SERVICE].settings
    return {
        "user": user,
        "menu": entries_for(user.role) if user else [],
        "may": (lambda permission: allowed(request, permission)) if user else lambda _: False,
        "csrf": session.csrf if session else "",
        "fresh": request.app[SIGN_IN].is_fresh(session) if session else False,
        "site": settings.site_name or settings.site,
        "timezone": settings.web.timezone,
        "asset": request.app[ASSETS].url,
        "language": language.language(),
        "languages": LANGUAGES,
        "chosen_theme": guard.theme_of(request),
        "words": script_words,
        "now": request.app[SERVICE].clock.now(),
    }


def application(service: Service, *, demo: bool) -> web.Application:
    """The aiohttp application over a running service."""
    order = [proxies.real_address, choosing_language.choose_language, guard.errors,
             guard.sessions, guard.same_site, note_looks, api_guard.problems]  # fmt: skip
    app = web.Application(middlewares=order)
    app[SERVICE] = service
    app[SIGN_IN] = SignIn(
        service.database, service.settings.web, service.clock, service.vault, demo=demo,
        site=service.settings.site,
    )  # fmt: skip
    app[DESKS] = Desks(service)
    app[OPEN_REQUESTS] = OpenRequests(service.database, service.clock)
    app[SNAPSHOTS] = Snapshots(service)
    app[VIEWS] = Views(app[SNAPSHOTS])
    app[ASSETS] = Assets(HERE / "static")
    app[SHOWN] = Shown(service.settings.web.timezone)
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        context_processors=[aiohttp_jinja2.request_processor, page_context],
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        filters=app[SHOWN].filters(),
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: language.words(language.language()).gettext(message),
        lambda one, many, n: language.words(language.language()).ngettext(one, many, n),
        newstyle=True,
    )
    environment.globals.update(ago=app[SHOWN].ago, role_name=role_name)
    environment.globals.update(template_words(service.settings.web.timezone))
    environment.filters["event_word"] = environment.globals["event_word"]
    service.firms.speak(language.in_language)
    registering.set_up(app)
    app.on_response_prepare.append(guard.add_headers)
    app.on_response_prepare.append(_compress)
    app.cleanup_ctx.append(_watch_changes)
    app.cleanup_ctx.append(_watch_sessions)
    for routes in ROUTES:
        app.add_routes(routes)
    api.set_up(app)
    app.router.add_get("/static/{digest}/{name:.+}", app[ASSETS].serve)
    return app


async def _compress(_request: web.Request, response: web.StreamResponse) -> None:
    """Pages shrink to a fifth on their way: drivers' phones have bad networks.

    Streams are left alone (each event must leave at once), files are compressed already.
    """
    if isinstance(response, web.Response) and response.content_type == "text/html":
        response.enable_compression()


async def _watch_changes(app: web.Application) -> AsyncIterator[None]:
    service, snapshots = app[SERVICE], app[SNAPSHOTS]
    service.hub.before(snapshots.changed)
    task = asyncio.create_task(_refresh(service))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _watch_sessions(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(app[OPEN_REQUESTS].keep_honest())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _refresh(service: Service) -> None:
    while True:
        await asyncio.sleep(REFRESH_S)
        for lane in service.register.lanes:
            service.hub.changed(lane)


async def serve(service: Service, *, demo: bool) -> web.AppRunner:
    """Start listening; raises ``PortTaken``."""
    app = application(service, demo=demo)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    settings = service.settings.web
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        await runner.cleanup()
        raise PortTaken(
            f"port {settings.port} on {settings.host} can't be used ({error.strerror}); "
            "set another one with GATE_PORT"
        ) from error
    return runner
