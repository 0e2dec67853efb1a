"""Firms that applied, and those that were decided about: approve, refuse, suspend, resume."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.portal.asked import actor_of, done, firms_of, id_in, text_in, values_of
from gate.web.portal.status_words import COUNTRIES, FIRM_STATUSES

routes = web.RouteTableDef()
PAGE = 50


@routes.get("/firms")
@aiohttp_jinja2.template("firms/firms.html")
@needs(Permission.FIRMS_APPROVE)
async def listing(request: web.Request) -> dict[str, object]:
    """Applications first, then firms by name."""
    query, registration = request.query, firms_of(request).registration
    status = query.get("status", "")
    status = status if status in FIRM_STATUSES else ""
    text = query.get("text", "").strip()[:100]
    rows = await registration.listing(status, text, query.get("after", ""), PAGE + 1)
    return {
        "pending": await registration.pending(),
        "rows": rows[:PAGE],
        "next_page": rows[PAGE - 1].name if len(rows) > PAGE else "",
        "status": status,
        "text": text,
        "statuses": FIRM_STATUSES,
        "countries": COUNTRIES,
    }


@routes.get("/firms/{id}")
@aiohttp_jinja2.template("firms/firm.html")
@needs(Permission.FIRMS_APPROVE)
async def page(request: web.Request) -> dict[str, object]:
    """One firm with its people."""
    firms, firm = firms_of(request), id_in(request)
    return {
        "firm": await firms.registration.one(firm),
        "members": await firms.people.members(firm),
        "counts": await firms.filing.counts(firm),
        "statuses": FIRM_STATUSES,
        "countries": COUNTRIES,
    }


@routes.post("/firms/{id}/{step:approve|refuse|suspend|resume}")
@needs(Permission.FIRMS_APPROVE)
async def decide(request: web.Request) -> web.Response:
    """Take a step; a refusal and a suspension need a reason, which the firm is told."""
    firm, registration, actor = id_in(request), firms_of(request).registration, actor_of(request)
    reason = text_in(await values_of(request), "reason", 1000)
    match request.match_info["step"]:
        case "approve":
            await registration.approve(firm, actor=actor)
        case "refuse":
            await registration.refuse(firm, reason, actor=actor)
        case "suspend":
            await registration.suspend(firm, reason, actor=actor)
        case _:
            await registration.resume(firm, actor=actor)
    return done(request, f"/firms/{firm}")
