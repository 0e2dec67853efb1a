"""The policy page: what is in force, its history, and the editor."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from config.policy_file import policy_hash
from config.policy_problems import PolicyInvalid
from gate.app.four_eyes import NotDone
from gate.app.policy_preview import Change, codes_of
from gate.core.four_eyes import ActKind
from gate.core.permissions import Permission
from gate.store import policy_acts
from gate.web.access import needs
from gate.web.asked import fields
from gate.web.keys import DESKS, SERVICE, SHOWN
from gate.web.kinds import outcome_name
from gate.web.language import _
from gate.web.policy.problem_words import told
from gate.web.refusals import refused
from gate.web.two_persons import propose

MOST_DAYS = 90
EXAMPLES = 20

routes = web.RouteTableDef()


@routes.get("/policy")
@aiohttp_jinja2.template("policy/page.html")
@needs(Permission.POLICY)
async def page(request: web.Request) -> dict[str, object]:
    """The policy in force, as text to change, and those before it; ``?from=N`` edits an old one."""
    service = request.app[SERVICE]
    history = await policy_acts.history(service.database)
    wanted = request.query.get("from", "")
    chosen = next((act for act in history if str(act["number"]) == wanted), None)
    in_force = next((act for act in history if act["hash"] == service.decider.policy_hash), None)
    text = (chosen or in_force or {}).get("toml", "")
    return {
        "policy": service.decider.policy, "hash": service.decider.policy_hash,
        "in_force": in_force, "history": history, "text": text, "chosen": chosen,
    }  # fmt: skip


@routes.post("/policy/check")
@needs(Permission.POLICY)
async def check(request: web.Request) -> web.Response:
    """Whether the text is a policy; every problem, or its name and hash."""
    toml = (await fields(request)).get("toml", "")
    try:
        policy = request.app[DESKS].policy.read(toml)
    except PolicyInvalid as error:
        return web.json_response({"good": False, "problems": told(error)})
    return web.json_response(
        {"good": True, "name": policy.name, "version": policy.version, "hash": policy_hash(policy),
         "release_min": policy.costs.release_min}
    )  # fmt: skip


@routes.post("/policy/preview")
@needs(Permission.POLICY)
async def preview(request: web.Request) -> web.Response:
    """What the policy would have decided otherwise in the last days."""
    given = await fields(request)
    days = given.get("days", "7")
    if not days.isdigit() or not 1 <= int(days) <= MOST_DAYS:
        raise web.HTTPBadRequest(
            text=_("Give a number of days from 1 to %(most)s.", most=MOST_DAYS)
        )
    try:
        found = await request.app[DESKS].policy.preview(given.get("toml", ""), int(days))
    except PolicyInvalid as error:
        raise web.HTTPBadRequest(text="; ".join(told(error))) from None
    shown = request.app[SHOWN]
    return web.json_response(
        {"total": found.total, "changed": len(found.changes),
         "moves": [{"before": outcome_name(a), "after": outcome_name(b), "times": times}
                   for a, b, times in found.moves],
         "examples": [_example(change, shown.moment(change.at.astimezone(UTC)))
                      for change in found.changes[-EXAMPLES:][::-1]]}
    )  # fmt: skip


def _example(change: Change, at: str) -> dict[str, Any]:
    return {
        "transit": str(change.transit), "at": at,
        "before": outcome_name(change.before.outcome.value),
        "after": outcome_name(change.after.outcome.value),
        "codes_before": ", ".join(codes_of(change.before)),
        "codes_after": ", ".join(codes_of(change.after)),
    }  # fmt: skip


@routes.post("/policy")
@needs(Permission.POLICY)
async def put_in_force(request: web.Request) -> web.Response:
    """Propose a policy; the second person puts it in force."""
    given = await fields(request)
    try:
        data = await request.app[DESKS].policy.prepare(given.get("toml", ""), given.get("note", ""))
    except PolicyInvalid as error:
        raise web.HTTPBadRequest(text="; ".join(told(error))) from None
    except NotDone as error:
        raise refused(error) from None
    return await propose(request, given, ActKind.POLICY, data, "/policy")
