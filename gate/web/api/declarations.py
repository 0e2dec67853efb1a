"""Declarations of a firm, and (to keys of systems) of all firms."""

from __future__ import annotations

from gate.app.firms.errors import Invalid
from gate.core.filing.content import tidied
from gate.core.filing.problems import Problem, errors_in
from gate.store.filing import FiledRow, Filter
from gate.web.api import answers, cursors, given, taken
from gate.web.api.operations import Call, Reply, Table
from gate.web.api.problem import fields_of, from_firms

table = Table("declarations")
READ = ("declarations.read", "declarations.write")
WRITE = ("declarations.write",)


async def found(call: Call) -> FiledRow:
    """The declaration of the path, if the key may see it."""
    declaration = call.ids["declaration"]
    if call.scope is None:
        return await call.service.firms.clearances.one(declaration)
    return await call.service.firms.filing.declaration(call.scope, declaration)


@table.add("GET", "/declarations", scopes=READ, query=taken.DeclarationQuery,
           answer=given.DeclarationPage, paged=True)  # fmt: skip
async def list_declarations(call: Call) -> Reply:
    """Declarations that were submitted, the newest first."""
    q = call.query
    wanted = Filter(status=tuple(q.status), text=q.text.strip(), direction=q.direction or "",
                    window_from=q.window_from, window_to=q.window_to)  # fmt: skip
    after, most = cursors.decode(q.cursor), q.limit + 1
    desk = call.service.firms
    if call.scope is None:
        rows = await desk.clearances.listing(wanted, after=after, most=most)
    else:
        rows = await desk.filing.declarations(call.scope, wanted, after=after, most=most)
    return answers.page(
        call, given.DeclarationPage, given.Declaration, rows, answers.by_time("created_at")
    )


@table.add("POST", "/declarations", scopes=WRITE, body=taken.DeclarationContent,
           answer=given.Submitted, status=201, tagged=True, errors=(409,))  # fmt: skip
async def file_declaration(call: Call) -> Reply:
    """File and submit a declaration; nothing is kept where it has errors."""
    content = body_content(call)
    filing, database = call.service.firms.filing, call.service.database
    async with database.transaction() as connection:
        _, submitted = await filing.file(
            connection, call.firm, content, actor=call.actor, submit=True
        )
    assert submitted is not None
    return submitted_reply(submitted.declaration, submitted.problems, 201)


@table.add("GET", "/declarations/{declaration}", scopes=READ, answer=given.Declaration,
           tagged=True)  # fmt: skip
async def get_declaration(call: Call) -> Reply:
    """One declaration."""
    return answers.declaration(await found(call))


@table.add("PATCH", "/declarations/{declaration}", scopes=WRITE, body=taken.Changes,
           answer=given.Declaration, tagged=True, conditional=True, errors=(409,))  # fmt: skip
async def amend_declaration(call: Call) -> Reply:
    """Amend a declaration before the truck arrives."""
    row = await call.service.firms.filing.declaration(call.firm, call.ids["declaration"])
    answers.must_match(call, answers.declaration_tag(row))
    row = await call.service.firms.filing.amend(
        call.firm, row.id, call.body.changes, actor=call.actor, version=row.version,
        remove=call.body.remove,
    )  # fmt: skip
    return answers.declaration(row)


@table.add("POST", "/declarations/{declaration}/cancel", scopes=WRITE, body=taken.Because,
           answer=given.Declaration, tagged=True, errors=(409,))  # fmt: skip
async def cancel_declaration(call: Call) -> Reply:
    """Cancel a declaration."""
    row = await call.service.firms.filing.cancel(
        call.firm, call.ids["declaration"], call.body.reason, actor=call.actor
    )
    return answers.declaration(row)


@table.add("POST", "/declarations/{declaration}/reopen", scopes=WRITE, answer=given.Draft,
           status=201, errors=(409,))  # fmt: skip
async def reopen_declaration(call: Call) -> Reply:
    """Make a draft of a rejected declaration."""
    row = await call.service.firms.filing.reopen(
        call.firm, call.ids["declaration"], actor=call.actor
    )
    headers = answers.location("drafts", row.id)
    return Reply(value=given.Draft.model_validate(row), status=201, headers=headers)


@table.add("POST", "/declarations/{declaration}/copy", scopes=WRITE, answer=given.Draft,
           status=201, errors=(409,))  # fmt: skip
async def copy_declaration(call: Call) -> Reply:
    """Begin a draft with what a declaration says, without its times and papers."""
    row = await call.service.firms.filing.copy(call.firm, call.ids["declaration"], actor=call.actor)
    headers = answers.location("drafts", row.id)
    return Reply(value=given.Draft.model_validate(row), status=201, headers=headers)


@table.add("GET", "/declarations/{declaration}/events", scopes=READ, answer=given.Events)
async def list_events(call: Call) -> Reply:
    """Everything that happened to a declaration."""
    row = await found(call)
    desk = call.service.firms
    if call.scope is None:
        events = await desk.clearances.events(row.id)
    else:
        events = await desk.filing.events(call.scope, row.id)
    return Reply(value=given.Events(items=[given.Event.model_validate(e) for e in events]))


@table.add("GET", "/declarations/{declaration}/fees", scopes=READ, answer=given.Fees)
async def list_declaration_fees(call: Call) -> Reply:
    """The fees of a declaration."""
    row = await found(call)
    fees = await call.service.firms.fees.of(call.scope, row.id)
    return Reply(value=given.Fees(items=[given.Fee.model_validate(fee) for fee in fees]))


@table.add("GET", "/declarations/{declaration}/transits", scopes=("transits.read",),
           answer=given.Transits)  # fmt: skip
async def list_declaration_transits(call: Call) -> Reply:
    """The passages on a declaration, the newest first."""
    row = await found(call)
    rows = await call.service.firms.filing.transits(call.scope, row.id, most=200)
    items = [given.Transit.model_validate(one) for one in rows]
    return Reply(value=given.Transits(items=items))


def body_content(call: Call) -> dict[str, object]:
    """The content that a body declares, tidied; raises ``ApiError``."""
    content, problems = tidied(call.body.model_dump(mode="json", exclude_none=True))
    if errors_in(problems):
        raise from_firms(Invalid(problems))
    content.setdefault("gate", call.service.settings.site)
    return content


def submitted_reply(row: FiledRow, problems: tuple[Problem, ...], status: int) -> Reply:
    """The answer to a submission."""
    value = given.Submitted(
        declaration=given.Declaration.model_validate(row),
        problems=list(fields_of(problems)),
    )
    headers = {"ETag": answers.declaration_tag(row), **answers.location("declarations", row.id)}
    return Reply(value=value, status=status, headers=headers)
