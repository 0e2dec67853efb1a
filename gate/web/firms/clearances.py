"""What firms filed and staff looks at: accept or reject, give the authorities' words, take fees."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.core.filing.life import CLEARABLE
from gate.core.permissions import Permission
from gate.store.filing import Filter
from gate.web.access import needs
from gate.web.portal.asked import (
    actor_of,
    done,
    firms_of,
    id_from,
    id_in,
    mark_of,
    page_of,
    text_in,
    values_of,
)
from gate.web.portal.event_words import shown_events
from gate.web.portal.problem_words import told
from gate.web.portal.status_words import DIRECTIONS
from schemas.declarations import DeclarationStatus

routes = web.RouteTableDef()
PAGE = 50
SHOWN = {
    "submitted": ("submitted",),
    "clearing": ("accepted", "arrived", "clearing"),
    "cleared": ("cleared",),
    "all": (),
}
"""What the list shows -> statuses."""


@routes.get("/clearances")
@aiohttp_jinja2.template("firms/clearances.html")
@needs(Permission.CLEARANCES)
async def listing(request: web.Request) -> dict[str, object]:
    """Declarations that wait for a word."""
    query, desk = request.query, firms_of(request).clearances
    show = query.get("show", "submitted")
    show = show if show in SHOWN else "submitted"
    text, direction = query.get("text", "").strip()[:100], query.get("direction", "")
    direction = direction if direction in DIRECTIONS else ""
    wanted = Filter(status=SHOWN[show], text=text, direction=direction)
    rows = await desk.listing(wanted, after=page_of(request), most=PAGE + 1)
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    counts = await desk.counts()
    return {
        "rows": rows[:PAGE],
        "next_page": mark_of(last.created_at, last.id) if last else "",
        "show": show,
        "text": text,
        "direction": direction,
        "directions": DIRECTIONS,
        "numbers": {
            name: sum(counts.get(s, 0) for s in SHOWN[name]) for name in SHOWN if name != "all"
        },
    }


@routes.get("/clearances/{id}")
@aiohttp_jinja2.template("firms/clearance.html")
@needs(Permission.CLEARANCES)
async def page(request: web.Request) -> dict[str, object]:
    """One declaration: what the checks say, and every word that can be given."""
    firms, declaration = firms_of(request), id_in(request)
    row = await firms.clearances.one(declaration)
    return {
        "row": row,
        "problems": [(p, told(p)) for p in await firms.clearances.review(declaration)],
        "events": shown_events(await firms.clearances.events(declaration)),
        "fees": await firms.fees.of(None, declaration),
        "clearable": row.status in CLEARABLE,
        "decidable": row.status == DeclarationStatus.SUBMITTED,
    }


@routes.post("/clearances/{id}/accept")
@needs(Permission.CLEARANCES)
async def accept(request: web.Request) -> web.Response:
    """Accept what was submitted."""
    declaration = id_in(request)
    await firms_of(request).clearances.accept(declaration, actor=actor_of(request))
    return done(request, f"/clearances/{declaration}")


@routes.post("/clearances/{id}/reject")
@needs(Permission.CLEARANCES)
async def reject(request: web.Request) -> web.Response:
    """Reject it with a reason that the firm is told."""
    declaration, values = id_in(request), await values_of(request)
    reason = text_in(values, "reason", 1000)
    await firms_of(request).clearances.reject(declaration, reason, actor=actor_of(request))
    return done(request, f"/clearances/{declaration}")


@routes.post("/clearances/{id}/word")
@needs(Permission.CLEARANCES)
async def word(request: web.Request) -> web.Response:
    """Give or take back an authority's word; a refusal needs a note."""
    declaration, values = id_in(request), await values_of(request)
    await firms_of(request).clearances.set_clearance(
        declaration, text_in(values, "authority"), text_in(values, "value"),
        actor=actor_of(request), note=text_in(values, "note", 1000),
    )  # fmt: skip
    return done(request, f"/clearances/{declaration}")


@routes.post("/clearances/{id}/fees/{fee}/{step:pay|waive|return}")
@needs(Permission.CLEARANCES)
async def settle(request: web.Request) -> web.Response:
    """Note a payment with its receipt, waive a fee with the reason, or note that what was paid too
    much was paid back.
    """
    declaration, fee = id_in(request), id_from(request.match_info["fee"])
    desk, note = firms_of(request).fees, text_in(await values_of(request), "note")
    if request.match_info["step"] == "pay":
        await desk.pay(fee, actor=actor_of(request), reference=note)
    elif request.match_info["step"] == "return":
        await desk.pay_back(fee, actor=actor_of(request), reference=note)
    else:
        await desk.waive(fee, note, actor=actor_of(request))
    return done(request, f"/clearances/{declaration}")
