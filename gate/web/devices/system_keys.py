"""The keys with which other systems, and other gates, use the API: proposed, listed, ended."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.firms.errors import Invalid
from gate.app.firms.keys import SYSTEM_SCOPES
from gate.app.four_eyes import NotDone
from gate.app.system_key_desk import LIFETIMES
from gate.core.four_eyes import ActKind
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.asked import fields
from gate.web.fresh_proof import need_fresh
from gate.web.keys import DESKS
from gate.web.language import N_, _
from gate.web.portal.asked import actor_of, firms_of, id_in
from gate.web.portal.code_words import SCOPE_WORDS
from gate.web.portal.problem_words import told
from gate.web.refusals import refused
from gate.web.two_persons import propose

routes = web.RouteTableDef()
PAGE = "/devices/keys"
LABELS = {"name": N_("Whose key it is"), "scopes": N_("It may"), "site": N_("The other gate")}
LASTS = {"": 0, **{str(days): days for days in LIFETIMES}}
"""What the form says -> days; 0: until it is ended."""
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
    """Propose a key; its secret is shown once to who completes the act."""
    given = await fields(request)
    try:
        data = await request.app[DESKS].system_keys.prepare(
            given.get("name", ""),
            [code for code in SYSTEM_SCOPES if given.get(f"scope.{code}")],
            given.get("site", "").strip(),
            LASTS.get(given.get("days", ""), -1),
        )
    except NotDone as error:
        raise refused(error) from None
    except Invalid as error:
        wrong = [f"{_(LABELS[p.path])}: {told(p)}" for p in error.problems if p.path in LABELS]
        raise web.HTTPConflict(text=" ".join(wrong)) from None
    return await propose(request, given, ActKind.SYSTEM_KEY, data, PAGE)


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
