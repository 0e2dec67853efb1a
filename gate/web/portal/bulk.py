"""Many declarations from a table: template, upload, preview with every row's errors, commit."""

from __future__ import annotations

from uuid import UUID

import aiohttp_jinja2
from aiohttp import BodyPartReader, web

from gate.app.firms.bulk.desk import Bulk
from gate.app.firms.bulk.preview import problems_from_plain
from gate.app.firms.bulk.sheets import column_name
from gate.app.firms.errors import Invalid
from gate.core.filing.problems import errors_in
from gate.core.permissions import Permission
from gate.web.access import needs
from gate.web.language import _, in_language, language
from gate.web.portal.asked import actor_of, firm_of, firms_of, id_in, values_of
from gate.web.portal.problem_words import told

routes = web.RouteTableDef()
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_BAD, SHOWN_GOOD, SHOWN_REFUSED = 100, 5, 20
"""Rows shown on the page; the report has all."""


@routes.get("/portal/bulk")
@aiohttp_jinja2.template("portal/bulk.html")
@needs(Permission.FIRM_FILE)
async def page(request: web.Request) -> dict[str, object]:
    """Choose a file; and how far the last ones are."""
    return {
        "most_rows": Bulk.MOST_ROWS,
        "most_mb": Bulk.MOST_BYTES // 1_000_000,
        "recent": await firms_of(request).bulk.recent(firm_of(request)),
    }


@routes.get("/portal/bulk/template")
@needs(Permission.FIRM_FILE)
async def template(request: web.Request) -> web.Response:
    """The empty table to fill in, with headings in the reader's language."""
    data = firms_of(request).bulk.template(language())
    return _sheet(data, "declarations.xlsx")


@routes.post("/portal/bulk")
@needs(Permission.FIRM_FILE)
async def upload(request: web.Request) -> web.Response:
    """Read a file and keep what was read for an hour; nothing is filed yet."""
    name, data = await file_in(request)
    preview = await firms_of(request).bulk.preview(firm_of(request), name, data)
    return web.json_response({"go": f"/portal/bulk/{preview.id}"})


@routes.get("/portal/bulk/{id}")
@aiohttp_jinja2.template("portal/preview.html")
@needs(Permission.FIRM_FILE)
async def preview(request: web.Request) -> dict[str, object]:
    """What would be filed, and what is wrong in which row."""
    bulk, firm = firms_of(request).bulk, firm_of(request)
    found = await bulk.shown(firm, id_in(request))
    return {
        "preview": found,
        **await _progress(bulk, firm, found.id),
        "good": len(found.good),
        "bad": len(found.bad),
        "shown_good": found.good[:SHOWN_GOOD],
        "shown_bad": found.bad[:SHOWN_BAD],
    }


@routes.get("/portal/bulk/{id}/progress")
@aiohttp_jinja2.template("portal/bulk_progress.html")
@needs(Permission.FIRM_FILE)
async def progress(request: web.Request) -> dict[str, object]:
    """How far the filing is: the part of the page that renews itself."""
    bulk, firm = firms_of(request).bulk, firm_of(request)
    shown = await _progress(bulk, firm, id_in(request))
    if shown["progress"] is None:
        raise web.HTTPNotFound(text=_("There is nothing at this address."))
    return shown


@routes.get("/portal/bulk/{id}/report")
@needs(Permission.FIRM_FILE)
async def report(request: web.Request) -> web.Response:
    """The rows with their errors as a table, to be put right and uploaded again."""
    bulk, firm = firms_of(request).bulk, firm_of(request)
    found = await bulk.shown(firm, id_in(request))
    return _sheet(await bulk.report(firm, found, language(), in_language), "errors.xlsx")


@routes.post("/portal/bulk/{id}/commit")
@needs(Permission.FIRM_FILE)
async def commit(request: web.Request) -> web.Response:
    """Ask that the good rows be filed, or all or none; as drafts or submitted at once.

    It is accepted at once; the page of the upload shows how far it is.
    """
    values, upload = await values_of(request), id_in(request)
    try:
        await firms_of(request).bulk.commit(
            firm_of(request), upload, actor=actor_of(request),
            all_or_nothing=values.get("all_or_nothing") == "yes",
            submit=values.get("submit") == "yes",
        )  # fmt: skip
    except Invalid:
        text = _("Nothing was filed, because rows have errors. Put them right, or file the good.")
        raise web.HTTPUnprocessableEntity(text=text) from None
    return web.json_response({"go": f"/portal/bulk/{upload}"}, status=202)


async def _progress(bulk: Bulk, firm: UUID, upload: UUID) -> dict[str, object]:
    """How far the filing is, and the first of what could not be filed when its turn came."""
    found = await bulk.progress(firm, upload)
    refused = []
    if found is not None and found.refused:
        for row in await bulk.results(firm, upload, most=SHOWN_REFUSED, refused=True):
            problems = problems_from_plain(row.problems)
            refused.append({"line": row.line, "problems": errors_in(problems) or problems})
    return {
        "progress": found,
        "refused": refused,
        "told": told,
        "column": lambda path: column_name(path, language()),
    }


async def file_in(request: web.Request) -> tuple[str, bytes]:
    """Name and bytes of the uploaded file; raises 400 where there is none, 413 where too large."""
    if not request.content_type.startswith("multipart/"):
        raise web.HTTPBadRequest(text=_("Choose a file first."))
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if isinstance(part, BodyPartReader) and part.filename:
            return part.filename[:200], await _read(part)
    raise web.HTTPBadRequest(text=_("Choose a file first."))


async def _read(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > Bulk.MOST_BYTES:
            text = _("The file is too large: at most %(n)s MB.", n=Bulk.MOST_BYTES // 1_000_000)
            raise web.HTTPRequestEntityTooLarge(Bulk.MOST_BYTES, len(data), text=text)
    return bytes(data)


def _sheet(data: bytes, name: str) -> web.Response:
    disposition = f'attachment; filename="{name}"'
    return web.Response(body=data, content_type=SHEET, headers={"Content-Disposition": disposition})
