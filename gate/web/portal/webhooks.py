"""Webhooks of a firm: where events are sent, tried, changed, ended, and what was delivered."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.firms.events import EVENTS
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.portal.asked import (
    actor_of,
    done,
    firm_of,
    firms_of,
    id_in,
    mark_of,
    page_of,
    text_in,
    values_of,
)
from gate.web.portal.code_words import event_word

routes = web.RouteTableDef()
PAGE = 30


@routes.get("/portal/webhooks")
@aiohttp_jinja2.template("portal/webhooks.html")
@needs(Permission.FIRM_ADMINISTER)
async def listing(request: web.Request) -> dict[str, object]:
    """All that are in use."""
    return {
        "webhooks": await firms_of(request).webhooks.of(firm_of(request)),
        "events": [(code, event_word(code)) for code in EVENTS],
        "event_word": event_word,
    }


@routes.post("/portal/webhooks")
@needs(Permission.FIRM_ADMINISTER)
async def make(request: web.Request) -> web.Response:
    """Add one; its secret is in this answer and nowhere else."""
    values = await values_of(request)
    events = tuple(code for code in EVENTS if values.get(f"event.{code}"))
    row, secret = await firms_of(request).webhooks.make(
        firm_of(request), url=text_in(values, "url", 2000), events=events,
        actor=actor_of(request),
    )  # fmt: skip
    return web.json_response({"secret": secret, "name": row.url})


@routes.get("/portal/webhooks/{id}")
@aiohttp_jinja2.template("portal/webhook.html")
@needs(Permission.FIRM_ADMINISTER)
async def page(request: web.Request) -> dict[str, object]:
    """One with its deliveries."""
    firm, webhooks, wanted = firm_of(request), firms_of(request).webhooks, id_in(request)
    row = await webhooks.one(firm, wanted)
    deliveries = await webhooks.deliveries(firm, wanted, after=page_of(request), most=PAGE + 1)
    last = deliveries[PAGE - 1] if len(deliveries) > PAGE else None
    return {
        "row": row,
        "deliveries": deliveries[:PAGE],
        "next_page": mark_of(last.created_at, last.id) if last else "",
        "event_word": event_word,
    }


@routes.get("/portal/webhooks/{id}/deliveries/{delivery}")
@aiohttp_jinja2.template("portal/attempts.html")
@needs(Permission.FIRM_ADMINISTER)
async def attempts(request: web.Request) -> dict[str, object]:
    """Every attempt of one delivery."""
    firm, webhooks = firm_of(request), firms_of(request).webhooks
    delivery = id_in(request, "delivery")
    row = await webhooks.one(firm, id_in(request))
    return {"attempts": await webhooks.attempts(firm, delivery), "webhook": row.id}


@routes.post("/portal/webhooks/{id}/test")
@needs(Permission.FIRM_ADMINISTER)
async def test(request: web.Request) -> web.Response:
    """Send a test event now."""
    wanted = id_in(request)
    await firms_of(request).webhooks.test(firm_of(request), wanted)
    return done(request, f"/portal/webhooks/{wanted}")


@routes.post("/portal/webhooks/{id}")
@needs(Permission.FIRM_ADMINISTER)
async def change(request: web.Request) -> web.Response:
    """Pause it, or go on."""
    wanted, values = id_in(request), await values_of(request)
    active = {"yes": True, "no": False}.get(text_in(values, "active"))
    webhooks = firms_of(request).webhooks
    await webhooks.change(firm_of(request), wanted, active=active, actor=actor_of(request))
    return done(request, f"/portal/webhooks/{wanted}")


@routes.post("/portal/webhooks/{id}/end")
@needs(Permission.FIRM_ADMINISTER)
async def end(request: web.Request) -> web.Response:
    """End it: nothing is sent there any more."""
    webhooks = firms_of(request).webhooks
    await webhooks.end(firm_of(request), id_in(request), actor=actor_of(request))
    return done(request, "/portal/webhooks")
