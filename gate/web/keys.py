"""What the web application carries with it: typed keys instead of strings."""

from __future__ import annotations

from aiohttp import web

from gate.app.desks import Desks
from gate.app.runtime import Service
from gate.store.users import SessionRow
from gate.web.assets import Assets
from gate.web.auth import SignIn
from gate.web.console.snapshot import Snapshots
from gate.web.console.views import Views
from gate.web.open_requests import OpenRequests
from gate.web.shown import Shown

SERVICE = web.AppKey("service", Service)
DESKS = web.AppKey("desks", Desks)
SIGN_IN = web.AppKey("sign_in", SignIn)
SNAPSHOTS = web.AppKey("snapshots", Snapshots)
VIEWS = web.AppKey("views", Views)
ASSETS = web.AppKey("assets", Assets)
SHOWN = web.AppKey("shown", Shown)
OPEN_REQUESTS = web.AppKey("open_requests", OpenRequests)
SESSION = web.RequestKey("session", SessionRow)
"""Request key of the signed-in session (set by the session middleware)."""


def session_of(request: web.Request) -> SessionRow:
    """The request's session; handlers behind ``signed_in`` always have one."""
    return request[SESSION]
