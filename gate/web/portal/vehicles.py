"""Vehicles of a firm: list, add, change, retire; papers that end soon are marked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.keys import SERVICE
from gate.web.portal.asked import actor_of, done, firm_of, firms_of, id_in, values_of
from gate.web.portal.problem_words import as_json
from gate.web.portal.status_words import COUNTRIES, VEHICLE_KINDS, options
from gate.web.portal.typed import version_in

routes = web.RouteTableDef()
PAGE = 50
SOON = timedelta(days=30)
"""Papers that end within this time are marked."""
FIELDS = ("kind", "plate", "country", "permitted_kg", "axles", "permit_number", "permit_until",
          "insurance_until")  # fmt: skip


@routes.get("/portal/vehicles")
@aiohttp_jinja2.template("portal/vehicles.html")
@needs(Permission.FIRM_SEE)
async def listing(request: web.Request) -> dict[str, object]:
    """By plate."""
    query = request.query
    retired, text = query.get("show") == "retired", query.get("text", "").strip()[:40]
    rows = await firms_of(request).fleet.vehicles(
        firm_of(request), text=text, retired=retired, after=query.get("after", ""), most=PAGE + 1
    )
    now = request.app[SERVICE].clock.now()
    return {
        "rows": rows[:PAGE],
        "next_page": rows[PAGE - 1].plate if len(rows) > PAGE else "",
        "text": text,
        "retired": retired,
        "kinds": VEHICLE_KINDS,
        "soon": now + SOON,
    }


@routes.get("/portal/vehicles/new")
@aiohttp_jinja2.template("portal/vehicle.html")
@needs(Permission.FIRM_FILE)
async def new(_request: web.Request) -> dict[str, object]:
    """The empty form."""
    return {"row": None, "kinds": options(VEHICLE_KINDS), "countries": options(COUNTRIES)}


@routes.get("/portal/vehicles/{id}")
@aiohttp_jinja2.template("portal/vehicle.html")
@needs(Permission.FIRM_FILE)
async def page(request: web.Request) -> dict[str, object]:
    """One vehicle."""
    row = await firms_of(request).fleet.vehicle(firm_of(request), id_in(request))
    return {"row": row, "kinds": options(VEHICLE_KINDS), "countries": options(COUNTRIES)}


@routes.post("/portal/vehicles/check")
@needs(Permission.FIRM_FILE)
async def check(request: web.Request) -> web.Response:
    """What is wrong so far."""
    values = vehicle_in(request, await values_of(request))
    return web.json_response({"problems": as_json(firms_of(request).fleet.check_vehicle(values))})


@routes.post("/portal/vehicles")
@needs(Permission.FIRM_FILE)
async def add(request: web.Request) -> web.Response:
    """Add a vehicle."""
    values = vehicle_in(request, await values_of(request))
    fleet = firms_of(request).fleet
    await fleet.save_vehicle(firm_of(request), values, actor=actor_of(request))
    return done(request, "/portal/vehicles")


@routes.post("/portal/vehicles/{id}")
@needs(Permission.FIRM_FILE)
async def change(request: web.Request) -> web.Response:
    """Change a vehicle."""
    firm, fleet, values = firm_of(request), firms_of(request).fleet, await values_of(request)
    row = await fleet.vehicle(firm, id_in(request))
    await fleet.save_vehicle(
        firm, vehicle_in(request, values), actor=actor_of(request), vehicle=row.id,
        version=version_in(values),
    )  # fmt: skip
    return done(request, "/portal/vehicles")


@routes.post("/portal/vehicles/{id}/retire")
@needs(Permission.FIRM_FILE)
async def retire(request: web.Request) -> web.Response:
    """Take a vehicle out of use."""
    fleet = firms_of(request).fleet
    await fleet.retire_vehicle(firm_of(request), id_in(request), actor=actor_of(request))
    return done(request, "/portal/vehicles")


def vehicle_in(request: web.Request, values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a vehicle; empty ones are none. A paper is good to the end of its last day."""
    made = {name: values.get(name) or None for name in FIELDS}
    zone = ZoneInfo(request.app[SERVICE].settings.web.timezone)
    for name in ("permit_until", "insurance_until"):
        try:
            day = date.fromisoformat(str(made[name] or ""))
        except ValueError:
            continue
        made[name] = datetime.combine(day, time(23, 59, 59), zone).isoformat()
    return made
