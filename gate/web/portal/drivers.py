"""Drivers of a firm: list, add, change, retire; documents that end soon are marked."""

from __future__ import annotations

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.app.statistics_days import today
from gate.core.permissions import Permission
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
    values_of,
)
from gate.web.portal.problem_words import as_json
from gate.web.portal.status_words import DOCUMENT_KINDS, NATIONALITIES, options
from gate.web.portal.typed import version_in
from gate.web.portal.vehicles import PAGE, SOON

routes = web.RouteTableDef()
FIELDS = ("name", "nationality", "document_kind", "document_number", "birth_date",
          "document_until", "phone")  # fmt: skip


@routes.get("/portal/drivers")
@aiohttp_jinja2.template("portal/drivers.html")
@needs(Permission.FIRM_SEE)
async def listing(request: web.Request) -> dict[str, object]:
    """The newest first."""
    retired = request.query.get("show") == "retired"
    text = request.query.get("text", "").strip()[:40]
    rows = await firms_of(request).fleet.drivers(
        firm_of(request), text=text, retired=retired, after=page_of(request), most=PAGE + 1
    )
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    service = request.app[SERVICE]
    day = today(service.clock.now(), service.settings.web.timezone)
    return {
        "rows": rows[:PAGE],
        "next_page": mark_of(last.created_at, last.id) if last else "",
        "text": text,
        "retired": retired,
        "documents": DOCUMENT_KINDS,
        "today": day,
        "soon": day + SOON,
    }


@routes.get("/portal/drivers/new")
@aiohttp_jinja2.template("portal/driver.html")
@needs(Permission.FIRM_FILE)
async def new(_request: web.Request) -> dict[str, object]:
    """The empty form."""
    return {"row": None, **_choices()}


@routes.get("/portal/drivers/{id}")
@aiohttp_jinja2.template("portal/driver.html")
@needs(Permission.FIRM_FILE)
async def page(request: web.Request) -> dict[str, object]:
    """One driver."""
    row = await firms_of(request).fleet.driver(firm_of(request), id_in(request))
    return {"row": row, **_choices()}


@routes.post("/portal/drivers/check")
@needs(Permission.FIRM_FILE)
async def check(request: web.Request) -> web.Response:
    """What is wrong so far."""
    values = driver_in(await values_of(request))
    return web.json_response({"problems": as_json(firms_of(request).fleet.check_driver(values))})


@routes.post("/portal/drivers")
@needs(Permission.FIRM_FILE)
async def add(request: web.Request) -> web.Response:
    """Add a driver."""
    values = driver_in(await values_of(request))
    await firms_of(request).fleet.save_driver(firm_of(request), values, actor=actor_of(request))
    return done(request, "/portal/drivers")


@routes.post("/portal/drivers/{id}")
@needs(Permission.FIRM_FILE)
async def change(request: web.Request) -> web.Response:
    """Change a driver."""
    firm, fleet, values = firm_of(request), firms_of(request).fleet, await values_of(request)
    row = await fleet.driver(firm, id_in(request))
    await fleet.save_driver(
        firm, driver_in(values), actor=actor_of(request), driver=row.id,
        version=version_in(values),
    )  # fmt: skip
    return done(request, "/portal/drivers")


@routes.post("/portal/drivers/{id}/retire")
@needs(Permission.FIRM_FILE)
async def retire(request: web.Request) -> web.Response:
    """Take a driver out of service."""
    fleet = firms_of(request).fleet
    await fleet.retire_driver(firm_of(request), id_in(request), actor=actor_of(request))
    return done(request, "/portal/drivers")


def driver_in(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a driver; empty ones are none."""
    return {name: values.get(name) or None for name in FIELDS}


def _choices() -> dict[str, object]:
    return {"documents": options(DOCUMENT_KINDS), "nationalities": options(NATIONALITIES)}
