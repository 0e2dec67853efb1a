"""Appointments: the hours of a day with their free places, booked and given back."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.store.slots import SlotRow
from gate.web.access import needs
from gate.web.keys import SERVICE
from gate.web.language import _
from gate.web.portal.asked import actor_of, done, firm_of, firms_of, id_in, text_in, values_of
from gate.web.portal.form import days_from

routes = web.RouteTableDef()


def zone_of(request: web.Request) -> ZoneInfo:
    """The gate's zone: a day is the gate's day."""
    return ZoneInfo(request.app[SERVICE].settings.web.timezone)


async def hours_left(request: web.Request, direction: str, day: date) -> list[SlotRow]:
    """The hours of the day that are not over."""
    found = await firms_of(request).slots.day(direction, day, zone_of(request))
    now = request.app[SERVICE].clock.now()
    return [slot for slot in found if slot.ends_at > now]


def day_in(request: web.Request) -> date:
    """The day that is asked for, today where none is."""
    days = days_from(request.app[SERVICE].clock.now(), request.app[SERVICE].settings.web.timezone)
    asked = request.query.get("day", "")
    return next((day for day in days if day.isoformat() == asked), days[0])


@routes.get("/portal/hours")
@aiohttp_jinja2.template("portal/hours_part.html")
@needs(Permission.FIRM_FILE)
async def hours(request: web.Request) -> dict[str, object]:
    """The hours of a day, for the form of a declaration."""
    direction = request.query.get("direction", "")
    if direction not in ("export", "import"):
        return {"slots": [], "chosen": None, "direction": ""}
    slots = await hours_left(request, direction, day_in(request))
    return {"slots": slots, "chosen": request.query.get("chosen", ""), "direction": direction}


@routes.get("/portal/declarations/{id}/slot")
@aiohttp_jinja2.template("portal/slot.html")
@needs(Permission.FIRM_FILE)
async def page(request: web.Request) -> dict[str, object]:
    """Choose an hour for a declaration."""
    firms = firms_of(request)
    row = await firms.filing.declaration(firm_of(request), id_in(request))
    day, service = day_in(request), request.app[SERVICE]
    return {
        "row": row,
        "day": day,
        "days": days_from(service.clock.now(), service.settings.web.timezone),
        "slots": await hours_left(request, row.direction, day),
    }


@routes.post("/portal/declarations/{id}/slot")
@needs(Permission.FIRM_FILE)
async def book(request: web.Request) -> web.Response:
    """Book an hour; the one held before is given back by the same step."""
    declaration, values = id_in(request), await values_of(request)
    try:
        hour = datetime.fromisoformat(text_in(values, "starts_at"))
    except ValueError:
        raise web.HTTPBadRequest(text=_("Choose one of the hours shown.")) from None
    if hour.tzinfo is None:
        raise web.HTTPBadRequest(text=_("Choose one of the hours shown."))
    slots = firms_of(request).slots
    await slots.book(firm_of(request), declaration, hour, actor=actor_of(request))
    return done(request, f"/portal/declarations/{declaration}")


@routes.post("/portal/declarations/{id}/slot/give-back")
@needs(Permission.FIRM_FILE)
async def give_back(request: web.Request) -> web.Response:
    """Give the booked hour back."""
    declaration = id_in(request)
    await firms_of(request).slots.give_back(firm_of(request), declaration, actor=actor_of(request))
    return done(request, f"/portal/declarations/{declaration}")
