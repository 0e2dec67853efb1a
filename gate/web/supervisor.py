"""The routes of supervisors' and administrators' pages."""

from __future__ import annotations

from gate.web.approvals import accounts
from gate.web.approvals import pages as approvals
from gate.web.audit import pages as audit
from gate.web.devices import pages as devices
from gate.web.devices import system_keys
from gate.web.policy import pages as policy
from gate.web.retention import pages as retention
from gate.web.search import pages as search
from gate.web.search import proof
from gate.web.users import pages as users
from gate.web.watchlists import pages as watchlists

ROUTES = (
    accounts.routes, approvals.routes, audit.routes, devices.routes, system_keys.routes,
    policy.routes, retention.routes, search.routes, proof.routes, users.routes, watchlists.routes,
)  # fmt: skip
