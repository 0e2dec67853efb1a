"""Appointments: how many trucks an hour takes, and who booked it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gate.store.pool import Connection, Database

LENGTH = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRow:
    """One hour of one direction; ``free`` is 0 where it is closed or full."""

    starts_at: datetime
    capacity: int
    booked: int
    closed: bool

    @property
    def ends_at(self) -> datetime:
        """When the hour is over."""
        return self.starts_at + LENGTH

    @property
    def free(self) -> int:
        """How many more trucks may book."""
        return 0 if self.closed else max(0, self.capacity - self.booked)


async def between(
    database: Database, gate: str, direction: str, begin: datetime, end: datetime, usual: int
) -> list[SlotRow]:
    """The hours from ``begin`` and before ``end``; ``usual`` where no capacity is set."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT h AS starts_at, coalesce(s.capacity, c.capacity, $5) AS capacity,
                   coalesce(s.booked, 0) AS booked, coalesce(s.closed, false) AS closed
               FROM generate_series($3::timestamptz, $4::timestamptz - interval '1 hour',
                                    interval '1 hour') h
               LEFT JOIN slots s ON s.gate = $1 AND s.direction = $2 AND s.starts_at = h
               LEFT JOIN slot_capacity c ON c.gate = $1 AND c.direction = $2
                    AND c.hour = extract(hour FROM h AT TIME ZONE 'UTC')
               ORDER BY h""",
            gate, direction, begin, end, usual,
        )  # fmt: skip
    return [SlotRow(**dict(row)) for row in rows]


async def _make(
    connection: Connection, gate: str, direction: str, starts_at: datetime, usual: int
) -> None:
    await connection.execute(
        """INSERT INTO slots (gate, direction, starts_at, capacity)
           VALUES ($1, $2, $3, coalesce((SELECT capacity FROM slot_capacity WHERE gate = $1
               AND direction = $2 AND hour = extract(hour FROM $3 AT TIME ZONE 'UTC')), $4))
           ON CONFLICT DO NOTHING""",
        gate, direction, starts_at, usual,
    )  # fmt: skip


async def hold(
    connection: Connection, gate: str, direction: str, times: list[datetime], usual: int
) -> None:
    """Lock hours in the order of time, so that two who swap hours don't wait for each other."""
    for starts_at in sorted(times):
        await _make(connection, gate, direction, starts_at, usual)
        await connection.execute(
            """SELECT 1 FROM slots WHERE gate = $1 AND direction = $2 AND starts_at = $3
               FOR UPDATE""",
            gate, direction, starts_at,
        )  # fmt: skip


async def take(
    connection: Connection, gate: str, direction: str, starts_at: datetime, usual: int
) -> str:
    """Count a booking into the hour: empty where done, else ``full`` or ``closed``.

    The one UPDATE checks and counts under the row's lock: the hour can't be overbooked.
    """
    await _make(connection, gate, direction, starts_at, usual)
    done = await connection.fetchval(
        """UPDATE slots SET booked = booked + 1 WHERE gate = $1 AND direction = $2
             AND starts_at = $3 AND NOT closed AND booked < capacity RETURNING 1""",
        gate, direction, starts_at,
    )  # fmt: skip
    if done is not None:
        return ""
    closed = await connection.fetchval(
        "SELECT closed FROM slots WHERE gate = $1 AND direction = $2 AND starts_at = $3",
        gate, direction, starts_at,
    )  # fmt: skip
    return "closed" if closed else "full"


async def book(
    connection: Connection,
    *,
    booking: UUID,
    declaration: UUID,
    gate: str,
    direction: str,
    starts_at: datetime,
    by: str,
    at: datetime,
) -> None:
    """Note whose booking was counted in."""
    await connection.execute(
        """INSERT INTO slot_bookings (id, declaration_id, gate, direction, starts_at, booked_at,
               booked_by) VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        booking, declaration, gate, direction, starts_at, at, by,
    )  # fmt: skip


async def give_back(connection: Connection, declaration: UUID, by: str, at: datetime) -> bool:
    """End the declaration's booking and free its place; False where it has none."""
    row = await connection.fetchrow(
        """UPDATE slot_bookings SET ended_at = $2, ended_by = $3
           WHERE declaration_id = $1 AND ended_at IS NULL RETURNING gate, direction, starts_at""",
        declaration, at, by,
    )  # fmt: skip
    if row is None:
        return False
    await connection.execute(
        """UPDATE slots SET booked = booked - 1
           WHERE gate = $1 AND direction = $2 AND starts_at = $3""",
        row["gate"], row["direction"], row["starts_at"],
    )  # fmt: skip
    return True


async def set_capacity(
    connection: Connection, gate: str, direction: str, hour: int, capacity: int, now: datetime
) -> None:
    """Set what an hour of the day (UTC) takes from now on; hours that lie ahead follow."""
    await connection.execute(
        """INSERT INTO slot_capacity (gate, direction, hour, capacity) VALUES ($1, $2, $3, $4)
           ON CONFLICT (gate, direction, hour) DO UPDATE SET capacity = excluded.capacity""",
        gate, direction, hour, capacity,
    )  # fmt: skip
    await connection.execute(
        """UPDATE slots SET capacity = $4 WHERE gate = $1 AND direction = $2 AND starts_at > $5
             AND extract(hour FROM starts_at AT TIME ZONE 'UTC') = $3""",
        gate, direction, hour, capacity, now,
    )  # fmt: skip


async def set_closed(
    connection: Connection,
    gate: str,
    direction: str,
    starts_at: datetime,
    *,
    closed: bool,
    usual: int,
) -> None:
    """Close an hour for bookings, or open it again; bookings that were made stay."""
    await _make(connection, gate, direction, starts_at, usual)
    await connection.execute(
        "UPDATE slots SET closed = $4 WHERE gate = $1 AND direction = $2 AND starts_at = $3",
        gate, direction, starts_at, closed,
    )  # fmt: skip
