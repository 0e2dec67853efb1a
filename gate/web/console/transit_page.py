"""Everything that is kept of one transit, on one page."""

from __future__ import annotations

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.store import captures, commands, inspections, transits
from gate.web.access import allowed, needs
from gate.web.console.discretion import sees_all
from gate.web.console.lanes_of import transit_of
from gate.web.console.names import name
from gate.web.console.papers_shown import documents_of
from gate.web.console.sentences import knows, tell
from gate.web.console.views import decision_shown
from gate.web.keys import SERVICE, session_of
from schemas.plates import written_plate

routes = web.RouteTableDef()


@routes.get("/transits/{transit}")
@aiohttp_jinja2.template("console/transit.html")
@needs(Permission.LANES_SEE)
async def transit_page(request: web.Request) -> dict[str, object]:
    """The transit's pictures, papers, decisions, tasks, barrier commands and events."""
    service, role = request.app[SERVICE], session_of(request).user.role
    row = await transit_of(request)
    database, transit = service.database, row["id"]
    pictures = await captures.of_transit(database, transit)
    return {
        "transit": row,
        "lane": service.register.lanes.get(row["lane_id"]),
        "display": written_plate(row["plate"]),
        "captures": pictures,
        "documents": documents_of(pictures, row["began_at"].date()),
        "decisions": [
            {**(decision_shown(role, made, None) or {}), "policy_hash": made["policy_hash"]}
            for made in await transits.decisions_of(database, transit)
        ],
        "tasks": await inspections.of_transit(database, transit),
        "events": [_event(role, e) for e in await transits.events_of(database, transit)],
        "commands": await commands.of_transit(database, transit),
        "name": name,
        "acts": allowed(request, Permission.LANES_ACT),
    }


def _event(role: str, row: dict[str, Any]) -> dict[str, Any]:
    """An event with its effects in words, as the role may see them."""
    said = []
    for effect in row["effects"]:
        text = effect.get("because") or effect.get("why") or effect.get("text") or ""
        hidden = "WATCHLIST" in text and not sees_all(role)
        told = tell(text) if text and not hidden and knows(text) else ""
        said.append(name("event", effect["kind"]) + (f": {told}" if told else ""))
    return {
        "number": row["number"],
        "at": row["at"],
        "kind": name("event", row["kind"]),
        "by": row["data"].get("officer") or row["data"].get("by") or "",
        "effects": "; ".join(said),
    }
