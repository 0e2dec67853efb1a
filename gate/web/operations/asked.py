"""What a query asks for: days, filters, and the cursor, with errors that say what to do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from aiohttp import web
from yarl import URL

from gate.app.statistics_days import days, hours_of, today
from gate.store.statistics_transits import Cursor, Wanted
from gate.web.keys import SERVICE, session_of
from gate.web.language import _
from gate.web.operations.words import DIRECTIONS, ENDS, KINDS, OUTCOMES

MOST_DAYS = 31
"""Days of one list of transits."""
MOST_HISTORY = 366
TEXTS = ("lane", "direction", "ended", "outcome", "reason", "camera", "officer", "kind")
_CLOSED = {"direction": DIRECTIONS, "ended": ENDS, "outcome": OUTCOMES, "kind": KINDS}


def zone_of(request: web.Request) -> str:
    """The gate's time zone."""
    return request.app[SERVICE].statistics.zone


def day_in(request: web.Request, text: str) -> date:
    """A day as ``2026-11-24``, not in the future."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise web.HTTPBadRequest(text=_("Write the day as year-month-day, 2026-11-24.")) from None
    if found > today(request.app[SERVICE].clock.now(), zone_of(request)):
        raise web.HTTPBadRequest(text=_("This day has not come yet."))
    if found.year < 2000:
        raise web.HTTPBadRequest(text=_("There are no figures of that time."))
    return found


def days_in(request: web.Request, most: int, back: int = 0) -> tuple[date, date]:
    """First and last day of ``?day=`` and ``?to=``; today, and ``back`` days before, without."""
    now = today(request.app[SERVICE].clock.now(), zone_of(request))
    query = request.query
    last = day_in(request, query["to"]) if query.get("to") else None
    if query.get("day"):
        first = day_in(request, query["day"])
        last = last or first
    else:
        last = last or now
        first = last - timedelta(days=back)
    if last < first:
        raise web.HTTPBadRequest(text=_("The last day is before the first."))
    if (last - first).days >= most:
        raise web.HTTPBadRequest(text=_("Choose at most %(n)s days.", n=most))
    return first, last


def wanted(request: web.Request) -> Wanted:
    """The filters of a list of transits."""
    first, last = days_in(request, MOST_DAYS)
    span = days(first, last, zone_of(request))
    since, until = span.since, span.until
    hour = request.query.get("hour", "")
    if hour:
        since, until = _hour(request, first, hour)
    texts = {name: request.query.get(name, "").strip()[:80] for name in TEXTS}
    for name, table in _CLOSED.items():
        if texts[name] and texts[name] not in table:
            raise web.HTTPBadRequest(text=_("%(value)s can't be chosen here.", value=texts[name]))
    own = session_of(request).user.lanes
    return Wanted(since=since, until=until, lanes=own or None, **texts)


def _hour(request: web.Request, day: date, text: str) -> tuple[datetime, datetime]:
    starts = hours_of(day, zone_of(request))
    if not (text.isascii() and text.isdigit() and int(text[:3]) < len(starts)):
        raise web.HTTPBadRequest(text=_("The hour is a number from 0 to 23."))
    start = starts[int(text)]
    return start, start + timedelta(hours=1)


def cursor_in(request: web.Request) -> Cursor | None:
    """Where the page begins; None for the newest."""
    text = request.query.get("after", "")
    if not text:
        return None
    at, _sep, transit = text.partition("~")
    try:
        found = Cursor(ended_at=datetime.fromisoformat(at), transit=UUID(transit))
    except ValueError:
        found = None
    if found is None or found.ended_at.tzinfo is None:
        raise web.HTTPBadRequest(text=_("This page of the list does not exist: begin anew."))
    return found


def written(cursor: Cursor) -> str:
    """The cursor as text for an address."""
    return f"{cursor.ended_at.isoformat()}~{cursor.transit}"


def address(request: web.Request, path: str, **changes: str) -> str:
    """``path`` with the request's filters; an empty change takes a filter away."""
    query = {k: v for k, v in request.query.items() if v and k != "after"}
    query = {k: v for k, v in {**query, **changes}.items() if v}
    return str(URL.build(path=path, query=query))
