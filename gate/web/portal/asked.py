"""What a request of the portal asks: whose firm, who acts, which record, which values."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from gate.app.firms.desk import Firms
from gate.store.paging import Cursor
from gate.web.keys import SERVICE, session_of
from gate.web.language import _


def firms_of(request: web.Request) -> Firms:
    """Everything that firms do."""
    return request.app[SERVICE].firms


def firm_of(request: web.Request) -> UUID:
    """The firm of the signed-in person; staff have none and get 403."""
    firm = session_of(request).user.firm_id
    if firm is None:
        raise web.HTTPForbidden(text=_("Your role may not do this."))
    return firm


def actor_of(request: web.Request) -> str:
    """The sign-in name that stands at every event."""
    return session_of(request).user.name


def id_in(request: web.Request, name: str = "id") -> UUID:
    """The id in the path; what is no id is not found."""
    return id_from(request.match_info[name])


def id_from(text: str) -> UUID:
    """An id that was sent; what is no id is not found."""
    try:
        return UUID(text)
    except ValueError:
        raise web.HTTPNotFound(text=_("There is nothing at this address.")) from None


async def values_of(request: web.Request) -> dict[str, Any]:
    """The values of a form, sent plain or as a JSON object by script."""
    if request.content_type != "application/json":
        form = await request.post()
        return {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        found = await request.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise web.HTTPBadRequest(text=_("The page sent something unreadable: load it again."))
    return found


def text_in(values: dict[str, Any], name: str, longest: int = 500) -> str:
    """A text that was sent, without the blanks around it."""
    return str(values.get(name) or "").strip()[:longest]


def done(request: web.Request, go: str, **answer: object) -> web.Response:
    """It worked: where to go next, for scripts and for plain forms."""
    if request.content_type == "application/json" or answer:
        return web.json_response({"go": go, **answer})
    return web.Response(status=303, headers={"Location": go})


def page_of(request: web.Request) -> Cursor | None:
    """Where the list goes on (``?after=``); what can't be read begins at the top."""
    at, _sep, last = request.query.get("after", "").partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return None if moment.tzinfo is None else Cursor(at=moment, id=UUID(last))
    except ValueError:
        return None


def mark_of(at: datetime, last: UUID) -> str:
    """The place of a list's last row, for ``?after=``."""
    return f"{at.isoformat()}~{last}"
