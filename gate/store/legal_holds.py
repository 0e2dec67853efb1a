"""Legal holds: what must not be deleted while a case is open, by transit or by plate."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store import audit
from gate.store.pool import Connection, Database


async def add(
    connection: Connection,
    *,
    hold: UUID,
    kind: str,
    value: str,
    reason: str,
    by: str,
    at: datetime,
) -> None:
    """Put a hold on a transit (its id) or a plate (its look-alike key)."""
    await connection.execute(
        """INSERT INTO legal_holds (id, kind, value, reason, since, by)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        hold, kind, value, reason, at, by,
    )  # fmt: skip
    await audit.administer(
        connection, at=at, actor=by, action="legal_hold", subject=str(hold),
        data={"kind": kind, "value": value, "reason": reason},
    )  # fmt: skip


async def end(connection: Connection, hold: UUID, by: str, second: str, at: datetime) -> bool:
    """Lift a hold; False where it is none, or was lifted."""
    found = await connection.fetchval(
        """UPDATE legal_holds SET ended_at = $2, ended_by = $3, second = $4
           WHERE id = $1 AND ended_at IS NULL RETURNING 1""",
        hold, at, by, second,
    )  # fmt: skip
    if found is None:
        return False
    await audit.administer(
        connection, at=at, actor=by, action="legal_hold_end", subject=str(hold),
        data={"second": second},
    )  # fmt: skip
    return True


async def standing(database: Database) -> list[dict[str, Any]]:
    """All holds that stand, newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM legal_holds WHERE ended_at IS NULL ORDER BY since DESC"
        )
    return [dict(row) for row in rows]
