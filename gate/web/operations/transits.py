"""The transits behind a figure: filters, pages by cursor, links to all that is kept of each."""

from __future__ import annotations

from typing import Any

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission
from gate.core.reasons import RULES
from gate.store import statistics_transits
from gate.store.statistics_transits import Cursor, Wanted
from gate.web.access import allowed, needs
from gate.web.console.discretion import codes_for
from gate.web.keys import SERVICE, session_of
from gate.web.operations.asked import (
    TEXTS,
    address,
    cursor_in,
    days_in,
    wanted,
    written,
)
from gate.web.operations.words import (
    DIRECTIONS,
    ENDS,
    KINDS,
    OUTCOMES,
    reason_words,
    told,
)
from schemas.plates import written_plate

PAGE = 50

routes = web.RouteTableDef()


@routes.get("/operations/transits")
@aiohttp_jinja2.template("operations/transits.html")
@needs(Permission.TRANSITS_SEARCH)
async def transits_page(request: web.Request) -> dict[str, object]:
    """Finished transits, newest first."""
    asked, after = wanted(request), cursor_in(request)
    first, last = days_in(request, 10_000)
    database = request.app[SERVICE].statistics.database
    async with database.connection() as connection:
        rows = await statistics_transits.page(connection, asked, after, PAGE + 1)
        number, made_up = await statistics_transits.counted(connection, asked)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    following = ""
    if more:
        end = Cursor(ended_at=rows[-1]["ended_at"], transit=rows[-1]["transit_id"])
        following = address(request, "/operations/transits", after=written(end))
    role = session_of(request).user.role
    return {
        "rows": [shown(role, row) for row in rows],
        "count": number - made_up, "made_up": made_up,
        "following": following, "after": after, "first": first, "last": last,
        "asked": {name: getattr(asked, name) for name in TEXTS},
        "hour": request.query.get("hour", ""),
        "choices": await _choices(request, asked),
        "exports": {
            form: address(request, f"/operations/transits.{form}") for form in ("csv", "xlsx")
        },
        "newest": address(request, "/operations/transits"),
        "links": allowed(request, Permission.LANES_SEE),
    }  # fmt: skip


def shown(role: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row as this role may see it, in words."""
    codes = codes_for(role, row["codes"])
    return {
        **row,
        "plate": written_plate(row["plate"]),
        "lane": row["lane"] or row["lane_id"],
        "direction": told(DIRECTIONS, row["direction"]),
        "ended": told(ENDS, row["ended"]),
        "outcome": told(OUTCOMES, row["outcome"]) if row["outcome"] else "",
        "outcome_kind": {"release": "go", "hold": "hold", "refer": "stop", "deny": "stop"}.get(
            row["outcome"], "calm"
        ),
        "codes": codes,
        "reasons": [reason_words(code) for code in codes],
        "dwell_s": row["dwell_ms"] / 1000,
    }


async def _choices(request: web.Request, asked: Wanted) -> dict[str, list[tuple[str, str]]]:
    lanes = request.app[SERVICE].register.lanes
    own = [row for row in lanes.values() if asked.lanes is None or row.id in asked.lanes]
    role = session_of(request).user.role
    codes = sorted(codes_for(role, (c for c, rule in RULES.items() if rule.way)))
    return {
        "lane": [(row.id, row.name) for row in own],
        "direction": [(code, told(DIRECTIONS, code)) for code in DIRECTIONS],
        "ended": [(code, told(ENDS, code)) for code in ENDS],
        "outcome": [(code, told(OUTCOMES, code)) for code in OUTCOMES],
        "reason": [(code, reason_words(code)) for code in dict.fromkeys(codes)],
        "kind": [(code, told(KINDS, code)) for code in KINDS],
    }
