"""What referred trucks are inspected for: tasks that officers tick off, kept for the transit."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store import audit, lane_change
from gate.store.pool import Connection, Database

_SELECT = """SELECT k.*, t.lane_id, t.plate, t.ended_at, t.ended
    FROM inspection_tasks k JOIN transits t ON t.id = k.transit_id"""


async def add(
    connection: Connection,
    lane: str,
    transit: UUID,
    tasks: list[tuple[UUID, str, str]],
    by: str,
    at: datetime,
) -> list[UUID]:
    """Ask for tasks (id, code, own words); those already asked for stay as they are.

    Only for the transit under way at the lane. Returns the ids of the new ones.
    Call it inside a transaction.
    """
    added: list[UUID] = []
    for task, code, words in tasks:
        new = await connection.fetchval(
            """INSERT INTO inspection_tasks (id, transit_id, code, words, asked_at, asked_by)
               SELECT $1, t.id, $3, $4, $5, $6 FROM transits t
               WHERE t.id = $2 AND t.lane_id = $7 AND t.ended_at IS NULL
               ON CONFLICT DO NOTHING RETURNING id""",
            task, transit, code, words, at, by, lane,
        )  # fmt: skip
        added += [] if new is None else [new]
    return added


async def withdraw(connection: Connection, tasks: list[UUID]) -> None:
    """Take back tasks of a referral that did not come about."""
    await connection.execute(
        "DELETE FROM inspection_tasks WHERE id = ANY($1) AND done_at IS NULL", tasks
    )


async def finish(
    connection: Connection,
    task: UUID,
    *,
    passed: bool,
    note: str,
    by: str,
    at: datetime,
    lanes: tuple[str, ...] | None,
) -> str | None:
    """Tick a task off with its result; the lane, or None where it is done, unknown or not theirs.

    ``lanes`` are those of the officer (None: all). Call it inside a transaction.
    """
    result = "passed" if passed else "failed"
    row = await connection.fetchrow(
        """UPDATE inspection_tasks k SET done_at = $2, done_by = $3, result = $4, note = $5
           FROM transits t WHERE k.id = $1 AND k.done_at IS NULL AND t.id = k.transit_id
             AND ($6::text[] IS NULL OR t.lane_id = ANY($6))
           RETURNING t.lane_id, k.code, k.transit_id""",
        task, at, by, result, note, None if lanes is None else list(lanes),
    )  # fmt: skip
    if row is None:
        return None
    await audit.administer(
        connection, at=at, actor=by, action="inspection_done", subject=str(task),
        data={"transit": str(row["transit_id"]), "code": row["code"], "result": result,
              "note": note},
    )  # fmt: skip
    await lane_change.tell(connection, row["lane_id"])
    lane: str = row["lane_id"]
    return lane


async def open_tasks(database: Database, lanes: tuple[str, ...] | None) -> list[dict[str, Any]]:
    """Tasks of these lanes (None: all) that nobody has ticked off, oldest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""{_SELECT} WHERE k.done_at IS NULL AND ($1::text[] IS NULL OR t.lane_id = ANY($1))
                ORDER BY k.asked_at, k.transit_id, k.code LIMIT 500""",
            None if lanes is None else list(lanes),
        )  # fmt: skip
    return [dict(row) for row in rows]


async def of_transit(database: Database, transit: UUID) -> list[dict[str, Any]]:
    """All tasks of one transit, in the order asked."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"{_SELECT} WHERE k.transit_id = $1 ORDER BY k.asked_at, k.code, k.words", transit
        )
    return [dict(row) for row in rows]


async def counts(database: Database) -> dict[str, int]:
    """Open tasks by lane."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT t.lane_id, count(*) AS n FROM inspection_tasks k
               JOIN transits t ON t.id = k.transit_id WHERE k.done_at IS NULL GROUP BY t.lane_id"""
        )
    return {row["lane_id"]: row["n"] for row in rows}
