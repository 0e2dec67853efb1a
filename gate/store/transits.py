"""Transits, their decisions and the policies these refer to."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from config.policy_file import stored_policy
from gate.core.discretion import open_codes
from gate.store import watchlists
from gate.store.errors import PolicyChanged
from gate.store.plain import DECISION, INPUTS, POLICY, to_plain
from gate.store.pool import Connection, Database
from schemas.declarations import Direction
from schemas.policy import Policy
from schemas.transit import Decision, DecisionInputs, TransitEnd


async def begin(
    connection: Connection, transit: UUID, lane: str, direction: Direction, at: datetime
) -> None:
    """A vehicle came to the lane. A lane has one open transit: the index refuses a second."""
    await connection.execute(
        "INSERT INTO transits (id, lane_id, direction, began_at) VALUES ($1, $2, $3, $4)",
        transit, lane, direction.value, at,
    )  # fmt: skip


async def finish(connection: Connection, transit: UUID, how: TransitEnd, at: datetime) -> None:
    """End the transit; one that has ended keeps its end."""
    await connection.execute(
        "UPDATE transits SET ended_at = $3, ended = $2 WHERE id = $1 AND ended_at IS NULL",
        transit, how.value, at,
    )  # fmt: skip


async def call_officer(connection: Connection, transit: UUID, why: str, at: datetime) -> None:
    """Note since when and why the truck is with the officer."""
    await connection.execute(
        "UPDATE transits SET called_at = $3, called_why = $2 WHERE id = $1", transit, why, at
    )


async def add_decision(
    connection: Connection,
    *,
    decision_id: UUID,
    transit: UUID,
    at: datetime,
    actor: str,
    decision: Decision,
    inputs: DecisionInputs,
    ms: int,
    note: str = "",
) -> None:
    """Store a decision with all it depended on, and make it the transit's current one.

    ``codes`` is for lists that everybody sees: what is restricted stands as REFERRED there.
    """
    await connection.execute(
        """INSERT INTO decisions (id, transit_id, at, actor, outcome, codes, declaration_id,
               policy_hash, inputs, decision, ms, note)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        decision_id, transit, at, actor, decision.outcome.value,
        list(open_codes(decision.reasons)), decision.declaration, inputs.policy,
        to_plain(INPUTS, inputs), to_plain(DECISION, decision), ms, note,
    )  # fmt: skip
    await connection.execute(
        """UPDATE transits SET outcome = $2, plate = $3, declaration_id = $4, decision_id = $5,
               by_officer = by_officer OR $6 WHERE id = $1""",
        transit, decision.outcome.value, decision.plate, decision.declaration, decision_id,
        actor != "machine",
    )  # fmt: skip
    entries = {
        UUID(value)
        for reason in decision.reasons
        if reason.code.startswith("WATCHLIST_")
        for name, value in reason.facts
        if name == "entry"
    }
    if entries:
        await watchlists.note_hits(connection, entries, transit, at)


async def keep_policy(database: Database, policy: Policy, policy_hash: str) -> None:
    """Store a policy under its hash, so that its decisions can be replayed for ever."""
    async with database.connection() as connection:
        await connection.execute(
            """INSERT INTO policies (hash, name, version, canonical) VALUES ($1, $2, $3, $4)
               ON CONFLICT (hash) DO NOTHING""",
            policy_hash, policy.name, policy.version, to_plain(POLICY, policy),
        )  # fmt: skip


async def policy_by_hash(database: Database, policy_hash: str) -> Policy | None:
    """The policy with this hash, or None; ``PolicyChanged`` where it was changed since."""
    async with database.connection() as connection:
        plain = await connection.fetchval(
            "SELECT canonical FROM policies WHERE hash = $1", policy_hash
        )
    if plain is None:
        return None
    policy = stored_policy(plain, policy_hash)
    if policy is None:
        raise PolicyChanged(
            f"policy {policy_hash} was changed in the database: what stands there now has another "
            "hash; put it right from a backup or from its file"
        )
    return policy


async def latest_decision(
    database: Database, transit: UUID
) -> tuple[UUID, Decision, DecisionInputs] | None:
    """The transit's newest decision with its inputs."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            """SELECT id, decision, inputs FROM decisions WHERE transit_id = $1
               ORDER BY at DESC, id DESC LIMIT 1""",
            transit,
        )
    if row is None:
        return None
    return (
        row["id"],
        DECISION.validate_python(row["decision"]),
        INPUTS.validate_python(row["inputs"]),
    )


async def machine_decisions(
    database: Database, transits: tuple[UUID, ...] | None, since: datetime | None
) -> list[dict[str, Any]]:
    """Decisions made by the machine, of these transits or since that time, oldest first.

    Those of which something was erased can't be made again, and are left out.
    """
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT id, transit_id, at, inputs, decision, policy_hash FROM decisions
               WHERE actor = 'machine' AND ($1::uuid[] IS NULL OR transit_id = ANY($1))
                 AND ($2::timestamptz IS NULL OR at >= $2)
                 AND NOT EXISTS (SELECT FROM erasures r WHERE r.decision_id = decisions.id)
               ORDER BY at, id""",
            None if transits is None else list(transits), since,
        )  # fmt: skip
    return [dict(row) for row in rows]


async def decisions_before(
    database: Database, since: datetime, before: tuple[datetime, UUID] | None, most: int
) -> list[dict[str, Any]]:
    """A page of the machine's decisions since then, newest first, for those who look at many."""
    at, last = before or (None, None)
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT id, transit_id, at, inputs, decision, policy_hash FROM decisions
               WHERE actor = 'machine' AND at >= $1
                 AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3))
                 AND NOT EXISTS (SELECT FROM erasures r WHERE r.decision_id = decisions.id)
               ORDER BY at DESC, id DESC LIMIT $4""",
            since, at, last, most,
        )  # fmt: skip
    return [dict(row) for row in rows]


async def direction_of(database: Database, lane: str) -> Direction:
    """The lane's direction; raises ``LookupError`` for an unknown lane."""
    async with database.connection() as connection:
        found = await connection.fetchval("SELECT direction FROM lanes WHERE id = $1", lane)
    if found is None:
        raise LookupError(f"no lane {lane}")
    return Direction(found)


async def one(database: Database, transit: UUID) -> dict[str, Any] | None:
    """The transit's row, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM transits WHERE id = $1", transit)
    return None if row is None else dict(row)


async def recent(database: Database, lane: str, most: int) -> list[dict[str, Any]]:
    """The lane's last transits that have ended, newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT t.id, t.began_at, t.ended_at, t.ended, t.outcome, t.plate, t.by_officer,
                   d.number AS declaration, x.codes
               FROM transits t LEFT JOIN declarations d ON d.id = t.declaration_id
               LEFT JOIN decisions x ON x.id = t.decision_id
               WHERE t.lane_id = $1 AND t.ended_at IS NOT NULL
               ORDER BY t.began_at DESC LIMIT $2""",
            lane, most,
        )  # fmt: skip
    return [dict(row) for row in rows]


async def events_of(database: Database, transit: UUID) -> list[dict[str, Any]]:
    """Everything that happened in the transit, in order."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT number, at, kind, data, effects FROM transit_events
               WHERE transit_id = $1 ORDER BY number""",
            transit,
        )
    return [dict(row) for row in rows]


async def decisions_of(database: Database, transit: UUID) -> list[dict[str, Any]]:
    """The transit's decisions, in order."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT id, at, actor, outcome, codes, decision, policy_hash, ms, note
               FROM decisions WHERE transit_id = $1 ORDER BY at, id""",
            transit,
        )
    return [dict(row) for row in rows]
