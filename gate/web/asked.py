"""What a request's body says: JSON of scripts or a plain form, as texts."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from gate.web.language import _

LONGEST = 60_000


async def fields(request: web.Request) -> dict[str, str]:
    """The fields by name; raises 400 for what is neither a form nor a JSON object."""
    if request.content_type != "application/json":
        return {name: str(value) for name, value in (await request.post()).items()}
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text=_("The request needs an object of fields."))
    return {str(name): str(value)[:LONGEST] for name, value in body.items() if value is not None}


def path_id(request: web.Request, name: str) -> UUID:
    """The id in the path; what is no id is not found."""
    try:
        return UUID(request.match_info[name])
    except ValueError:
        raise web.HTTPNotFound(text=_("There is nothing at this address.")) from None
