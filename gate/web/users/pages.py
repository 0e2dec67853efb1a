"""The pages of users, for administrators."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.app.four_eyes import NotDone
from gate.app.people import STAFF, NewPerson
from gate.core.permissions import FIRM_ROLES, Permission
from gate.store import people, sessions
from gate.store.users import UserRow
from gate.web.access import needs
from gate.web.approvals.accounts import problem
from gate.web.asked import fields, path_id
from gate.web.fresh_proof import need_fresh
from gate.web.keys import DESKS, SERVICE, session_of
from gate.web.language import _
from gate.web.refusals import refused
from gate.web.role_names import role_name

routes = web.RouteTableDef()


@routes.get("/users")
@aiohttp_jinja2.template("users/list.html")
@needs(Permission.USERS)
async def page(request: web.Request) -> dict[str, object]:
    """Everybody, staff first."""
    service = request.app[SERVICE]
    rows = await people.everybody(service.database, service.clock.now())
    return {
        "staff": [row for row in rows if row["firm_id"] is None],
        "firms": [row for row in rows if row["firm_id"] is not None],
        "roles": [(role.value, role_name(role)) for role in STAFF],
        "lanes": sorted(service.register.lanes),
    }


@routes.post("/users")
@needs(Permission.USERS)
async def add(request: web.Request) -> web.Response:
    """Add staff; the first password is shown once."""
    given = await fields(request)
    await need_fresh(request, given)
    new = NewPerson(
        name=given.get("name", "").strip().lower(), full_name=given.get("full_name", "").strip(),
        role=given.get("role", ""), lanes=_lanes(request, given),
    )  # fmt: skip
    try:
        password = await request.app[DESKS].people.add(new, session_of(request).user.name)
    except NotDone as error:
        raise refused(error) from None
    return web.json_response({"said": _("Added."), "once": f"{new.name} {password}"})


@routes.get("/users/{user}")
@aiohttp_jinja2.template("users/one.html")
@needs(Permission.USERS)
async def one(request: web.Request) -> dict[str, object]:
    """One person."""
    service, row = request.app[SERVICE], await _person(request)
    roles = STAFF if row.firm_id is None else sorted(FIRM_ROLES)
    return {
        "person": row, "problem": problem(request, row),
        "roles": [(str(role), role_name(role)) for role in roles],
        "lanes": sorted(service.register.lanes),
        "sessions": await sessions.of_user(service.database, row.id, service.clock.now()),
    }  # fmt: skip


@routes.post("/users/{user}")
@needs(Permission.USERS)
async def change(request: web.Request) -> web.Response:
    """Change name, role, lanes, or whether they may sign in."""
    given, row = await fields(request), await _person(request)
    await need_fresh(request, given)
    try:
        await request.app[DESKS].people.change(
            row.id, session_of(request).user.name, full_name=given.get("full_name", "").strip(),
            role=given.get("role", ""), lanes=_lanes(request, given),
            active=given.get("active", "") in ("on", "true", "1"),
        )  # fmt: skip
    except NotDone as error:
        raise refused(error) from None
    return web.json_response({"said": _("Saved."), "go": f"/users/{row.id}"})


@routes.post("/users/{user}/password")
@needs(Permission.USERS)
async def new_password(request: web.Request) -> web.Response:
    """A new first password, shown once."""
    given, row = await fields(request), await _person(request)
    await need_fresh(request, given)
    by = session_of(request).user.name
    try:
        _row, password = await request.app[DESKS].people.new_password(row.id, by)
    except NotDone as error:
        raise refused(error) from None
    return web.json_response({"said": _("Done."), "once": f"{row.name} {password}"})


@routes.post("/users/{user}/second-factor")
@needs(Permission.USERS)
async def reset_factor(request: web.Request) -> web.Response:
    """Forget a second factor: the person sets a new one up at the next sign-in."""
    given, row = await fields(request), await _person(request)
    await need_fresh(request, given)
    try:
        by = session_of(request).user.name
        await request.app[DESKS].people.reset_second_factor(row.id, by)
    except NotDone as error:
        raise refused(error) from None
    return web.json_response({"said": _("Done."), "go": f"/users/{row.id}"})


@routes.post("/users/{user}/sessions")
@needs(Permission.USERS)
async def end_sessions(request: web.Request) -> web.Response:
    """End all open sessions of a person."""
    given, row = await fields(request), await _person(request)
    await need_fresh(request, given)
    await request.app[DESKS].people.end_sessions(row.id, session_of(request).user.name)
    return web.json_response({"said": _("Done."), "go": f"/users/{row.id}"})


async def _person(request: web.Request) -> UserRow:
    row = await people.one(request.app[SERVICE].database, path_id(request, "user"))
    if row is None:
        raise web.HTTPNotFound(text=_("There is no such person."))
    return row


def _lanes(request: web.Request, given: dict[str, str]) -> tuple[str, ...]:
    known = request.app[SERVICE].register.lanes
    wanted = tuple(part.strip() for part in given.get("lanes", "").split(",") if part.strip())
    for lane in wanted:
        if lane not in known:
            raise web.HTTPConflict(text=_("There is no lane %(lane)s.", lane=lane))
    return wanted
