"""Who may ask for what: every handler names the permission it needs, or that it is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

from gate.core.permissions import Permission, may
from gate.web.keys import session_of
from gate.web.language import _

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Marked = TypeVar("Marked", bound=Callable[..., object])
_MARK = "needed_permission"
SESSION_COOKIE = "gate_session"


def needs(permission: Permission) -> Callable[[Marked], Marked]:
    """Mark a handler with the permission that its users must have."""

    def mark(handler: Marked) -> Marked:
        setattr(handler, _MARK, permission)
        return handler

    return mark


def permission_of(handler: object) -> Permission | None:
    """The permission that a handler was marked with."""
    found: Permission | None = getattr(handler, _MARK, None)
    return found


def allowed(request: web.Request, permission: Permission) -> bool:
    """Whether the signed-in user has the permission."""
    return may(session_of(request).user.role, permission)


def check(request: web.Request) -> None:
    """Refuse whom the handler is not for.

    A handler without a mark is for nobody: forgetting the mark must not open a door.
    """
    if request.match_info.http_exception is not None:
        return
    needed = permission_of(request.match_info.handler)
    if needed is None or not allowed(request, needed):
        raise web.HTTPForbidden(text=_("Your role may not do this."))
