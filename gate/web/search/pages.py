"""The search page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.core.reasons import RULES
from gate.store import search
from gate.store.search import Wanted
from gate.web.access import allowed, needs
from gate.web.console.reason_titles import reason_title
from gate.web.keys import SERVICE, SHOWN, session_of
from gate.web.kinds import ENDS, OUTCOME_STATE, OUTCOMES, choices, end_name, outcome_name
from gate.web.language import _
from gate.web.looks import note
from schemas.plates import written_plate

PAGE = 50
USUAL = timedelta(days=31)
TEXTS = ("plate", "firm", "person", "code", "officer", "lane", "outcome", "ended")

routes = web.RouteTableDef()


@routes.get("/search")
@aiohttp_jinja2.template("search/page.html")
@needs(Permission.TRANSITS_SEARCH)
async def page(request: web.Request) -> dict[str, object]:
    """The form with what was found; nothing is searched before something is asked."""
    query, service = request.query, request.app[SERVICE]
    asked: dict[str, Any] = {name: query.get(name, "").strip()[:100] for name in TEXTS}
    persons = allowed(request, Permission.LANES_ACT)
    if not persons:  # operations see trucks, not persons
        asked["person"] = ""
    problem, rows = "", []
    since, until = query.get("since", ""), query.get("until", "")
    searched = "since" in query or "plate" in query
    if searched:
        try:
            wanted = _wanted(request, asked, since, until)
            rows = await search.find(service.database, wanted, PAGE + 1)
        except ValueError:
            problem = _("A time is written as in 2026-11-24T08:30.")
        if asked["person"] and not problem:
            await note(request, "search", asked["person"])
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    mine = session_of(request).user.lanes
    return {
        "asked": asked, "persons": persons, "since": since, "until": until,
        "why": query.get("why", ""),
        "searched": searched, "problem": problem, "rows": rows[:PAGE],
        "next": _next(query, more), "display": written_plate, "outcome_name": outcome_name,
        "end_name": end_name, "state_of": OUTCOME_STATE, "outcomes": choices(OUTCOMES),
        "ends": choices(ENDS), "codes": _reasons(), "reason_title": reason_title,
        "lanes": [(lane, lane) for lane in sorted(service.register.lanes)
                  if not mine or lane in mine],
    }  # fmt: skip


def _reasons() -> list[tuple[str, str]]:
    """Each reason code with its title, by title."""
    return sorted(((code, f"{reason_title(code)} ({code})") for code in RULES), key=lambda c: c[1])


def _wanted(request: web.Request, asked: dict[str, str], since: str, until: str) -> Wanted:
    """What to look for; without a plate or a time the last month. Raises ``ValueError``."""
    begin = _time(request, since)
    if begin is None and not asked["plate"]:
        begin = request.app[SERVICE].clock.now() - USUAL
    mine = session_of(request).user.lanes
    return Wanted(
        **asked, since=begin, until=_time(request, until), lanes=mine or None,
        before=_cursor(request.query.get("before", "")),
    )  # fmt: skip


def _time(request: web.Request, text: str) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=request.app[SHOWN].zone)


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    if not text:
        return None
    at, _sep, transit = text.rpartition("_")
    return datetime.fromisoformat(at), UUID(transit)


def _next(query: Any, last: dict[str, Any] | None) -> str:
    if last is None:
        return ""
    kept = {name: value for name, value in query.items() if name != "before"}
    return urlencode({**kept, "before": f"{last['began_at'].isoformat()}_{last['id']}"})
