"""What the form of a declaration needs: the content, the firm's fleet, the free hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web

from gate.core.filing.content import Content, lines, value_at
from gate.core.filing.fields import LISTS
from gate.store.drivers import DriverRow
from gate.web.keys import SERVICE
from gate.web.portal.asked import firms_of
from gate.web.portal.status_words import (
    COUNTRIES,
    DIRECTIONS,
    DOCUMENT_KINDS,
    NATIONALITIES,
    UNITS,
    options,
)
from gate.web.portal.typed import local_text

MOST_FLEET = 500
"""Vehicles and drivers offered while one types; more are typed in full."""
DAYS = 7


async def form_of(request: web.Request, firm: UUID, content: Content) -> dict[str, object]:
    """What both the draft's page and the amendment's page show."""
    fleet = firms_of(request).fleet
    vehicles = await fleet.vehicles(firm, most=MOST_FLEET)
    drivers = await fleet.drivers(firm, most=MOST_FLEET)
    timezone = request.app[SERVICE].settings.web.timezone
    return {
        "content": content,
        "at": _reader(content, timezone),
        "vehicles": vehicles,
        "drivers": drivers,
        "known": {
            "vehicles": {v.plate: {"country": v.country, "kind": v.kind} for v in vehicles},
            "drivers": {str(d.id): _driver(d) for d in drivers},
        },
        "goods_lines": lines(content, "goods") or (0,),
        "container_lines": lines(content, "containers") or (0,),
        "seal_lines": lines(content, "seals") or (0,),
        "certificate_lines": lines(content, "quarantine_certificates") or (0,),
        "next_lines": {name: _next_line(content, name) for name in LISTS},
        "directions": options(DIRECTIONS),
        "countries": options(COUNTRIES),
        "documents": options(DOCUMENT_KINDS),
        "nationalities": options(NATIONALITIES),
        "units": options(UNITS),
        "days": days_from(request.app[SERVICE].clock.now(), timezone),
    }


def days_from(now: datetime, timezone: str) -> list[date]:
    """The days for which an hour can be chosen, today first, in the gate's zone."""
    first = now.astimezone(ZoneInfo(timezone)).date()
    return [first + timedelta(days=n) for n in range(DAYS)]


def _reader(content: Content, timezone: str) -> Callable[[str], str]:
    def at(path: str) -> str:
        if path in ("window_from", "window_to"):
            return local_text(content, path, timezone)
        value = value_at(content, path)
        return "" if value is None or isinstance(value, dict | list) else str(value)

    return at


def _driver(row: DriverRow) -> dict[str, str]:
    return {
        "driver.name": row.name,
        "driver.nationality": row.nationality,
        "driver.document_kind": row.document_kind,
        "driver.document_number": row.document_number,
        "driver.birth_date": row.birth_date.isoformat(),
        "driver.document_until": row.document_until.isoformat(),
        "driver.phone": row.phone,
    }


def _next_line(content: Content, name: str) -> int:
    """The number of a line that is added: taken-out lines leave their number unused."""
    found = content.get(name)
    return max(1, len(found) if isinstance(found, list) else 0)
