"""What other systems of the gate do: accept, reject, clear, note payments."""

from __future__ import annotations

from gate.app.firms.clearances import AUTHORITIES
from gate.web.api import answers, given, taken
from gate.web.api.operations import Call, Reply, Table
from gate.web.api.problem import ApiError

table = Table("authorities")
WRITE = ("clearances.write",)


def _only_systems(call: Call) -> None:
    if call.scope is not None:
        raise ApiError(403, "system_only", "This is for keys of the gate's systems.")


@table.add("POST", "/declarations/{declaration}/accept", scopes=WRITE,
           answer=given.Declaration, tagged=True, errors=(409,))  # fmt: skip
async def accept_declaration(call: Call) -> Reply:
    """Accept a submitted declaration (keys of systems)."""
    _only_systems(call)
    return answers.declaration(
        await call.service.firms.clearances.accept(call.ids["declaration"], actor=call.actor)
    )


@table.add("POST", "/declarations/{declaration}/reject", scopes=WRITE, body=taken.Because,
           answer=given.Declaration, tagged=True, errors=(409,))  # fmt: skip
async def reject_declaration(call: Call) -> Reply:
    """Reject a submitted declaration (keys of systems)."""
    _only_systems(call)
    return answers.declaration(
        await call.service.firms.clearances.reject(
            call.ids["declaration"], call.body.reason, actor=call.actor
        )
    )


@table.add("POST", "/declarations/{declaration}/clearances/{authority}", scopes=WRITE,
           body=taken.ClearanceIn, answer=given.Declaration, tagged=True,
           errors=(409,))  # fmt: skip
async def set_clearance(call: Call) -> Reply:
    """Give the word of customs, border_guard or quarantine (keys of systems)."""
    _only_systems(call)
    authority = call.names["authority"]
    if authority not in AUTHORITIES:
        raise ApiError(404, "not_found", "There is no such authority.")
    return answers.declaration(
        await call.service.firms.clearances.set_clearance(
            call.ids["declaration"], authority, call.body.value, actor=call.actor,
            note=call.body.note,
        )
    )  # fmt: skip


@table.add("POST", "/fees/{fee}/payment", scopes=WRITE, body=taken.Payment, status=204,
           errors=(409,))  # fmt: skip
async def note_payment(call: Call) -> Reply:
    """Note that a fee was paid (keys of systems)."""
    _only_systems(call)
    await call.service.firms.fees.pay(
        call.ids["fee"], actor=call.actor, reference=call.body.reference
    )
    return Reply(status=204)


@table.add("POST", "/fees/{fee}/return", scopes=WRITE, body=taken.Payment, status=204,
           errors=(409,))  # fmt: skip
async def note_return(call: Call) -> Reply:
    """Note that a credit was paid back (keys of systems)."""
    _only_systems(call)
    await call.service.firms.fees.pay_back(
        call.ids["fee"], actor=call.actor, reference=call.body.reference
    )
    return Reply(status=204)
