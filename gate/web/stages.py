"""What stands between a session and the pages: the lock screen, and steps of signing in."""

from __future__ import annotations

from aiohttp import web
from yarl import URL

from gate.store.users import SessionRow
from gate.web.language import _

UNLOCK = "/unlock"
STAGES = {
    "code": "/sign-in/code",
    "password": "/sign-in/password",
    "enrol": "/sign-in/second-factor",
}
ALWAYS = frozenset({"/sign-out", "/language"})
"""What answers in any case: leaving, and understanding."""


class GoOn(web.HTTPForbidden):
    """Nothing answers but the page ``go``: scripts are told so, pages are led there."""

    def __init__(self, go: str) -> None:
        super().__init__(text=_("Unlock the screen, or finish signing in, first."))
        self.go = go


def way_on(session: SessionRow) -> str:
    """The only page that answers this session now; empty where all do."""
    if session.stage == "code":
        return STAGES["code"]
    return UNLOCK if session.locked else STAGES.get(session.stage, "")


def check(request: web.Request, session: SessionRow, wants_page: bool) -> None:
    """Send who is locked, or not signed in to the end, to the page that goes on."""
    way = way_on(session)
    if not way or request.path == way or request.path in ALWAYS:
        return
    if not wants_page:
        raise GoOn(way)
    back = {"back": request.path_qs} if way == UNLOCK else {}
    raise web.HTTPSeeOther(URL(way).with_query(back))


def local(path: str) -> str:
    """The path if it leads to a page of this server, else the start."""
    good = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if good else "/"
