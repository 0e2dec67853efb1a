"""Read rates of every camera: today by the hour, the weeks before by the day, the judgement."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.app.alarms_lens import HISTORY, RECENT
from gate.app.statistics_days import days, hours_of, today
from gate.core.operations.lens import WINDOW, judge
from gate.core.permissions import Permission
from gate.store import statistics_reads
from gate.store.pool import Connection
from gate.store.statistics_day import Span
from gate.web.access import needs
from gate.web.keys import SERVICE
from gate.web.operations.asked import zone_of

DAYS = 14

routes = web.RouteTableDef()
Camera = tuple[str, str]


@routes.get("/operations/cameras")
@aiohttp_jinja2.template("operations/cameras.html")
@needs(Permission.OPERATIONS_SEE)
async def cameras(request: web.Request) -> dict[str, object]:
    """Which camera reads worse than it used to?"""
    service, zone = request.app[SERVICE], zone_of(request)
    now = service.clock.now()
    day = today(now, zone)
    before = days(day - timedelta(days=DAYS), day - timedelta(days=1), zone)
    async with service.statistics.database.connection() as connection:
        hours = await statistics_reads.by_hour(connection, days(day, day, zone))
        past = await statistics_reads.by_day(connection, before, zone)
        found = await statistics_reads.cameras(connection)
        standing = await statistics_reads.standing(connection)
        judged = {camera: await _judged(connection, camera, now, standing) for camera in found}
    by_hour, by_day = _spread(hours, "hour"), _spread(past, "day")
    kept = [c for c in sorted({*found, *by_hour, *by_day}) if by_hour[c] or by_day[c] or _plates(c)]
    return {
        "cameras": [
            {"lane": lane, "device": device, "hours": by_hour[lane, device],
             "days": by_day[lane, device], **judged.get((lane, device), {})}
            for lane, device in kept
        ],
        "day": day, "hours": hours_of(day, zone), "now": now,
        "days": [day - timedelta(days=n) for n in range(DAYS, 0, -1)], "window": WINDOW,
    }  # fmt: skip


def _plates(camera: Camera) -> bool:
    """Cameras that look at plates are listed before their first read as well."""
    return "front" in camera[1] or "rear" in camera[1]


async def _judged(
    connection: Connection, camera: Camera, now: datetime, standing: dict[Camera, datetime]
) -> dict[str, Any]:
    lane, device = camera
    recent, oldest = await statistics_reads.newest(connection, lane, device, now - RECENT)
    span = Span(since=now - HISTORY, until=oldest or now)
    usual = await statistics_reads.history(connection, lane, device, span)
    alarmed = (lane, statistics_reads.alarm_kind(device)) in standing
    verdict = judge(usual, recent, alarmed=alarmed)
    return {"recent": recent, "usual": usual, "verdict": verdict.value}


def _spread(
    rows: list[dict[str, Any]], key: str
) -> defaultdict[Camera, dict[date | datetime, dict[str, Any]]]:
    found: defaultdict[Camera, dict[date | datetime, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        seen = row["exact"] + row["wrong"] + row["unread"]
        rate = row["exact"] / seen if seen else None
        found[row["lane_id"], row["device"]][row[key]] = {**row, "seen": seen, "rate": rate}
    return found
