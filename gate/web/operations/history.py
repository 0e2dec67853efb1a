"""The past: a row a day with a link to its report, from the hourly roll-ups."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.app.statistics_figures import finished
from gate.core.permissions import Permission
from gate.store import statistics_day
from gate.web.access import needs
from gate.web.keys import SERVICE
from gate.web.operations.asked import MOST_HISTORY, address, days_in

routes = web.RouteTableDef()


@routes.get("/operations/history")
@aiohttp_jinja2.template("operations/history.html")
@needs(Permission.OPERATIONS_SEE)
async def history(request: web.Request) -> dict[str, object]:
    """Days, newest first."""
    first, last = days_in(request, MOST_HISTORY, back=27)
    async with request.app[SERVICE].statistics.database.connection() as connection:
        rows = await statistics_day.by_day(connection, first, last)
    return {
        "first": first, "last": last, "most": MOST_HISTORY,
        "rows": [day_row(row) for row in reversed(rows)],
        "whole": day_row(_sum(rows)) if rows else None,
        "exports": {form: address(request, f"/operations/hours.{form}", day=first.isoformat(),
                                  to=last.isoformat()) for form in ("csv", "xlsx")},
        "year": address(request, "/operations/history", day=str(last - timedelta(days=364)),
                        to=str(last)),
    }  # fmt: skip


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "day": None,
        **{name: sum(row[name] for row in rows) for name in statistics_day.SUMS},
    }


def share(part: int, whole: int) -> float | None:
    """A part as a share of 1; None of nothing."""
    return part / whole if whole else None


def day_row(row: dict[str, Any]) -> dict[str, Any]:
    """The sums of a day (or of any hours) with the shares and means that are shown."""
    number, all_of_them = finished(row), finished(row) + row["aborted"]
    return {
        **row,
        "finished": number,
        "unaided_share": share(row["unaided"], number),
        "held_share": share(row["held"], number),
        "dwell_s": share(row["dwell_ms"], all_of_them * 1000),
        "officer_s": share(row["with_officer_ms"], all_of_them * 1000),
        "declared_share": share(row["declared"], all_of_them),
        "cycle_s": share(row["cycle_ms"], row["cycles"] * 1000),
        "answer_s": share(row["barrier_ms"], row["answers"] * 1000),
    }
