"""An amendment of what was filed: typed like a draft, but sent as a whole."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.core.filing.content import changed
from gate.core.filing.life import AMENDABLE
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.keys import SERVICE
from gate.web.language import _
from gate.web.portal.asked import actor_of, firm_of, firms_of, id_in, values_of
from gate.web.portal.form import form_of
from gate.web.portal.problem_words import as_json
from gate.web.portal.typed import changes_in, version_in

routes = web.RouteTableDef()


@routes.get("/portal/declarations/{id}/amend")
@aiohttp_jinja2.template("portal/draft.html")
@needs(Permission.FIRM_FILE)
async def page(request: web.Request) -> dict[str, object]:
    """The form in four steps over what was filed."""
    firm, filing = firm_of(request), firms_of(request).filing
    row = await filing.declaration(firm, id_in(request))
    if row.status not in AMENDABLE:
        raise web.HTTPConflict(text=_("This declaration can't be amended any more."))
    content = await filing.content(firm, row.id)
    return {
        **await form_of(request, firm, content),
        "problems": as_json(await filing.check(firm, content, row.id)),
        "version": row.version,
        "saved_at": row.updated_at,
        "number": row.number,
        "address": f"/portal/declarations/{row.id}/amend",
        "amends": True,
    }


@routes.post("/portal/declarations/{id}/amend/save")
@needs(Permission.FIRM_FILE)
async def check(request: web.Request) -> web.Response:
    """What would be wrong with the amended declaration; nothing is kept here."""
    firm, values, filing = firm_of(request), await values_of(request), firms_of(request).filing
    row = await filing.declaration(firm, id_in(request))
    changes = changes_in(values, request.app[SERVICE].settings.web.timezone)
    content, _unread = changed(await filing.content(firm, row.id), changes)
    problems = await filing.check(firm, content, row.id)
    return web.json_response({"version": row.version, "problems": as_json(problems)})


@routes.post("/portal/declarations/{id}/amend/submit")
@needs(Permission.FIRM_FILE)
async def amend(request: web.Request) -> web.Response:
    """File the amendment; what authorities had looked at and changed is looked at again."""
    firm, values, declaration = firm_of(request), await values_of(request), id_in(request)
    changes = changes_in(values, request.app[SERVICE].settings.web.timezone)
    filing = firms_of(request).filing
    version = version_in(values)
    row = await filing.amend(
        firm, declaration, changes, actor=actor_of(request), version=version or 0
    )
    return web.json_response({"go": f"/portal/declarations/{row.id}?filed=amended"})
