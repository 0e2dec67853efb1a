"""Steps of a declaration's life with what follows from them, inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gate.app.firms.errors import NotAllowedNow, UnknownRecord
from gate.core.filing.life import CLEARABLE, Side, all_given, may
from gate.store import declaration_events, declarations, fees, filing, gate_passes, slots
from gate.store.filing import FiledRow
from gate.store.pool import Connection
from schemas.declarations import (
    TRANSITIONS,
    Clearance,
    Clearances,
    DeclarationStatus,
)

_S = DeclarationStatus
_ENDED = frozenset({_S.REJECTED, _S.CANCELLED, _S.EXPIRED})
_MACHINE = "machine"


async def locked(connection: Connection, firm: UUID | None, declaration: UUID) -> FiledRow:
    """The declaration, kept as it is until the transaction ends; raises ``UnknownRecord``."""
    row = await filing.one(connection, firm, declaration, lock=True)
    if row is None:
        raise UnknownRecord("declaration")
    return row


async def take(
    connection: Connection,
    row: FiledRow,
    to: DeclarationStatus,
    side: Side,
    *,
    actor: str,
    at: datetime,
    reason: str = "",
) -> None:
    """Take one step; what was booked, issued or due ends with a declaration that ends.

    Raises:
        NotAllowedNow: its life has no such step, or it is not this side's.
    """
    current = DeclarationStatus(row.status)
    if to not in TRANSITIONS[current] or not may(current, to, side):
        raise NotAllowedNow(current.value, f"This declaration can't become {to.value} now")
    data: dict[str, Any] = {"reason": reason} if reason else {}
    await declarations.move(connection, row.id, to, actor=actor, at=at, data=data)
    if to in _ENDED:
        await filing.set_reason(connection, row.id, reason)
        if await slots.give_back(connection, row.id, actor, at):
            await filing.set_slot(connection, row.id, None, None, at)
        await gate_passes.revoke_all(
            connection, row.id, by=actor, reason=f"the declaration is {to.value}", at=at
        )
        await fees.void_all(connection, row.id, actor, at)


def words_of(row: FiledRow) -> Clearances:
    """The row's four words."""
    return Clearances(
        customs=Clearance(row.customs), border_guard=Clearance(row.border_guard),
        quarantine=Clearance(row.quarantine), fee=Clearance(row.fee),
    )  # fmt: skip


def as_texts(words: Clearances) -> dict[str, str]:
    """The four words as the table has them."""
    return {
        "customs": words.customs.value, "border_guard": words.border_guard.value,
        "quarantine": words.quarantine.value, "fee": words.fee.value,
    }  # fmt: skip


async def settle(
    connection: Connection, declaration: UUID, *, at: datetime, begun: bool = True
) -> None:
    """Bring the status in line with the four words after one of them changed.

    With a first word (``begun``) the clearing begins; with the last yes it is cleared; a yes
    that was taken back opens it again.
    """
    row = await locked(connection, None, declaration)
    given = all_given(words_of(row))
    if DeclarationStatus(row.status) not in CLEARABLE:
        return
    if row.status in (_S.ACCEPTED, _S.ARRIVED) and (begun or given):
        await take(connection, row, _S.CLEARING, Side.MACHINE, actor=_MACHINE, at=at)
        row = await locked(connection, None, declaration)
    if row.status == _S.CLEARING and given:
        await take(connection, row, _S.CLEARED, Side.MACHINE, actor=_MACHINE, at=at)
    elif row.status == _S.CLEARED and not given:
        await take(connection, row, _S.CLEARING, Side.MACHINE, actor=_MACHINE, at=at)


async def note(
    connection: Connection, row: FiledRow, kind: str, *, actor: str, at: datetime, **data: Any
) -> None:
    """Write an event beside the steps."""
    await declaration_events.note(connection, row.id, kind=kind, actor=actor, at=at, data=data)
