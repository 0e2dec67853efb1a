"""The routes of the lane console."""

from __future__ import annotations

from gate.web.console import (
    acts,
    inspection_pages,
    lane_mode,
    pages,
    shift_pages,
    stream,
    transit_page,
)

CONSOLE_ROUTES = (
    pages.routes,
    stream.routes,
    acts.routes,
    transit_page.routes,
    inspection_pages.routes,
    shift_pages.routes,
    lane_mode.routes,
)
