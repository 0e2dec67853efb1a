"""Changes that matter ask who you are again: a code (or the password) of the last ten minutes."""

from __future__ import annotations

from aiohttp import web

from gate.web.auth import SignInRefused
from gate.web.keys import SIGN_IN, session_of
from gate.web.language import _


async def need_fresh(request: web.Request, given: dict[str, str]) -> None:
    """Go on only where the person proved to be there lately, or does so now in ``proof``.

    Raises 403 with what to do; the form keeps what was typed.
    """
    session = session_of(request)
    if request.app[SIGN_IN].is_fresh(session):
        return
    proof = given.get("proof", "")
    if not proof:
        asked = (
            _("Give a code of your second factor: the last one was over ten minutes ago.")
            if session.user.has_code
            else _("Give your password again: it was over ten minutes ago.")
        )
        raise web.HTTPForbidden(text=asked)
    try:
        await request.app[SIGN_IN].prove(session, proof, request.remote or "")
    except SignInRefused as error:
        raise web.HTTPForbidden(text=_("Not done: %(why)s.", why=error)) from None
