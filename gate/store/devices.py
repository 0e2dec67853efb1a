"""The register of devices: who may speak on which lane, with which key, and how they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One registered device. ``secret`` is its HMAC key; ``kind`` is one of
    ``schemas.status.DeviceKind``.
    """

    lane: str
    id: str
    kind: str
    key_id: str
    secret: bytes
    online: bool = False
    offset_ms: int | None = None
    clock_trust: str = "unset"
    last_seen: datetime | None = None


async def all_devices(database: Database) -> tuple[DeviceRow, ...]:
    """The whole register."""
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT * FROM devices ORDER BY lane_id, id")
    return tuple(_row(row) for row in rows)


async def of_lane(database: Database, lane: str) -> tuple[DeviceRow, ...]:
    """The devices of one lane."""
    async with database.connection() as connection:
        rows = await connection.fetch("SELECT * FROM devices WHERE lane_id = $1 ORDER BY id", lane)
    return tuple(_row(row) for row in rows)


async def add_device(connection: Connection, device: DeviceRow) -> None:
    """Register a device; one that exists keeps its key."""
    await connection.execute(
        """INSERT INTO devices (lane_id, id, kind, key_id, secret) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (lane_id, id) DO NOTHING""",
        device.lane, device.id, device.kind, device.key_id, device.secret,
    )  # fmt: skip


async def note_status(
    database: Database,
    lane: str,
    device: str,
    *,
    online: bool,
    boot: UUID,
    offset_ms: int | None,
    trust: str,
    at: datetime,
) -> None:
    """What the device's heartbeat or its last will says."""
    async with database.connection() as connection:
        await connection.execute(
            """UPDATE devices SET online = $3, boot = $4, last_seen = $5, clock_trust = $6,
                   offset_ms = coalesce($7, offset_ms) WHERE lane_id = $1 AND id = $2""",
            lane, device, online, boot, at, trust, offset_ms,
        )  # fmt: skip
        await connection.execute("SELECT pg_notify('gate_lane', $1)", lane)


def _row(row: Any) -> DeviceRow:
    return DeviceRow(
        lane=row["lane_id"],
        id=row["id"],
        kind=row["kind"],
        key_id=row["key_id"],
        secret=bytes(row["secret"]),
        online=row["online"],
        offset_ms=row["offset_ms"],
        clock_trust=row["clock_trust"],
        last_seen=row["last_seen"],
    )
