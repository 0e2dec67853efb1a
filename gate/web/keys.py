"""What the web application carries with it: typed keys instead of strings."""

from __future__ import annotations

from aiohttp import web

from gate.app.runtime import Service
from gate.store.users import SessionRow
from gate.web.auth import SignIn
from gate.web.console.snapshot import Snapshots

SERVICE = web.AppKey("service", Service)
SIGN_IN = web.AppKey("sign_in", SignIn)
SNAPSHOTS = web.AppKey("snapshots", Snapshots)
SESSION = "session"
"""Request key of the signed-in session (set by the session middleware)."""


def session_of(request: web.Request) -> SessionRow:
    """The request's session; handlers behind ``signed_in`` always have one."""
    row: SessionRow = request[SESSION]
    return row
