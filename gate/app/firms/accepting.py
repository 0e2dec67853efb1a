"""Accepting a declaration: the fees become due and the authorities may begin."""

from __future__ import annotations

from datetime import datetime

from gate.app.firms import steps
from gate.app.firms.fees import FeeDesk
from gate.core.filing.life import Side
from gate.store.filing import FiledRow
from gate.store.pool import Connection
from schemas.declarations import DeclarationStatus


async def accept(
    connection: Connection, row: FiledRow, fees: FeeDesk, *, side: Side, actor: str, at: datetime
) -> None:
    """Accept the locked declaration; raises ``NotAllowedNow``."""
    await steps.take(connection, row, DeclarationStatus.ACCEPTED, side, actor=actor, at=at)
    await fees.charge(connection, row, at=at)
    await steps.settle(connection, row.id, at=at, begun=False)
