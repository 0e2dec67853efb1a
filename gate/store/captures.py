"""Captures, their readings, and payloads that were refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.plain import READING, to_plain
from gate.store.pool import Connection, Database
from schemas.readings import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """One stored picture. Times are UTC; ``device_at`` is by the device's own clock."""

    id: UUID
    lane: str
    device: str
    role: str
    sha256: str
    media: str
    bytes: int
    width: int
    height: int
    device_at: datetime
    received_at: datetime
    boot: UUID
    seq: int
    burst: UUID
    shot: int
    trigger: str
    clock_doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCapture:
    """A stored picture that still waits for its reading."""

    id: UUID
    lane: str
    role: str
    sha256: str
    received_at: datetime


async def add_capture(database: Database, row: CaptureRow) -> bool:
    """Store a capture; False where its id is known already (a redelivery)."""
    async with database.connection() as connection:
        added = await connection.fetchval(
            """INSERT INTO captures (id, lane_id, device, role, sha256, media, bytes, width, height,
                   device_at, received_at, boot, seq, burst, shot, trigger, clock_doubt)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
               ON CONFLICT (id) DO NOTHING RETURNING 1""",
            row.id, row.lane, row.device, row.role, row.sha256, row.media, row.bytes, row.width,
            row.height, row.device_at, row.received_at, row.boot, row.seq, row.burst, row.shot,
            row.trigger, row.clock_doubt,
        )  # fmt: skip
    return added is not None


async def same_capture(database: Database, capture: UUID, sha256: str) -> bool:
    """True where the stored capture of this id has this picture."""
    async with database.connection() as connection:
        stored = await connection.fetchval("SELECT sha256 FROM captures WHERE id = $1", capture)
    return bool(stored == sha256)


async def pending(database: Database, lanes: tuple[str, ...]) -> tuple[PendingCapture, ...]:
    """Captures of these lanes that no reading has ended, oldest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT id, lane_id, role, sha256, received_at FROM captures
               WHERE status = 'pending' AND lane_id = ANY($1) ORDER BY received_at""",
            list(lanes),
        )
    return tuple(
        PendingCapture(
            id=r["id"], lane=r["lane_id"], role=r["role"], sha256=r["sha256"],
            received_at=r["received_at"],
        )
        for r in rows
    )  # fmt: skip


async def save_readings(
    database: Database,
    capture: UUID,
    readings: tuple[tuple[UUID, Reading], ...],
    failure: tuple[str, str],
    quality: dict[str, Any] | None,
    at: datetime,
) -> bool:
    """End a pending capture with its readings, or with its failure (code, words).

    False where it had ended before: then nothing is changed, the first result stands.
    """
    code, text = failure
    async with database.transaction() as connection:
        ended = await connection.fetchval(
            """UPDATE captures SET status = $2, failure = $3, failure_text = $4, quality = $5,
                   read_at = $6 WHERE id = $1 AND status = 'pending' RETURNING 1""",
            capture, "failed" if code else "read", code, text, quality, at,
        )  # fmt: skip
        if ended is None:
            return False
        await connection.executemany(
            """INSERT INTO readings (id, capture_id, rank, kind, text, raw, confidence, engine,
                   model, ms, reading) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
            [
                (
                    key, capture, rank, r.kind.value, r.text, r.raw, r.confidence, r.engine,
                    r.model, r.ms, to_plain(READING, r),
                )
                for rank, (key, r) in enumerate(readings)
            ],
        )  # fmt: skip
    return True


async def attach(connection: Connection, capture: UUID, transit: UUID) -> None:
    """Say which transit a capture belongs to."""
    await connection.execute("UPDATE captures SET transit_id = $2 WHERE id = $1", capture, transit)


async def of_transit(database: Database, transit: UUID) -> list[dict[str, Any]]:
    """The transit's captures with their readings (best first), in order of arrival."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT c.*, coalesce((SELECT jsonb_agg(r.reading ORDER BY r.rank) FROM readings r
                   WHERE r.capture_id = c.id), '[]'::jsonb) AS readings
               FROM captures c WHERE c.transit_id = $1 ORDER BY c.received_at, c.id""",
            transit,
        )
    return [dict(row) for row in rows]


async def lane_of_picture(database: Database, sha256: str) -> tuple[str, str] | None:
    """Lane and media type of a stored picture, for showing it; None where it is unknown."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            "SELECT lane_id, media FROM captures WHERE sha256 = $1 LIMIT 1", sha256
        )
    return None if row is None else (row["lane_id"], row["media"])


async def add_refusal(
    database: Database,
    *,
    at: datetime,
    topic: str,
    code: str,
    text: str,
    claimed: UUID | None,
    size: int,
    sha256: str | None,
) -> None:
    """Keep the fact, and where kept the bytes' name, of a refused payload."""
    async with database.connection() as connection:
        await connection.execute(
            """INSERT INTO refusals (at, topic, code, text, claimed_id, bytes, sha256)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING""",
            at, topic[:300], code, text[:1000], claimed, size, sha256,
        )  # fmt: skip


async def refused_bytes(database: Database) -> int:
    """How many bytes of refused payloads are kept in all."""
    async with database.connection() as connection:
        return int(
            await connection.fetchval(
                "SELECT coalesce(sum(bytes), 0) FROM refusals WHERE sha256 IS NOT NULL"
            )
        )
