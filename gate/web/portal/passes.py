"""The gate pass: a QR code that fills the phone, prints on A4 or A6, and needs no network."""

from __future__ import annotations

from uuid import UUID

import aiohttp_jinja2
from aiohttp import web
from markupsafe import Markup

from gate.app.firms.errors import UnknownRecord
from gate.app.firms.qr import png, svg
from gate.core.permissions import Permission
from gate.store.filing import FiledRow
from gate.web.access import needs
from gate.web.portal.asked import firm_of, firms_of, id_in

routes = web.RouteTableDef()


@routes.get("/portal/passes/{id}")
@aiohttp_jinja2.template("portal/pass.html")
@needs(Permission.FIRM_SEE)
async def page(request: web.Request) -> dict[str, object]:
    """The valid pass of a declaration (by its id or a pass's); the page is whole in itself."""
    firm, firms, declaration = firm_of(request), firms_of(request), id_in(request)
    row = await declared(request, firm, declaration)
    found = await firms.passes.current(firm, row.id)
    picture = Markup(svg(found.text).decode()) if found else None
    return {"row": row, "gate_pass": found, "qr": picture}


async def declared(request: web.Request, firm: UUID, wanted: UUID) -> FiledRow:
    """The declaration of this id, or the one that the pass of this id belongs to."""
    firms = firms_of(request)
    try:
        return await firms.filing.declaration(firm, wanted)
    except UnknownRecord:
        found = await firms.passes.one(firm, wanted)
        return await firms.filing.declaration(firm, found.declaration_id)


@routes.get("/portal/passes/{id}/picture")
@needs(Permission.FIRM_SEE)
async def picture(request: web.Request) -> web.Response:
    """The QR code as a PNG, to keep among the phone's pictures."""
    firm = firm_of(request)
    row = await declared(request, firm, id_in(request))
    found = await firms_of(request).passes.current(firm, row.id)
    if found is None:
        raise UnknownRecord("pass")
    name = f'attachment; filename="{found.number}-{found.pass_id}.png"'
    return web.Response(
        body=png(found.text), content_type="image/png", headers={"Content-Disposition": name}
    )
