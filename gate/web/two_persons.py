"""Acts of two persons on the pages: proposed in a form, confirmed there at once or by another."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gate.app.four_eyes import NotDone
from gate.core.four_eyes import ActKind
from gate.web.auth import SignInRefused
from gate.web.fresh_proof import need_fresh
from gate.web.keys import DESKS, SIGN_IN, session_of
from gate.web.language import _
from gate.web.refusals import refused


async def propose(
    request: web.Request, given: dict[str, str], act: ActKind, data: dict[str, Any], go: str
) -> web.Response:
    """Keep the act, and carry it out where the second person signed in the form.

    Answers where to ``go``, what is ``said``, and what is shown ``once``.
    """
    await need_fresh(request, given)
    acts = request.app[DESKS].acts
    try:
        second = await _second(request, given)
        proposal = await acts.propose(act, data, session_of(request).user)
        if second is None:
            return web.json_response(
                {"go": "/approvals", "said": _("Proposed: another person must confirm it.")}
            )
        _proposal, carried = await acts.confirm(proposal.id, second)
    except NotDone as error:
        raise refused(error) from None
    return answer(carried.once, go)


async def _second(request: web.Request, given: dict[str, str]) -> Any:
    name = given.get("second_name", "").strip()
    if not name:
        return None
    if name == session_of(request).user.name:
        raise NotDone("same_person")
    try:
        return await request.app[SIGN_IN].verify_person(
            name, given.get("second_password", ""), given.get("second_code", ""),
            request.remote or "",
        )  # fmt: skip
    except SignInRefused as error:
        text = _("The second person: %(why)s.", why=error)
        raise web.HTTPForbidden(text=text) from None


def answer(once: str, go: str) -> web.Response:
    """Done: what is shown once stays on the page, else the page is loaded anew."""
    said = _("Done.")
    return web.json_response({"said": said, "once": once} if once else {"said": said, "go": go})
