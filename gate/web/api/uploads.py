"""Many declarations in one call: accepted at once, filed beside the requests, asked after."""

from __future__ import annotations

import asyncio

from gate.app.firms.bulk.preview import problems_from_plain
from gate.app.firms.bulk.progress import Progress
from gate.app.firms.bulk.rows import Gathered
from gate.app.firms.errors import UnknownRecord
from gate.core.filing.content import tidied
from gate.store.bulk_commits import ResultRow
from gate.web.api import answers, cursors, given, taken
from gate.web.api.operations import Call, Reply, Table
from gate.web.api.problem import fields_of

table = Table("declarations")
READ = ("declarations.read", "declarations.write")
WRITE = ("declarations.write",)
MOST_BYTES = 2 * 1024 * 1024


@table.add("POST", "/uploads", scopes=WRITE, body=taken.UploadIn, answer=given.Upload, status=202,
           errors=(409,), most_bytes=MOST_BYTES)  # fmt: skip
async def file_many(call: Call) -> Reply:
    """File many declarations; the answer comes before they are filed: follow its Location."""
    site = call.service.settings.site
    items: list[Gathered] = []
    for item in call.body.items:
        content, problems = tidied(item.content.model_dump(mode="json", exclude_none=True))
        content.setdefault("gate", site)
        items.append(Gathered(reference=item.reference, rows=[len(items) + 1], content=content,
                              problems=list(problems)))  # fmt: skip
        await asyncio.sleep(0)  # lanes of the same process go on between two declarations
    progress = await call.service.firms.bulk.take_up(
        call.firm, items, actor=call.actor, all_or_nothing=call.body.all_or_nothing,
        submit=call.body.submit,
    )  # fmt: skip
    headers = answers.location("uploads", progress.id)
    return Reply(value=_upload(progress), status=202, headers=headers)


@table.add("GET", "/uploads/{upload}", scopes=READ, answer=given.Upload)
async def get_upload(call: Call) -> Reply:
    """How far the filing of an upload is (kept for a day)."""
    return Reply(value=_upload(await _found(call)))


@table.add("GET", "/uploads/{upload}/results", scopes=READ, query=taken.ResultQuery,
           answer=given.UploadResultPage, paged=True)  # fmt: skip
async def list_upload_results(call: Call) -> Reply:
    """What became of the declarations of an upload, in order, as far as it is known."""
    found, q = await _found(call), call.query
    rows = await call.service.firms.bulk.results(
        call.firm, found.id, after=cursors.decode_line(q.cursor), most=q.limit + 1,
        refused=q.refused,
    )  # fmt: skip
    return answers.page(
        call, given.UploadResultPage, given.UploadResult, [_result(row) for row in rows],
        lambda one: cursors.encode_line(one.line),
    )  # fmt: skip


async def _found(call: Call) -> Progress:
    found = await call.service.firms.bulk.progress(call.firm, call.ids["upload"])
    if found is None:
        raise UnknownRecord("upload")
    return found


def _upload(progress: Progress) -> given.Upload:
    return given.Upload.model_validate(progress)


def _result(row: ResultRow) -> given.UploadResult:
    return given.UploadResult(
        line=row.line, reference=row.reference, declaration_id=row.declaration_id,
        number=row.number, status=row.status or None,
        problems=list(fields_of(problems_from_plain(row.problems))),
    )  # fmt: skip
