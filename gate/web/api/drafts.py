"""Drafts of declarations: kept as they are, checked at every change."""

from __future__ import annotations

from gate.app.firms.drafting import Saved
from gate.web.api import answers, cursors, given, taken
from gate.web.api.declarations import READ, WRITE, body_content, submitted_reply
from gate.web.api.operations import Call, Reply, Table
from gate.web.api.problem import fields_of

table = Table("drafts")


def _checked(saved: Saved, status: int = 200) -> Reply:
    value = given.Checked(
        draft=given.Draft.model_validate(saved.draft), problems=list(fields_of(saved.problems))
    )
    headers = {"ETag": answers.version_tag(saved.draft.version)}
    if status == 201:
        headers |= answers.location("drafts", saved.draft.id)
    return Reply(value=value, status=status, headers=headers)


@table.add("GET", "/drafts", scopes=READ, query=taken.PageQuery, answer=given.DraftPage,
           paged=True)  # fmt: skip
async def list_drafts(call: Call) -> Reply:
    """Drafts, the last changed first."""
    rows = await call.service.firms.filing.drafts(
        call.firm, after=cursors.decode(call.query.cursor), most=call.query.limit + 1
    )
    return answers.page(call, given.DraftPage, given.Draft, rows, answers.by_time("updated_at"))


@table.add("POST", "/drafts", scopes=WRITE, body=taken.DeclarationContent,
           answer=given.Checked, status=201, tagged=True, errors=(409,))  # fmt: skip
async def make_draft(call: Call) -> Reply:
    """Begin a draft; it may be incomplete."""
    filing = call.service.firms.filing
    draft = await filing.new_draft(call.firm, actor=call.actor, content=body_content(call))
    problems = await filing.check(call.firm, draft.content, draft.id)
    return _checked(Saved(draft=draft, problems=problems), 201)


@table.add("GET", "/drafts/{draft}", scopes=READ, answer=given.Checked, tagged=True)
async def get_draft(call: Call) -> Reply:
    """One draft with everything that is wrong with it."""
    filing = call.service.firms.filing
    draft = await filing.draft(call.firm, call.ids["draft"])
    problems = await filing.check(call.firm, draft.content, draft.id)
    return _checked(Saved(draft=draft, problems=problems))


@table.add("PATCH", "/drafts/{draft}", scopes=WRITE, body=taken.Changes,
           answer=given.Checked, tagged=True)  # fmt: skip
async def change_draft(call: Call) -> Reply:
    """Set fields of a draft; with If-Match only where nobody changed it meanwhile."""
    saved = await call.service.firms.filing.save(
        call.firm, call.ids["draft"], call.body.changes, actor=call.actor,
        version=answers.version_wanted(call), remove=call.body.remove,
    )  # fmt: skip
    return _checked(saved)


@table.add("DELETE", "/drafts/{draft}", scopes=WRITE, status=204, errors=(409,))
async def discard_draft(call: Call) -> Reply:
    """Throw a draft away."""
    await call.service.firms.filing.discard(call.firm, call.ids["draft"])
    return Reply(status=204)


@table.add("POST", "/drafts/{draft}/submit", scopes=WRITE, answer=given.Submitted, tagged=True,
           status=201, errors=(409,))  # fmt: skip
async def submit_draft(call: Call) -> Reply:
    """Submit a draft: it becomes the declaration of the same id."""
    done = await call.service.firms.filing.submit(
        call.firm, call.ids["draft"], actor=call.actor, version=answers.version_wanted(call)
    )
    return submitted_reply(done.declaration, done.problems, 201)
