"""The register of devices: who may speak on which lane, with which key, and how they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store import lane_change
from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One registered device. ``secret`` is its HMAC key, locked in the database; ``kind`` is
    one of ``schemas.status.DeviceKind``.

    ``next_key_id`` and ``next_secret`` are a new key that it may change to, or empty.
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
    next_key_id: str = ""
    next_secret: bytes = b""
    boot: UUID | None = None
    version: str = ""
    key_at: datetime | None = None


async def all_devices(database: Database) -> tuple[DeviceRow, ...]:
    """The whole register, without retired devices."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM devices WHERE retired_at IS NULL ORDER BY lane_id, id"
        )
    return tuple(_row(row) for row in rows)


async def of_lane(database: Database, lane: str) -> tuple[DeviceRow, ...]:
    """The devices of one lane."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM devices WHERE lane_id = $1 AND retired_at IS NULL ORDER BY id", lane
        )
    return tuple(_row(row) for row in rows)


async def add_device(connection: Connection, device: DeviceRow) -> None:
    """Register a device; one that exists keeps its key."""
    await connection.execute(
        """INSERT INTO devices (lane_id, id, kind, key_id, secret) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (lane_id, id) DO NOTHING""",
        device.lane, device.id, device.kind, device.key_id, device.secret,
    )  # fmt: skip


async def one(connection: Connection, lane: str, device: str) -> DeviceRow | None:
    """One device that is not retired, held against other changes."""
    row = await connection.fetchrow(
        """SELECT * FROM devices WHERE lane_id = $1 AND id = $2 AND retired_at IS NULL
           FOR UPDATE""",
        lane, device,
    )  # fmt: skip
    return None if row is None else _row(row)


async def register(connection: Connection, device: DeviceRow, at: datetime) -> bool:
    """Register a device, also one that was retired; False where it is in use."""
    found = await connection.fetchval(
        """INSERT INTO devices (lane_id, id, kind, key_id, secret, key_at)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (lane_id, id) DO UPDATE SET kind = excluded.kind, key_id = excluded.key_id,
               secret = excluded.secret, key_at = excluded.key_at, retired_at = NULL,
               next_key_id = '', next_secret = NULL, online = false
           WHERE devices.retired_at IS NOT NULL RETURNING 1""",
        device.lane, device.id, device.kind, device.key_id, device.secret, at,
    )  # fmt: skip
    return found is not None


async def offer_key(
    connection: Connection, lane: str, device: str, key_id: str, secret: bytes
) -> None:
    """A new key beside the one in use: the device changes to it when it is ready."""
    await connection.execute(
        """UPDATE devices SET next_key_id = $3, next_secret = $4
           WHERE lane_id = $1 AND id = $2""",
        lane, device, key_id, secret,
    )  # fmt: skip


async def change_key(
    connection: Connection, lane: str, device: str, key_id: str, at: datetime
) -> None:
    """The offered key of this id is the device's key from now on; the old one is worth nothing."""
    await connection.execute(
        """UPDATE devices SET key_id = next_key_id, secret = next_secret, next_key_id = '',
               next_secret = NULL, key_at = $4
           WHERE lane_id = $1 AND id = $2 AND next_key_id = $3""",
        lane, device, key_id, at,
    )  # fmt: skip


async def retire(connection: Connection, lane: str, device: str, at: datetime) -> None:
    """The device may speak no more; its key is overwritten."""
    await connection.execute(
        """UPDATE devices SET retired_at = $3, online = false, secret = sha256(secret),
               next_key_id = '', next_secret = NULL WHERE lane_id = $1 AND id = $2""",
        lane, device, at,
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
    version: str = "",
) -> None:
    """What the device's heartbeat or its last will says."""
    async with database.connection() as connection:
        await connection.execute(
            """UPDATE devices SET online = $3, boot = $4, last_seen = $5, clock_trust = $6,
                   offset_ms = coalesce($7, offset_ms),
                   version = CASE WHEN $8 = '' THEN version ELSE $8 END
               WHERE lane_id = $1 AND id = $2""",
            lane, device, online, boot, at, trust, offset_ms, version,
        )  # fmt: skip
        await lane_change.tell(connection, lane)


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
        next_key_id=row["next_key_id"],
        next_secret=bytes(row["next_secret"] or b""),
        boot=row["boot"],
        version=row["version"],
        key_at=row["key_at"],
    )


async def last_key_id(connection: Connection, lane: str, device: str) -> str:
    """The key id of a device, retired or not; empty where there was none of this name."""
    found = await connection.fetchval(
        "SELECT key_id FROM devices WHERE lane_id = $1 AND id = $2", lane, device
    )
    return found or ""
