"""All routes of the portal."""

from __future__ import annotations

from gate.web.portal import (
    amending,
    api_keys,
    bulk,
    declarations,
    drafting,
    drivers,
    fees,
    firm_settings,
    members,
    passes,
    registering,
    slots,
    today,
    vehicles,
    webhooks,
)

ROUTES = (
    registering.routes, today.routes, drafting.routes, amending.routes, declarations.routes,
    slots.routes, bulk.routes, passes.routes, fees.routes, vehicles.routes, drivers.routes,
    members.routes, api_keys.routes, webhooks.routes, firm_settings.routes,
)  # fmt: skip
