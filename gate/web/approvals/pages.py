"""The list of proposals, and the second person's yes or no."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.four_eyes import NotDone
from gate.core.four_eyes import ActKind, may_confirm
from gate.core.own_person import is_own_person
from gate.core.permissions import Permission
from gate.store import proposals
from gate.web.access import needs
from gate.web.approvals.accounts import waiting
from gate.web.approvals.words import lines, title
from gate.web.asked import fields, path_id
from gate.web.fresh_proof import need_fresh
from gate.web.keys import DESKS, SERVICE, session_of
from gate.web.refusals import refused
from gate.web.two_persons import answer

routes = web.RouteTableDef()


@routes.get("/approvals")
@aiohttp_jinja2.template("approvals/list.html")
@needs(Permission.APPROVE)
async def page(request: web.Request) -> dict[str, object]:
    """What waits: one's own proposals, those that one may confirm, and accounts."""
    user, service = session_of(request).user, request.app[SERVICE]
    rows = await proposals.open_ones(service.database, service.clock.now())
    shown = [
        {"proposal": row, "title": title(row.act), "lines": lines(row), "own": own, "may": may}
        for row in rows
        for own in [row.proposed_by == user.name]
        for may in [may_confirm(user.role, user.name, ActKind(row.act), row.proposed_by)]
        if own or may
    ]
    return {
        "proposals": shown, "counts": is_own_person(user.given_by),
        "accounts": await waiting(request),
    }  # fmt: skip


@routes.post("/approvals/{proposal}/confirm")
@needs(Permission.APPROVE)
async def confirm(request: web.Request) -> web.Response:
    """The second person says yes: the act is carried out now."""
    given = await fields(request)
    wanted = path_id(request, "proposal")
    await need_fresh(request, given)
    try:
        _done, carried = await request.app[DESKS].acts.confirm(wanted, session_of(request).user)
    except NotDone as error:
        raise refused(error) from None
    return answer(carried.once, "/approvals")


@routes.post("/approvals/{proposal}/refuse")
@needs(Permission.APPROVE)
async def refuse(request: web.Request) -> web.Response:
    """The second person says no, or the first withdraws."""
    try:
        await request.app[DESKS].acts.refuse(path_id(request, "proposal"), session_of(request).user)
    except NotDone as error:
        raise refused(error) from None
    return answer("", "/approvals")
