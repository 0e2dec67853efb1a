"""The page of retention."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.four_eyes import NotDone
from gate.core.four_eyes import ActKind
from gate.core.permissions import Permission
from gate.store import erasure, legal_holds, retention
from gate.web.access import needs
from gate.web.asked import fields, path_id
from gate.web.fresh_proof import need_fresh
from gate.web.keys import DESKS, SERVICE, session_of
from gate.web.language import N_, _
from gate.web.looks import note
from gate.web.refusals import refused
from gate.web.two_persons import propose

CLASSES = (
    ("pictures", N_("Pictures and readings of transits without incident")),
    ("held", N_("Of those kept: incident, or legal hold")),
    ("persons", N_("Drivers' data after their last transit")),
    ("transits", N_("Transit records: plates and inputs of decisions")),
    ("watchlist", N_("Watchlist entries after they ended")),
    ("access_log", N_("Access log")),
    ("refused", N_("Refused payloads")),
)
LEAST_SEARCH = 3

routes = web.RouteTableDef()


@routes.get("/retention")
@aiohttp_jinja2.template("retention/page.html")
@needs(Permission.RETENTION)
async def page(request: web.Request) -> dict[str, object]:
    """Limits, what a run would remove now, past runs, holds; ``?person=`` finds whom to erase."""
    service = request.app[SERVICE]
    person = request.query.get("person", "").strip()
    found = []
    if len(person) >= LEAST_SEARCH:
        found = await erasure.find_drivers(service.database, person)
        await note(request, "erasure_search", person)
    settings = service.keeper.settings
    days = {
        "pictures": settings.pictures_days, "held": None, "persons": settings.persons_days,
        "transits": settings.transits_days, "watchlist": settings.watchlist_days,
        "access_log": settings.access_log_days, "refused": settings.pictures_days,
    }  # fmt: skip
    due = await service.keeper.due()
    return {
        "classes": [(code, _(words), days[code], due[code]) for code, words in CLASSES],
        "daily": settings.daily, "runs": await retention.runs(service.database),
        "holds": await legal_holds.standing(service.database), "person": person, "found": found,
    }  # fmt: skip


@routes.post("/retention/run")
@needs(Permission.RETENTION)
async def run(request: web.Request) -> web.Response:
    """Remove now what is past its time."""
    await need_fresh(request, await fields(request))
    await request.app[SERVICE].keeper.run(session_of(request).user.name)
    return web.json_response({"said": _("Done."), "go": "/retention"})


@routes.post("/retention/holds")
@needs(Permission.RETENTION)
async def hold(request: web.Request) -> web.Response:
    """Put a legal hold."""
    given = await fields(request)
    await need_fresh(request, given)
    try:
        await request.app[DESKS].data.hold(
            given.get("kind", ""), given.get("value", ""), given.get("reason", ""),
            session_of(request).user.name,
        )  # fmt: skip
    except NotDone as error:
        raise refused(error) from None
    return web.json_response({"said": _("Saved."), "go": "/retention"})


@routes.post("/retention/holds/{hold}/end")
@needs(Permission.RETENTION)
async def end_hold(request: web.Request) -> web.Response:
    """Propose to lift a legal hold."""
    given = await fields(request)
    try:
        data = await request.app[DESKS].data.prepare_end(path_id(request, "hold"))
    except NotDone as error:
        raise web.HTTPNotFound(text=refused(error).text) from None
    return await propose(request, given, ActKind.HOLD_END, data, "/retention")


@routes.post("/retention/persons/{driver}/erase")
@needs(Permission.RETENTION)
async def erase(request: web.Request) -> web.Response:
    """Propose to erase a person."""
    given = await fields(request)
    try:
        data = request.app[DESKS].data.prepare_erase(
            path_id(request, "driver"), given.get("reason", "")
        )
    except NotDone as error:
        raise refused(error) from None
    return await propose(request, given, ActKind.ERASE_PERSON, data, "/retention")
