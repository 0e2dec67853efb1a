"""The people of a firm: its administrators add, change and end them."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from gate.core.permissions import Permission, Role
from gate.web.access import needs
from gate.web.language import language
from gate.web.portal.asked import actor_of, done, firm_of, firms_of, id_in, text_in, values_of
from gate.web.portal.passwords import hashed, password_problem

routes = web.RouteTableDef()


@routes.get("/portal/members")
@aiohttp_jinja2.template("portal/members.html")
@needs(Permission.FIRM_ADMINISTER)
async def page(request: web.Request) -> dict[str, object]:
    """Everybody who can sign in for the firm."""
    members = await firms_of(request).people.members(firm_of(request))
    return {"members": members, "roles": [Role.FIRM_USER, Role.FIRM_ADMINISTRATOR]}


@routes.post("/portal/members")
@needs(Permission.FIRM_ADMINISTER)
async def add(request: web.Request) -> web.Response:
    """Add a person with a first password, which is told by the administrator."""
    values = await values_of(request)
    wrong = password_problem(str(values.get("password") or ""))
    if wrong:
        problem = {"path": "password", "code": "password", "severity": "error", "text": wrong}
        return web.json_response({"error": wrong, "problems": [problem]}, status=422)
    await firms_of(request).people.add_member(
        firm_of(request), name=text_in(values, "name"), full_name=text_in(values, "full_name"),
        email=text_in(values, "email"), role=text_in(values, "role"),
        password_hash=await hashed(str(values["password"])), actor=actor_of(request),
        language=language(),
    )  # fmt: skip
    return done(request, "/portal/members")


@routes.post("/portal/members/{id}")
@needs(Permission.FIRM_ADMINISTER)
async def change(request: web.Request) -> web.Response:
    """Change a person's role, end or renew the access."""
    values = await values_of(request)
    active = {"yes": True, "no": False}.get(text_in(values, "active"))
    await firms_of(request).people.set_member(
        firm_of(request), id_in(request), role=text_in(values, "role") or None, active=active,
        actor=actor_of(request),
    )  # fmt: skip
    return done(request, "/portal/members")
