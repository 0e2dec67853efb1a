"""Fees that are due, how to pay them, and what was paid too much."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.portal.asked import firm_of, firms_of

routes = web.RouteTableDef()


@routes.get("/portal/fees")
@aiohttp_jinja2.template("portal/fees.html")
@needs(Permission.FIRM_SEE)
async def page(request: web.Request) -> dict[str, object]:
    """What is due, with a sum a currency; and what was paid too much."""
    desk, firm = firms_of(request).fees, firm_of(request)
    fees = await desk.due(firm, most=200)
    sums: dict[str, int] = {}
    for fee in fees:
        sums[fee.currency] = sums.get(fee.currency, 0) + fee.amount
    return {"fees": fees, "sums": sums, "credits": await desk.credits(firm, most=200)}
