"""API keys of a firm: made with scopes, shown once, ended; and how much they are used."""

from __future__ import annotations

from datetime import timedelta

import aiohttp_jinja2
from aiohttp import web

from gate.app.firms.keys import FIRM_SCOPES as SCOPES
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.keys import SERVICE
from gate.web.portal.asked import actor_of, done, firm_of, firms_of, id_in, text_in, values_of
from gate.web.portal.code_words import SCOPE_WORDS

routes = web.RouteTableDef()
USAGE_DAYS = 30
LIFETIMES = (30, 90, 365)


@routes.get("/portal/keys")
@aiohttp_jinja2.template("portal/keys.html")
@needs(Permission.FIRM_ADMINISTER)
async def page(request: web.Request) -> dict[str, object]:
    """The keys, and the requests of the last days."""
    keys, firm = firms_of(request).keys, firm_of(request)
    usage = await keys.usage(firm, days=USAGE_DAYS)
    return {
        "keys": await keys.of(firm),
        "scopes": [(code, SCOPE_WORDS.get(code, code)) for code in SCOPES],
        "lifetimes": LIFETIMES,
        "usage": usage,
        "most_calls": max((row.calls for row in usage), default=0),
        "usage_days": USAGE_DAYS,
    }


@routes.post("/portal/keys")
@needs(Permission.FIRM_ADMINISTER)
async def make(request: web.Request) -> web.Response:
    """Make a key; its secret is in this answer and nowhere else."""
    values = await values_of(request)
    scopes = tuple(code for code in SCOPES if values.get(f"scope.{code}"))
    days = text_in(values, "days")
    lifetime = timedelta(days=int(days)) if days.isdigit() and int(days) in LIFETIMES else None
    now = request.app[SERVICE].clock.now()
    row, secret = await firms_of(request).keys.make(
        firm_of(request), name=text_in(values, "name", 80), scopes=scopes,
        expires_at=now + lifetime if lifetime else None, actor=actor_of(request),
    )  # fmt: skip
    return web.json_response({"secret": secret, "name": row.name})


@routes.post("/portal/keys/{id}/end")
@needs(Permission.FIRM_ADMINISTER)
async def end(request: web.Request) -> web.Response:
    """End a key at once."""
    keys = firms_of(request).keys
    await keys.end(firm_of(request), id_in(request), actor=actor_of(request))
    return done(request, "/portal/keys")
