"""Acts that wait for their second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An act that one person wants; ``data`` is what the act is about."""

    id: UUID
    act: str
    data: dict[str, Any]
    proposed_by: str
    at: datetime
    until: datetime
    state: str = "open"
    second: str = ""


async def add(connection: Connection, proposal: Proposal) -> None:
    """Keep a proposal."""
    await connection.execute(
        """INSERT INTO proposals (id, act, data, proposed_by, at, until)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        proposal.id, proposal.act, proposal.data, proposal.proposed_by, proposal.at, proposal.until,
    )  # fmt: skip


async def one(connection: Connection, proposal: UUID) -> Proposal | None:
    """A proposal, held against others until the transaction ends."""
    row = await connection.fetchrow("SELECT * FROM proposals WHERE id = $1 FOR UPDATE", proposal)
    return None if row is None else _proposal(row)


async def decide(
    connection: Connection, proposal: UUID, state: str, second: str, at: datetime
) -> None:
    """End an open proposal: done, rejected or withdrawn."""
    await connection.execute(
        """UPDATE proposals SET state = $2, second = $3, decided_at = $4
           WHERE id = $1 AND state = 'open'""",
        proposal, state, second, at,
    )  # fmt: skip


async def open_ones(database: Database, now: datetime) -> tuple[Proposal, ...]:
    """All that can still be confirmed, oldest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM proposals WHERE state = 'open' AND until > $1 ORDER BY at, id", now
        )
    return tuple(_proposal(row) for row in rows)


async def forget(connection: Connection, now: datetime) -> int:
    """Delete what has ended or lapsed; the audit keeps what was done."""
    rows = await connection.fetch(
        "DELETE FROM proposals WHERE state <> 'open' OR until <= $1 RETURNING 1", now
    )
    return len(rows)


def _proposal(row: Any) -> Proposal:
    return Proposal(
        id=row["id"], act=row["act"], data=row["data"], proposed_by=row["proposed_by"],
        at=row["at"], until=row["until"], state=row["state"], second=row["second"],
    )  # fmt: skip
