"""The pages of the audit."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.audit_review import review
from gate.core.permissions import Permission
from gate.store import access_log, audit
from gate.web.access import allowed, needs
from gate.web.audit.words import action_name, what_name
from gate.web.console.sentences import tell
from gate.web.keys import SERVICE
from gate.web.language import N_, _

PAGE = 50
FAULTS = {
    "changed": N_("changed"), "missing": N_("missing"), "reordered": N_("replaced or moved"),
    "added": N_("added"), "anchor": N_("signed anchor"),
}  # fmt: skip
routes = web.RouteTableDef()


@routes.get("/audit")
@aiohttp_jinja2.template("audit/acts.html")
@needs(Permission.AUDIT)
async def acts(request: web.Request) -> dict[str, object]:
    """Acts of administration, newest first, with what each was about."""
    query = request.query
    rows = await audit.acts(
        request.app[SERVICE].database, actor=query.get("actor", "").strip(),
        action=query.get("action", ""), before=_number(query.get("before", "")), most=PAGE,
    )  # fmt: skip
    watch = allowed(request, Permission.WATCHLISTS)
    for row in rows:  # whom a watchlist names is for supervisors
        row["hidden"] = row["action"].startswith("watchlist") and not watch
    return {
        "acts": rows, "actor": query.get("actor", ""), "action": query.get("action", ""),
        "actions": await audit.actions(request.app[SERVICE].database), "action_name": action_name,
        "next": rows[-1]["number"] if len(rows) == PAGE else None,
    }  # fmt: skip


@routes.get("/audit/access")
@aiohttp_jinja2.template("audit/access.html")
@needs(Permission.AUDIT)
async def looks(request: web.Request) -> dict[str, object]:
    """Who looked at whom."""
    query, database = request.query, request.app[SERVICE].database
    document = query.get("document", "").strip()
    persons = await access_log.persons(database, document) if document else None
    rows = await access_log.newest(
        database, actor=query.get("actor", "").strip(), persons=persons,
        subject=query.get("subject", "").strip(), before=_number(query.get("before", "")),
        most=PAGE,
    )  # fmt: skip
    return {
        "looks": rows, "actor": query.get("actor", ""), "document": document,
        "subject": query.get("subject", ""), "what_name": what_name,
        "next": rows[-1]["id"] if len(rows) == PAGE else None,
    }  # fmt: skip


@routes.get("/audit/check")
@aiohttp_jinja2.template("audit/check.html")
@needs(Permission.AUDIT)
async def check_page(_request: web.Request) -> dict[str, object]:
    """The check of all chains, before it is asked for."""
    return {"found": None}


@routes.post("/audit/check")
@needs(Permission.AUDIT)
async def check(request: web.Request) -> web.StreamResponse:
    """Check all chains now."""
    found = await review(request.app[SERVICE].database, request.app[SERVICE].anchor_key)
    names = {code: _(words) for code, words in FAULTS.items()}
    signed = request.app[SERVICE].anchor_key is not None
    context = {"found": found, "names": names, "signed": signed, "tell": tell}
    return aiohttp_jinja2.render_template("audit/check.html", request, context)


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 18 else None
