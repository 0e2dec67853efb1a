"""What vouches for one transit: its steps and their entries in the lane's chain, and anchors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gate.core.audit import Entry, lane_chain
from gate.store.audit_check import STEPS, hash_of_step
from gate.store.pool import Database


async def steps(database: Database, lane: str, transit: UUID) -> list[dict[str, Any]]:
    """The transit's steps: number, time, kind, what they hash to now, whether all is there
    still, and the entry that vouches for each (None where the chain began later).
    """
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"{STEPS} WHERE e.lane_id = $1 AND e.transit_id = $2 ORDER BY e.number", lane, transit
        )
        entries = await connection.fetch(
            """SELECT chain, number, at, actor, action, subject, data_hash, previous, hash
               FROM audit_events WHERE chain = $1 AND subject = ANY($2)""",
            lane_chain(lane), [f"step/{row['number']}" for row in rows],
        )  # fmt: skip
    vouched = {int(e["subject"].rpartition("/")[2]): Entry(**dict(e)) for e in entries}
    return [
        {"number": row["number"], "at": row["at"], "kind": row["kind"],
         "hash": hash_of_step(row), "erased": bool(row["erased"]),
         "entry": vouched.get(row["number"])}
        for row in rows
    ]  # fmt: skip


async def stretch(database: Database, chain: str, first: int, last: int) -> list[Entry]:
    """The entries of a chain from ``first`` to ``last`` and the one before them."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT chain, number, at, actor, action, subject, data_hash, previous, hash
               FROM audit_events WHERE chain = $1 AND number BETWEEN $2 AND $3 ORDER BY number""",
            chain, first - 1, last,
        )  # fmt: skip
    return [Entry(**dict(row)) for row in rows]


async def anchor_after(database: Database, chain: str, number: int) -> dict[str, Any] | None:
    """The first signed anchor whose head of this chain is at or after the entry; None without."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            """SELECT a.number, a.body, a.key_id, a.signature, head->>'hash' AS head,
                   (head->>'number')::bigint AS at_number
               FROM audit_anchors a, jsonb_array_elements(a.body->'heads') AS head
               WHERE head->>'chain' = $1 AND (head->>'number')::bigint >= $2
               ORDER BY a.number LIMIT 1""",
            chain, number,
        )  # fmt: skip
    return None if row is None else dict(row)
