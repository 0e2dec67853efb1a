"""The report of one day, on paper as on the screen. A past day's figures never change."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.app.statistics_days import WEEK, days, hours_of, today
from gate.core.permissions import Permission
from gate.store import statistics_day, statistics_devices, statistics_roll
from gate.store.pool import Connection
from gate.store.statistics_day import Span
from gate.web.access import allowed, needs
from gate.web.console.discretion import codes_for
from gate.web.keys import SERVICE, session_of
from gate.web.operations.asked import day_in, zone_of
from gate.web.operations.history import day_row, share
from gate.web.operations.words import alarm_words, reason_words

routes = web.RouteTableDef()


@routes.get("/operations/report/{day}")
@aiohttp_jinja2.template("operations/report.html")
@needs(Permission.OPERATIONS_SEE)
async def report(request: web.Request) -> dict[str, object]:
    """Totals, hours, lanes, reasons, officers, devices, alarms, beside the week before."""
    day, zone = day_in(request, request.match_info["day"]), zone_of(request)
    now = request.app[SERVICE].clock.now()
    span, before = days(day, day, zone), days(day - WEEK, day - WEEK, zone)
    async with request.app[SERVICE].statistics.database.connection() as connection:
        this = await _figures(connection, span)
        last = await _figures(connection, before)
        officers = await statistics_day.officers(connection, span)
        until = min(span.until, now)
        devices = await statistics_devices.uptime(connection, span.since, until)
        alarms = await statistics_devices.alarms_raised(connection, span.since, span.until)
        uncounted = await statistics_roll.waiting(connection, span.until)
    hours = sum(row["hours"] for row in officers)
    raised = sum(row["raised"] for row in alarms)
    return {
        "day": day, "against": day - WEEK, "this": this, "last": last,
        "hours": _by_hour(hours_of(day, zone), this["rows"], last["rows"]),
        "lanes": _by_lane(request, this["rows"], last["rows"]),
        "reasons": _reasons(session_of(request).user.role, this["reasons"], last["reasons"]),
        "officers": [{**r, "share": share(r["overridden"], r["decided"])} for r in officers],
        "devices": [_device(row) for row in devices],
        "alarms": [{**row, "words": alarm_words(row["kind"])} for row in alarms],
        "operator_hours": hours, "alarms_per_hour": share(raised, hours), "raised": raised,
        "provisional": day == today(now, zone) or uncounted > 0, "made_at": now,
        "links": allowed(request, Permission.TRANSITS_SEARCH),
    }  # fmt: skip


async def _figures(connection: Connection, span: Span) -> dict[str, Any]:
    rows = await statistics_day.by_hour(connection, span)
    summary = await statistics_day.summary(connection, span.since, span.until)
    total = day_row({name: sum(row[name] for row in rows) for name in statistics_day.SUMS})
    dwell = summary["dwell_ms"]
    return {
        **total,
        "rows": rows,
        "median_dwell_s": None if dwell is None else dwell / 1000,
        "median_lead_s": await statistics_day.median_lead_s(connection, span.since, span.until),
        "reasons": await statistics_day.reasons(connection, span),
    }


def _by_hour(
    starts: list[datetime], rows: list[dict[str, Any]], before: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Each hour of the day by its place in the day: trucks of both days, and what was held."""
    sums: dict[datetime, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for found, shift, name in ((rows, None, ""), (before, WEEK, "last")):
        for row in found:
            hour = row["hour"] if shift is None else row["hour"] + shift
            number = row["departed"] + row["turned_back"] + row["referred_out"]
            sums[hour][name or row["direction"]] += number
            if shift is None:
                sums[hour]["all"] += number
                sums[hour]["unaided"] += row["unaided"]
                sums[hour]["held"] += row["held"]
    names = ("export", "import", "all", "unaided", "held", "last")
    return [{"hour": start, **{name: sums[start][name] for name in names}} for start in starts]


def _by_lane(
    request: web.Request, rows: list[dict[str, Any]], before: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    known = request.app[SERVICE].register.lanes
    places = sorted({(r["lane_id"], r["direction"]) for r in [*rows, *before]})
    made = []
    for lane, direction in places:
        own, then = (
            day_row({n: sum(r[n] for r in found if (r["lane_id"], r["direction"]) == (
                lane, direction)) for n in statistics_day.SUMS})
            for found in (rows, before)
        )  # fmt: skip
        name = known[lane].name if lane in known else lane
        made.append(
            {**own, "lane_id": lane, "name": name, "direction": direction,
             "last": then["finished"]}
        )  # fmt: skip
    return made


def _reasons(
    role: str, rows: list[dict[str, Any]], before: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Reasons as this role may see them, with last week's number."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place, found in enumerate((rows, before)):
        for row in found:
            for code in codes_for(role, [row["code"]]):
                sums[code][place] += row["transits"]
    return [
        {"code": code, "words": reason_words(code), "transits": n, "last": last}
        for code, (n, last) in sorted(sums.items(), key=lambda one: (-one[1][0], one[0]))
        if n
    ]


def _device(row: dict[str, Any]) -> dict[str, Any]:
    known = row["known_s"]
    up = None if known is None or known <= 0 else min(1.0, row["up_s"] / known)
    return {**row, "up": up}


def report_path(day: date) -> str:
    """The address of a day's report."""
    return f"/operations/report/{day.isoformat()}"
