"""A draft: begun, saved at every change with what is wrong with it, submitted, or thrown away."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.firms.errors import ChangedMeanwhile, FirmsError
from gate.core.filing.content import moment_at
from gate.core.filing.problems import Severity
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.keys import SERVICE
from gate.web.portal.asked import actor_of, done, firm_of, firms_of, id_from, id_in, values_of
from gate.web.portal.form import form_of
from gate.web.portal.problem_words import as_json
from gate.web.portal.typed import changes_in, version_in

routes = web.RouteTableDef()


@routes.post("/portal/drafts")
@needs(Permission.FIRM_FILE)
async def begin(request: web.Request) -> web.Response:
    """Begin a draft: empty, or a copy of an earlier declaration without its times."""
    firm, filing, values = firm_of(request), firms_of(request).filing, await values_of(request)
    if values.get("copy"):
        earlier = id_from(str(values["copy"]))
        draft = await filing.copy(firm, earlier, actor=actor_of(request))
    else:
        content = {"gate": request.app[SERVICE].settings.site}
        draft = await filing.new_draft(firm, actor=actor_of(request), content=content)
    return done(request, f"/portal/drafts/{draft.id}")


@routes.get("/portal/drafts/{id}")
@aiohttp_jinja2.template("portal/draft.html")
@needs(Permission.FIRM_FILE)
async def page(request: web.Request) -> dict[str, object]:
    """The form in four steps."""
    firm, filing = firm_of(request), firms_of(request).filing
    draft = await filing.draft(firm, id_in(request))
    return {
        **await form_of(request, firm, draft.content),
        "problems": as_json(await filing.check(firm, draft.content)),
        "version": draft.version,
        "saved_at": draft.updated_at,
        "number": draft.number,
        "address": f"/portal/drafts/{draft.id}",
        "amends": False,
    }


@routes.post("/portal/drafts/{id}/save")
@needs(Permission.FIRM_FILE)
async def save(request: web.Request) -> web.Response:
    """Save some fields. Where somebody else changed the draft, both changes stay: fields are
    saved one by one, the last one wins, and the page is told to load again.
    """
    firm, values = firm_of(request), await values_of(request)
    changes = changes_in(values, request.app[SERVICE].settings.web.timezone)
    filing, draft, others = firms_of(request).filing, id_in(request), False
    try:
        saved = await filing.save(
            firm, draft, changes, actor=actor_of(request), version=version_in(values)
        )
    except ChangedMeanwhile:
        saved = await filing.save(firm, draft, changes, actor=actor_of(request))
        others = True
    return web.json_response(
        {
            "version": saved.draft.version,
            "saved_at": saved.draft.updated_at.isoformat(),
            "problems": as_json(saved.problems),
            "others": others,
        }
    )


@routes.post("/portal/drafts/{id}/submit")
@needs(Permission.FIRM_FILE)
async def submit(request: web.Request) -> web.Response:
    """Submit; the hour that was chosen is booked where the declaration is accepted at once."""
    firm, firms, actor = firm_of(request), firms_of(request), actor_of(request)
    made = await firms.filing.submit(firm, id_in(request), actor=actor)
    row = made.declaration
    go = f"/portal/declarations/{row.id}?filed=yes"
    wanted = moment_at(row.content, "window_from")
    if row.status == "accepted" and wanted is not None and wanted.minute == 0:
        try:
            await firms.slots.book(firm, row.id, wanted, actor=actor)
        except FirmsError:
            go += "&slot=gone"
    looked_at = any(p.severity is Severity.REVIEW for p in made.problems)
    return web.json_response({"go": go, "looked_at": looked_at})


@routes.post("/portal/drafts/{id}/discard")
@needs(Permission.FIRM_FILE)
async def discard(request: web.Request) -> web.Response:
    """Throw the draft away."""
    await firms_of(request).filing.discard(firm_of(request), id_in(request))
    return done(request, "/portal/declarations")
