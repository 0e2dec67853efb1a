"""The gate pass: a QR code that fills the phone, prints on A4 or A6, and needs no network."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web
from markupsafe import Markup

from gate.app.firms.errors import UnknownRecord
from gate.app.firms.qr import png, svg
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.portal.asked import firm_of, firms_of, id_in

routes = web.RouteTableDef()


@routes.get("/portal/passes/{id}")
@aiohttp_jinja2.template("portal/pass.html")
@needs(Permission.FIRM_SEE)
async def page(request: web.Request) -> dict[str, object]:
    """The valid pass of the declaration of this id; everything stands in the page itself."""
    firm, firms, declaration = firm_of(request), firms_of(request), id_in(request)
    row = await firms.filing.declaration(firm, declaration)
    found = await firms.passes.current(firm, declaration)
    picture = Markup(svg(found.text).decode()) if found else None
    return {"row": row, "gate_pass": found, "qr": picture}


@routes.get("/portal/passes/{id}/picture")
@needs(Permission.FIRM_SEE)
async def picture(request: web.Request) -> web.Response:
    """The QR code as a PNG, to keep among the phone's pictures."""
    firm, declaration = firm_of(request), id_in(request)
    found = await firms_of(request).passes.current(firm, declaration)
    if found is None:
        raise UnknownRecord("pass")
    name = f'attachment; filename="{found.number}-{found.pass_id}.png"'
    return web.Response(
        body=png(found.text), content_type="image/png", headers={"Content-Disposition": name}
    )
