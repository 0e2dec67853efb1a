"""Lanes in the database: their state, their lease, and the one transaction of a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gate.core.audit import lane_chain
from gate.core.lane.state import Lane
from gate.store import audit, lane_change
from gate.store.errors import LeaseLost
from gate.store.plain import LANE, to_plain
from gate.store.pool import Connection, Database
from schemas.declarations import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRow:
    """A lane as registered, beside its state (None before its first step)."""

    id: str
    name: str
    direction: Direction
    state: Lane | None
    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to write a lane: valid while the token in the database is this one."""

    lane: str
    holder: str
    token: int


async def all_lanes(database: Database) -> tuple[LaneRow, ...]:
    """Every lane of the gate, by id."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT id, name, direction, state, token FROM lanes ORDER BY id"
        )
    return tuple(_row(row) for row in rows)


async def add_lane(connection: Connection, lane: str, name: str, direction: Direction) -> None:
    """Register a lane; one that exists is left as it is."""
    await connection.execute(
        "INSERT INTO lanes (id, name, direction) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
        lane,
        name,
        direction.value,
    )


async def rename(connection: Connection, lane: str, name: str) -> bool:
    """Give a lane another name; False where there is none."""
    found = await connection.fetchval(
        "UPDATE lanes SET name = $2 WHERE id = $1 RETURNING 1", lane, name
    )
    return found is not None


async def take_lease(
    database: Database, lane: str, holder: str, now: datetime, length: timedelta
) -> Lease | None:
    """Take the lane if it is free, expired, or ours; None where another holds it.

    The token grows with every taking, so that what an earlier holder still sends is
    refused by the database and by the barrier.
    """
    async with database.connection() as connection:
        token = await connection.fetchval(
            """UPDATE lanes SET holder = $2, token = token + 1, lease_until = $3::timestamptz + $4
               WHERE id = $1 AND (holder = $2 OR holder = '' OR lease_until < $3)
               RETURNING token""",
            lane,
            holder,
            now,
            length,
        )
    return None if token is None else Lease(lane=lane, holder=holder, token=token)


async def renew_lease(database: Database, lease: Lease, now: datetime, length: timedelta) -> None:
    """Extend the lease; raises ``LeaseLost`` where the lane has another holder."""
    async with database.connection() as connection:
        found = await connection.fetchval(
            """UPDATE lanes SET lease_until = $3::timestamptz + $4
               WHERE id = $1 AND token = $2 RETURNING 1""",
            lease.lane,
            lease.token,
            now,
            length,
        )
    if found is None:
        raise LeaseLost(f"lane {lease.lane} is held by another process")


async def give_back(database: Database, lease: Lease) -> None:
    """End the lease early, so that another process can take the lane at once."""
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE lanes SET holder = '' WHERE id = $1 AND token = $2", lease.lane, lease.token
        )


async def load_state(database: Database, lane: str) -> Lane | None:
    """The lane's state as last committed."""
    async with database.connection() as connection:
        state = await connection.fetchval("SELECT state FROM lanes WHERE id = $1", lane)
    return None if state is None else LANE.validate_python(state)


async def save_step(
    connection: Connection,
    lease: Lease,
    state: Lane,
    event: dict[str, Any],
    kind: str,
    effects: list[Any],
    at: datetime,
    transit: UUID | None,
    *,
    actor: str,
    decision: str = "",
) -> int:
    """Write the new state, append the event and its audit entry; returns the event's number.

    ``decision`` is the hash of the decision stored with this step, or empty. Call it inside
    the step's transaction. Raises ``LeaseLost`` where the token is not the current one: then
    nothing of the transaction must be committed.
    """
    token = await connection.fetchval(
        "UPDATE lanes SET state = $3 WHERE id = $1 AND token = $2 RETURNING token",
        lease.lane,
        lease.token,
        to_plain(LANE, state),
    )
    if token is None:
        raise LeaseLost(f"lane {lease.lane} is held by another process")
    # The UPDATE above holds the lane's row: numbers are given out one at a time.
    number: int = await connection.fetchval(
        """INSERT INTO transit_events (lane_id, number, transit_id, at, kind, data, effects, token)
           SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7
           FROM transit_events WHERE lane_id = $1 RETURNING number""",
        lease.lane,
        transit,
        at,
        kind,
        event,
        effects,
        lease.token,
    )
    data_hash = audit.step_hash(
        lane=lease.lane, number=number, transit=transit, at=at, kind=kind, data=event,
        effects=effects, token=lease.token, decision=decision,
        picture=await _picture(connection, kind, event),
    )  # fmt: skip
    await audit.append(
        connection, lane_chain(lease.lane), at=at, actor=actor, action=kind,
        subject=f"step/{number}", data_hash=data_hash,
    )  # fmt: skip
    await lane_change.tell(connection, lease.lane)
    return number


async def _picture(connection: Connection, kind: str, event: dict[str, Any]) -> str:
    """The hash of the picture that the step is about, so that the chain vouches for it."""
    if kind != "capture_stored":
        return ""
    found = await connection.fetchval(
        "SELECT sha256 FROM captures WHERE id = $1", UUID(event["capture"])
    )
    return found or ""


def _row(row: Any) -> LaneRow:
    return LaneRow(
        id=row["id"],
        name=row["name"],
        direction=Direction(row["direction"]),
        state=None if row["state"] is None else LANE.validate_python(row["state"]),
        token=row["token"],
    )
