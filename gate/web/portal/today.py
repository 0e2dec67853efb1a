"""The first page of a firm: today's trucks, and the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.store.drafts import DraftRow
from gate.store.filing import FiledRow, Filter
from gate.web.access import allowed, needs
from gate.web.keys import SERVICE
from gate.web.portal.asked import firm_of, firms_of
from gate.web.portal.next_step import AT_GATE, NEEDS_FIRM, NextStep, next_step

routes = web.RouteTableDef()
UNDER_WAY = ("submitted", "rejected", "accepted", "arrived", "clearing", "cleared", "released")
GONE = ("departed", "closed")
MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Truck:
    """One declaration with what to do about it."""

    row: FiledRow
    step: NextStep


async def trucks_of(request: web.Request, firm: UUID) -> list[Truck]:
    """Everything under way and what left today; what waits for the firm first, then by time."""
    firms, now = firms_of(request), request.app[SERVICE].clock.now()
    due = {fee.declaration_id for fee in await firms.fees.due(firm, most=500)}
    rows = await firms.filing.declarations(firm, Filter(status=UNDER_WAY), most=MOST)
    gone = await firms.filing.declarations(firm, Filter(status=GONE), most=MOST)
    rows += [row for row in gone if row.updated_at >= midnight(request, now)]
    trucks = [Truck(row=row, step=next_step(row, fees_due=row.id in due, now=now)) for row in rows]
    return sorted(trucks, key=lambda truck: (truck.step.rank, truck.row.window_from))


def midnight(request: web.Request, now: datetime) -> datetime:
    """The beginning of the gate's day."""
    zone = ZoneInfo(request.app[SERVICE].settings.web.timezone)
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


async def what_is_shown(request: web.Request) -> dict[str, object]:
    """Trucks, drafts, and what the page says first."""
    firm = firm_of(request)
    firms = firms_of(request)
    trucks = await trucks_of(request, firm)
    drafts: list[DraftRow] = await firms.filing.drafts(firm, most=5)
    urgent = trucks and trucks[0].step.rank in (NEEDS_FIRM, AT_GATE) and trucks[0].step.path
    first = trucks[0] if urgent else None
    return {
        "trucks": trucks,
        "drafts": drafts,
        "first": first,
        "more": len(trucks) >= MOST,
        "waiting": sum(truck.step.rank == NEEDS_FIRM for truck in trucks),
        "fleet_is_empty": not trucks and not await firms.fleet.vehicles(firm, most=1),
    }


@routes.get("/portal")
@aiohttp_jinja2.template("portal/today.html")
@needs(Permission.FIRM_SEE)
async def today(request: web.Request) -> dict[str, object]:
    """Today's trucks."""
    return await what_is_shown(request)


@routes.get("/portal/today")
@aiohttp_jinja2.template("portal/today_part.html")
@needs(Permission.FIRM_SEE)
async def part(request: web.Request) -> dict[str, object]:
    """The same without the frame, for a page that stays open."""
    return await what_is_shown(request)


@routes.get("/portal/new")
@aiohttp_jinja2.template("portal/new.html")
@needs(Permission.FIRM_FILE)
async def new(request: web.Request) -> dict[str, object]:
    """Begin a declaration: empty, as a copy, or many from a table."""
    firm, filing = firm_of(request), firms_of(request).filing
    return {
        "drafts": await filing.drafts(firm, most=5),
        "earlier": await filing.declarations(firm, Filter(), most=8),
    }


@routes.get("/portal/more")
@aiohttp_jinja2.template("portal/more.html")
@needs(Permission.FIRM_SEE)
async def more(request: web.Request) -> dict[str, object]:
    """Everything that is not needed every day."""
    return {"administers": allowed(request, Permission.FIRM_ADMINISTER)}
