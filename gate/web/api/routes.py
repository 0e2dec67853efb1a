"""Puts the API into the web application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp_jinja2
from aiohttp import web

from gate.web.api import (
    account,
    authorities,
    crossing,
    declarations,
    drafts,
    fleet,
    guard,
    openapi,
    peers,
    uploads,
)
from gate.web.api.limits import Limits
from gate.web.api.operations import PREFIX, Operation
from gate.web.api.usage import USAGE, Usage
from gate.web.keys import SERVICE

TABLES = (declarations, uploads, drafts, fleet, crossing, authorities, peers, account)
OPERATIONS: tuple[Operation, ...] = tuple(
    operation for module in TABLES for operation in module.table.operations
)
DOCUMENT = f"{PREFIX}/openapi.json"
VIEWER = f"{PREFIX}/docs"
WRONG_KEYS_A_MINUTE = 30
_BODY = web.AppKey("api_document", bytes)


def set_up(app: web.Application) -> None:
    """Add the routes, the limits and the counting; the caller adds ``guard.problems``."""
    service = app[SERVICE]
    settings = service.settings
    app[guard.LIMITS] = Limits(settings.firms.calls_a_minute, settings.firms.calls_at_once)
    app[guard.STRANGERS] = Limits(WRONG_KEYS_A_MINUTE, WRONG_KEYS_A_MINUTE)
    app[USAGE] = Usage(service.database, service.clock)
    made = openapi.document(OPERATIONS, settings.site)
    app[_BODY] = json.dumps(made, ensure_ascii=False).encode()
    for operation in OPERATIONS:
        app.router.add_route(operation.method, PREFIX + operation.path, guard.endpoint(operation))
    app.router.add_route("GET", DOCUMENT, _document)
    app.router.add_route("GET", VIEWER, _viewer)
    app.cleanup_ctx.append(_count)


async def _document(request: web.Request) -> web.Response:
    """The OpenAPI document: open to all, it says nothing of anybody."""
    return web.Response(body=request.app[_BODY], content_type="application/json")


async def _viewer(request: web.Request) -> web.Response:
    """The page that shows the document."""
    return aiohttp_jinja2.render_template("api/docs.html", request, {"document": DOCUMENT})


async def _count(app: web.Application) -> AsyncIterator[None]:
    usage: Usage = app[USAGE]
    task = asyncio.create_task(usage.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await usage.write()
