"""The pages of the watchlists."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.four_eyes import NotDone
from gate.core.four_eyes import ActKind
from gate.core.permissions import Permission
from gate.store import watchlists
from gate.web.access import needs
from gate.web.asked import fields, path_id
from gate.web.keys import DESKS, SERVICE
from gate.web.kinds import WATCH, choices, watch_kind
from gate.web.language import _
from gate.web.refusals import refused
from gate.web.two_persons import propose

routes = web.RouteTableDef()


@routes.get("/watchlists")
@aiohttp_jinja2.template("watchlists/list.html")
@needs(Permission.WATCHLISTS)
async def page(request: web.Request) -> dict[str, object]:
    """Entries in force, or with ``?ended=1`` those that ended."""
    service = request.app[SERVICE]
    ended = request.query.get("ended") == "1"
    rows = await watchlists.listed(service.database, service.clock.now(), ended=ended)
    return {"entries": rows, "ended": ended, "kinds": choices(WATCH),
            "kind_names": dict(choices(WATCH))}  # fmt: skip


@routes.get("/watchlists/{entry}")
@aiohttp_jinja2.template("watchlists/entry.html")
@needs(Permission.WATCHLISTS)
async def entry_page(request: web.Request) -> dict[str, object]:
    """One entry with the transits that it hit."""
    service, entry = request.app[SERVICE], path_id(request, "entry")
    async with service.database.connection() as connection:
        row = await watchlists.one(connection, entry)
    if row is None:
        raise web.HTTPNotFound(text=_("There is no such entry."))
    over = row["ended_at"] is not None or row["until"] <= service.clock.now()
    return {
        "entry": row, "over": over, "kind": watch_kind(row["kind"]),
        "hits": await watchlists.hits_of(service.database, entry),
    }  # fmt: skip


@routes.post("/watchlists")
@needs(Permission.WATCHLISTS)
async def add(request: web.Request) -> web.Response:
    """Propose an entry."""
    given = await fields(request)
    try:
        data = await request.app[DESKS].watch.prepare_add(
            given.get("kind", ""), given.get("value", ""), given.get("reason", ""),
            given.get("days", ""),
        )  # fmt: skip
    except NotDone as error:
        raise refused(error) from None
    return await propose(request, given, ActKind.WATCHLIST_ADD, data, "/watchlists")


@routes.post("/watchlists/{entry}/end")
@needs(Permission.WATCHLISTS)
async def end(request: web.Request) -> web.Response:
    """Propose to end an entry before its time."""
    return await _change(request, ActKind.WATCHLIST_END, with_days=False)


@routes.post("/watchlists/{entry}/renew")
@needs(Permission.WATCHLISTS)
async def renew(request: web.Request) -> web.Response:
    """Propose another time of at most twelve months."""
    return await _change(request, ActKind.WATCHLIST_RENEW, with_days=True)


async def _change(request: web.Request, act: ActKind, *, with_days: bool) -> web.Response:
    given, entry = await fields(request), path_id(request, "entry")
    days = given.get("days", "") if with_days else None
    try:
        data = await request.app[DESKS].watch.prepare(entry, days)
    except NotDone as error:
        raise refused(error) from None
    return await propose(request, given, act, data, "/watchlists")
