"""Accounts that wait to be confirmed: in acts of two persons each counts only then."""

from __future__ import annotations

from aiohttp import web

from gate.app.four_eyes import NotDone
from gate.app.people import is_taken
from gate.core.own_person import CONFIRMERS, Barred, problem_of_confirming
from gate.core.permissions import Permission
from gate.store import people
from gate.store.users import UserRow
from gate.web.access import needs
from gate.web.asked import fields, path_id
from gate.web.fresh_proof import need_fresh
from gate.web.keys import DESKS, SERVICE, SIGN_IN, session_of
from gate.web.language import _
from gate.web.refusals import refused, words_of

routes = web.RouteTableDef()


@routes.post("/approvals/accounts/{user}/confirm")
@needs(Permission.APPROVE)
async def confirm(request: web.Request) -> web.Response:
    """The account is in its holder's hands, says somebody who did not give it its keys."""
    given, user = await fields(request), path_id(request, "user")
    await need_fresh(request, given)
    try:
        await request.app[DESKS].people.confirm(
            user, session_of(request).user, request.app[SIGN_IN].needs_code
        )
    except NotDone as error:
        raise refused(error) from None
    return web.json_response({"said": _("Done.")})


async def waiting(request: web.Request) -> list[dict[str, object]]:
    """The accounts that wait, for those who confirm: each with what stands against it."""
    if session_of(request).user.role not in CONFIRMERS:
        return []
    rows = await people.unconfirmed(request.app[SERVICE].database)
    return [{"account": row, "problem": problem(request, row)} for row in rows]


def problem(request: web.Request, row: UserRow) -> str:
    """Why the one signed in can't confirm this account now, in words; empty where they can."""
    me = session_of(request).user
    taken = is_taken(row, request.app[SIGN_IN].needs_code(row))
    found = problem_of_confirming(
        by=me.name, by_role=me.role, by_givers=me.given_by, name=row.name, givers=row.given_by,
        taken=taken,
    )  # fmt: skip
    return "" if found in (None, Barred.ALREADY) else words_of(NotDone(found.value, name=row.name))
