"""The keys with which other systems, and other gates, use the API: made, listed, ended."""

from __future__ import annotations

from datetime import timedelta

import aiohttp_jinja2
from aiohttp import web

from gate.app.firms.errors import Invalid, TooMany
from gate.app.firms.keys import MOST, SYSTEM_SCOPES
from gate.app.four_eyes import NotDone
from gate.core.own_person import is_own_person
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.asked import fields
from gate.web.fresh_proof import need_fresh
from gate.web.keys import SERVICE, session_of
from gate.web.language import N_, _
from gate.web.portal.asked import actor_of, firms_of, id_in
from gate.web.portal.code_words import SCOPE_WORDS
from gate.web.portal.problem_words import told
from gate.web.refusals import refused

routes = web.RouteTableDef()
PAGE = "/devices/keys"
LIFETIMES = (30, 90, 365)
LABELS = {"name": N_("Whose key it is"), "scopes": N_("It may"), "site": N_("The other gate")}
SHORTEST_REASON = 5


@routes.get(PAGE)
@aiohttp_jinja2.template("devices/keys.html")
@needs(Permission.DEVICES)
async def page(request: web.Request) -> dict[str, object]:
    """All keys of systems, the newest first, also those that have ended."""
    return {
        "keys": await firms_of(request).keys.of(None),
        "scopes": [(code, SCOPE_WORDS[code]) for code in SYSTEM_SCOPES],
        "scope_words": SCOPE_WORDS,
        "lifetimes": LIFETIMES,
    }


@routes.post(PAGE)
@needs(Permission.DEVICES)
async def make(request: web.Request) -> web.Response:
    """Make a key; its secret is in this answer and nowhere else."""
    given = await fields(request)
    await need_fresh(request, given)
    if not is_own_person(session_of(request).user.given_by):
        raise refused(NotDone("self_unconfirmed"))
    service = request.app[SERVICE]
    site, days = given.get("site", "").strip(), given.get("days", "")
    if site == service.settings.site:
        raise web.HTTPConflict(text=_("%(site)s is this gate itself.", site=site))
    lasts = timedelta(days=int(days)) if days in {str(n) for n in LIFETIMES} else None
    try:
        row, secret = await firms_of(request).keys.make(
            None, name=given.get("name", ""), site=site, actor=actor_of(request),
            scopes=[code for code in SYSTEM_SCOPES if given.get(f"scope.{code}")],
            expires_at=service.clock.now() + lasts if lasts else None,
        )  # fmt: skip
    except Invalid as error:
        wrong = [f"{_(LABELS[p.path])}: {told(p)}" for p in error.problems if p.path in LABELS]
        raise web.HTTPConflict(text=" ".join(wrong)) from None
    except TooMany:
        words = _("There are %(n)s keys that work: end one that is not used any more.", n=MOST)
        raise web.HTTPConflict(text=words) from None
    return web.json_response({"said": _("The key of %(name)s.", name=row.name), "once": secret})


@routes.post(PAGE + "/{key}/end")
@needs(Permission.DEVICES)
async def end(request: web.Request) -> web.Response:
    """End a key at once, with the reason that is kept in the audit."""
    given, key = await fields(request), id_in(request, "key")
    await need_fresh(request, given)
    reason = given.get("reason", "").strip()[:300]
    if len(reason) < SHORTEST_REASON:
        raise refused(NotDone("reason"))
    await firms_of(request).keys.end(None, key, actor=actor_of(request), reason=reason)
    return web.json_response({"said": _("Done."), "go": PAGE})
