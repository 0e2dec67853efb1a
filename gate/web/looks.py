"""Writes each look at a person's data to the access log: after the page was answered well.

Pages that show a person's data stand in ``PAGES``, by their route: what is looked at, and which
part of the path names it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web

from gate.store import access_log
from gate.web.keys import SERVICE, SESSION

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PAGES = {
    "/transits/{transit}": ("transit", "transit"),
    "/transits/{transit}/proof": ("proof", "transit"),
    "/clearances/{id}": ("declaration", "id"),
    "/firms/{id}": ("firm", "id"),
    "/users/{user}": ("user", "user"),
}
"""Route -> what, and the part of the path that names it. Search notes its own looks."""


@web.middleware
async def note_looks(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Note a look at a page of ``PAGES`` that was shown."""
    response = await handler(request)
    resource = request.match_info.route.resource
    page = PAGES.get(resource.canonical) if resource is not None else None
    if page is not None and request.method == "GET" and response.status == 200:
        what, part = page
        await note(request, what, request.match_info[part])
    return response


async def note(request: web.Request, what: str, subject: str) -> None:
    """Note one look by the signed-in user; ``?why=`` of the address says what for."""
    session = request.get(SESSION)
    if session is None or session.user.firm_id is not None:
        return
    service = request.app[SERVICE]
    about = {"transit": "transit", "proof": "transit", "declaration": "declaration"}.get(what)
    await access_log.note(
        service.database, at=service.clock.now(), actor=session.user.name, what=what,
        subject=subject, why=request.query.get("why", ""), address=request.remote or "",
        **({about: UUID(subject)} if about else {}),
    )  # fmt: skip
