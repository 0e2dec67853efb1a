"""Declarations of a firm: the list, one with its time line, and what may still be done with it."""

from __future__ import annotations

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.core.filing.life import AMENDABLE, BOOKABLE, Side, may
from gate.core.permissions import Permission
from gate.store.filing import FiledRow, Filter
from gate.web.access import needs
from gate.web.keys import SERVICE
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
from gate.web.portal.event_words import shown_events
from gate.web.portal.next_step import next_step
from gate.web.portal.today import GONE, UNDER_WAY
from schemas.declarations import DeclarationStatus

routes = web.RouteTableDef()
PAGE = 30
GROUPS = {"open": UNDER_WAY, "done": (*GONE, "cancelled", "expired")}


@routes.get("/portal/declarations")
@aiohttp_jinja2.template("portal/declarations.html")
@needs(Permission.FIRM_SEE)
async def listing(request: web.Request) -> dict[str, object]:
    """Drafts first, then what was filed, the newest first."""
    firm, filing = firm_of(request), firms_of(request).filing
    text = request.query.get("text", "").strip()[:100]
    group = request.query.get("show", "open")
    after = page_of(request)
    wanted = Filter(status=GROUPS.get(group, ()), text=text)
    rows = await filing.declarations(firm, wanted, after=after, most=PAGE + 1)
    first = after is None and not text and group == "open"
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return {
        "rows": rows[:PAGE],
        "drafts": await filing.drafts(firm, most=PAGE) if first else [],
        "counts": await filing.counts(firm),
        "text": text,
        "show": group,
        "next_page": mark_of(last.created_at, last.id) if last else "",
    }


@routes.get("/portal/declarations/{id}")
@aiohttp_jinja2.template("portal/declaration.html")
@needs(Permission.FIRM_SEE)
async def page(request: web.Request) -> dict[str, object]:
    """One declaration: what to do next, its clearances, its time line."""
    return await what_is_shown(request)


@routes.get("/portal/declarations/{id}/now")
@aiohttp_jinja2.template("portal/declaration_part.html")
@needs(Permission.FIRM_SEE)
async def part(request: web.Request) -> dict[str, object]:
    """The same without the frame, for a page that stays open."""
    return await what_is_shown(request)


async def what_is_shown(request: web.Request) -> dict[str, Any]:
    """One declaration with its events, fees and pass; raises ``UnknownRecord`` for others'."""
    firm, firms, declaration = firm_of(request), firms_of(request), id_in(request)
    row = await firms.filing.declaration(firm, declaration)
    fees = await firms.fees.of(firm, declaration)
    due = any(fee.status == "due" for fee in fees)
    return {
        "row": row,
        "events": shown_events(await firms.filing.events(firm, declaration)),
        "fees": fees,
        "gate_pass": await firms.passes.current(firm, declaration),
        "step": next_step(row, fees_due=due, now=request.app[SERVICE].clock.now()),
        "filed": request.query.get("filed", ""),
        "slot_gone": request.query.get("slot") == "gone",
        **steps_of(row),
    }


def steps_of(row: FiledRow) -> dict[str, bool]:
    """What the firm may still do."""
    status = DeclarationStatus(row.status)
    return {
        "amendable": status in AMENDABLE and bool(row.content),
        "bookable": status in BOOKABLE,
        "cancellable": may(status, DeclarationStatus.CANCELLED, Side.FIRM),
        "reopenable": status is DeclarationStatus.REJECTED,
    }


@routes.post("/portal/declarations/{id}/cancel")
@needs(Permission.FIRM_FILE)
async def cancel(request: web.Request) -> web.Response:
    """Cancel it, with the reason."""
    firm, declaration = firm_of(request), id_in(request)
    reason = text_in(await values_of(request), "reason")
    await firms_of(request).filing.cancel(firm, declaration, reason, actor=actor_of(request))
    return done(request, f"/portal/declarations/{declaration}")


@routes.post("/portal/declarations/{id}/reopen")
@needs(Permission.FIRM_FILE)
async def reopen(request: web.Request) -> web.Response:
    """Make a rejected declaration a draft again."""
    draft = await firms_of(request).filing.reopen(
        firm_of(request), id_in(request), actor=actor_of(request)
    )
    return done(request, f"/portal/drafts/{draft.id}")
