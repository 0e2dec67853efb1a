"""What a crossing needs beside the declaration: an hour, a pass, the fees; and its transits."""

from __future__ import annotations

from gate.app.firms import qr
from gate.app.firms.errors import UnknownRecord
from gate.store import firm_transits
from gate.store.gate_passes import PassRow
from gate.web.api import answers, cursors, given, taken
from gate.web.api.declarations import found
from gate.web.api.operations import Call, Reply, Table

table = Table("crossing")
_PASSES = ("passes.read", "slots.write")


@table.add("GET", "/slots", query=taken.SlotQuery, answer=given.Slots)
async def list_slots(call: Call) -> Reply:
    """The hours of a direction, at most a week of them, with what is free."""
    q = call.query
    rows = await call.service.firms.slots.between(q.direction, q.begin, q.end)
    return Reply(value=given.Slots(items=[given.Slot.model_validate(row) for row in rows]))


@table.add("POST", "/declarations/{declaration}/slot", scopes=("slots.write",),
           body=taken.Booking, answer=given.Declaration, tagged=True, errors=(409,))  # fmt: skip
async def book_slot(call: Call) -> Reply:
    """Book an hour in place of the one before: it becomes the window, and a pass is made."""
    row = await call.service.firms.slots.book(
        call.firm, call.ids["declaration"], call.body.starts_at, actor=call.actor
    )
    return answers.declaration(row)


@table.add("DELETE", "/declarations/{declaration}/slot", scopes=("slots.write",), status=204,
           errors=(409,))  # fmt: skip
async def give_slot_back(call: Call) -> Reply:
    """Give the booked hour back; the pass ends with it."""
    await call.service.firms.slots.give_back(call.firm, call.ids["declaration"], actor=call.actor)
    return Reply(status=204)


@table.add("GET", "/declarations/{declaration}/pass", scopes=_PASSES, answer=given.GatePass)
async def get_declaration_pass(call: Call) -> Reply:
    """The valid pass of a declaration."""
    row = await found(call)
    current = await call.service.firms.passes.current(call.scope, row.id)
    if current is None:
        raise UnknownRecord("pass")
    return Reply(value=shape(current))


@table.add("POST", "/declarations/{declaration}/pass", scopes=("slots.write",),
           answer=given.GatePass, status=201, errors=(409,))  # fmt: skip
async def issue_pass(call: Call) -> Reply:
    """Issue a new pass in place of the one before."""
    row = await call.service.firms.passes.issue(
        call.firm, call.ids["declaration"], actor=call.actor
    )
    headers = answers.location("passes", row.id)
    return Reply(value=shape(row), status=201, headers=headers)


@table.add("GET", "/passes", scopes=_PASSES, query=taken.PageQuery, answer=given.PassPage,
           paged=True)  # fmt: skip
async def list_passes(call: Call) -> Reply:
    """Passes that were not revoked, the newest first."""
    rows = await call.service.firms.passes.listing(
        call.scope, after=cursors.decode(call.query.cursor), most=call.query.limit + 1
    )
    return answers.page(call, given.PassPage, given.GatePass, rows, answers.by_time("issued_at"))


@table.add("GET", "/passes/{pass}", scopes=_PASSES, answer=given.GatePass)
async def get_pass(call: Call) -> Reply:
    """One pass."""
    return Reply(value=shape(await _pass(call)))


@table.add("GET", "/passes/{pass}/qr.svg", scopes=_PASSES, media="image/svg+xml")
async def get_pass_svg(call: Call) -> Reply:
    """The pass's QR code as SVG."""
    return Reply(value=qr.svg((await _pass(call)).text), media="image/svg+xml")


@table.add("GET", "/passes/{pass}/qr.png", scopes=_PASSES, media="image/png")
async def get_pass_png(call: Call) -> Reply:
    """The pass's QR code as PNG."""
    return Reply(value=qr.png((await _pass(call)).text), media="image/png")


@table.add("DELETE", "/passes/{pass}", scopes=("slots.write",), status=204, errors=(409,))
async def revoke_pass(call: Call) -> Reply:
    """Revoke a pass."""
    await call.service.firms.passes.revoke(
        call.firm, call.ids["pass"], "revoked by the firm", actor=call.actor
    )
    return Reply(status=204)


@table.add("GET", "/fees", scopes=("declarations.read", "declarations.write"),
           query=taken.PageQuery, answer=given.FeePage, paged=True)  # fmt: skip
async def list_fees(call: Call) -> Reply:
    """Fees that are due, the newest first."""
    rows = await call.service.firms.fees.due(
        call.scope, after=cursors.decode(call.query.cursor), most=call.query.limit + 1
    )
    return answers.page(call, given.FeePage, given.Fee, rows, answers.by_time("due_at"))


@table.add("GET", "/transits", scopes=("transits.read",), query=taken.PageQuery,
           answer=given.TransitPage, paged=True)  # fmt: skip
async def list_transits(call: Call) -> Reply:
    """Passages on the declarations, the newest first."""
    rows = await call.service.firms.filing.transits(
        call.scope, after=cursors.decode(call.query.cursor), most=call.query.limit + 1
    )
    return answers.page(call, given.TransitPage, given.Transit, rows, answers.by_time("began_at"))


@table.add("GET", "/transits/{transit}", scopes=("transits.read",), answer=given.Transit)
async def get_transit(call: Call) -> Reply:
    """One passage."""
    row = await firm_transits.one(call.service.database, call.scope, call.ids["transit"])
    if row is None:
        raise UnknownRecord("transit")
    return Reply(value=given.Transit.model_validate(row))


async def _pass(call: Call) -> PassRow:
    return await call.service.firms.passes.one(call.scope, call.ids["pass"])


def shape(row: PassRow) -> given.GatePass:
    """A pass as the API shows it."""
    return given.GatePass.model_validate(row)
