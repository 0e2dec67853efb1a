"""All addresses of operations."""

from __future__ import annotations

from gate.web.operations import cameras, export, history, pages, report, transits

routes = (
    *pages.routes,
    *transits.routes,
    *cameras.routes,
    *history.routes,
    *report.routes,
    *export.routes,
)
