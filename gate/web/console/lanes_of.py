"""Whose lane is it: the lanes and transits that a signed-in person may see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from gate.app.officer import Person
from gate.core.own_person import is_own_person
from gate.store import transits
from gate.store.users import UserRow
from gate.web.keys import SERVICE, session_of
from gate.web.language import _


def person(user: UserRow) -> Person:
    """The user as someone who acts at lanes."""
    counts = is_own_person(user.given_by)
    return Person(name=user.name, role=user.role, lanes=user.lanes, counts=counts)


def me(request: web.Request) -> Person:
    """The signed-in user as someone who acts at lanes."""
    return person(session_of(request).user)


def own_lanes(request: web.Request) -> tuple[str, ...]:
    """The ids of the lanes that the signed-in user may see."""
    who = me(request)
    return tuple(lane for lane in request.app[SERVICE].register.lanes if who.may_see(lane))


def lane_of(request: web.Request) -> str:
    """The lane named in the path, if it exists and the user may see it."""
    lane = request.match_info["lane"]
    if lane not in own_lanes(request):
        raise web.HTTPNotFound(text=_("There is no such lane for you."))
    return lane


def key_in(request: web.Request, name: str) -> UUID:
    """The id in the path; what is no id is not found."""
    try:
        return UUID(request.match_info[name])
    except ValueError:
        raise web.HTTPNotFound(text=_("There is nothing at this address.")) from None


async def transit_of(request: web.Request) -> dict[str, Any]:
    """The transit named in the path, if the user may see its lane."""
    row = await transits.one(request.app[SERVICE].database, key_in(request, "transit"))
    if row is None or not me(request).may_see(row["lane_id"]):
        raise web.HTTPNotFound(text=_("There is no such transit for you."))
    return row
