"""What is past its retention, and its removal. Incidents and legal holds stop every deletion."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database

_KEPT = """(
    t.ended_at IS NULL
    OR t.ended IN ('referred_out', 'turned_back')
    OR EXISTS (SELECT FROM decisions x WHERE x.transit_id = t.id AND x.outcome IN ('refer', 'deny'))
    OR EXISTS (SELECT FROM alarms a WHERE a.transit_id = t.id)
    OR EXISTS (SELECT FROM watchlist_hits w WHERE w.transit_id = t.id)
    OR EXISTS (SELECT FROM legal_holds h WHERE h.ended_at IS NULL AND (
        (h.kind = 'transit' AND h.value = t.id::text)
        OR (h.kind = 'plate' AND h.value = t.plate_key)))
)"""
"""A transit with an incident (refused, turned back, alarm, watchlist), or under a legal hold."""

_PICTURES = f"""
FROM captures c LEFT JOIN transits t ON t.id = c.transit_id
WHERE c.picture_gone_at IS NULL AND c.received_at < $1 AND (c.transit_id IS NULL OR NOT {_KEPT})
"""
_TRANSITS = f"""
FROM transits t WHERE t.began_at < $1 AND t.plate <> '' AND NOT {_KEPT}
"""
_PERSONS = f"""
FROM drivers d WHERE d.name <> 'erased'
    AND NOT EXISTS (SELECT FROM declarations n WHERE n.driver_id = d.id
        AND greatest(n.created_at, n.window_to) >= $1)
    AND NOT EXISTS (SELECT FROM declarations n JOIN transits t ON t.declaration_id = n.id
        WHERE n.driver_id = d.id AND (t.began_at >= $1 OR {_KEPT}))
    AND EXISTS (SELECT FROM declarations n WHERE n.driver_id = d.id)
"""
_HELD = f"""
FROM captures c JOIN transits t ON t.id = c.transit_id
WHERE c.picture_gone_at IS NULL AND c.received_at < $1 AND {_KEPT}
"""


async def due(database: Database, before: dict[str, datetime]) -> dict[str, int]:
    """How much of each class a run would remove now; ``held`` are pictures that must stay."""
    async with database.connection() as connection:
        return {
            "pictures": await connection.fetchval(
                f"SELECT count(*) {_PICTURES}", before["pictures"]
            ),
            "held": await connection.fetchval(f"SELECT count(*) {_HELD}", before["pictures"]),
            "refused": await connection.fetchval(
                "SELECT count(*) FROM refusals WHERE at < $1", before["pictures"]
            ),
            "persons": await connection.fetchval(f"SELECT count(*) {_PERSONS}", before["persons"]),
            "transits": await connection.fetchval(
                f"SELECT count(*) {_TRANSITS}", before["transits"]
            ),
            "watchlist": await connection.fetchval(
                "SELECT count(*) FROM watchlist WHERE least(ended_at, until) < $1",
                before["watchlist"],
            ),
            "access_log": await connection.fetchval(
                "SELECT count(*) FROM access_log WHERE at < $1", before["access_log"]
            ),
        }


async def old_pictures(connection: Connection, before: datetime, most: int) -> list[dict[str, Any]]:
    """Captures whose picture is past its time, oldest first."""
    rows = await connection.fetch(
        f"SELECT c.id, c.sha256, c.role {_PICTURES} ORDER BY c.received_at LIMIT $2", before, most
    )
    return [dict(row) for row in rows]


async def old_persons(connection: Connection, before: datetime, most: int) -> list[UUID]:
    """Drivers whose last transit is past its time."""
    rows = await connection.fetch(f"SELECT d.id {_PERSONS} ORDER BY d.id LIMIT $2", before, most)
    return [row["id"] for row in rows]


async def old_transits(connection: Connection, before: datetime, most: int) -> list[UUID]:
    """Transits whose record is past its time."""
    rows = await connection.fetch(
        f"SELECT t.id {_TRANSITS} ORDER BY t.began_at LIMIT $2", before, most
    )
    return [row["id"] for row in rows]


async def mark_pictures_gone(connection: Connection, captures: list[UUID], at: datetime) -> int:
    """Note that the pictures are gone and delete their readings; returns how many readings."""
    await connection.execute(
        "UPDATE captures SET picture_gone_at = $2 WHERE id = ANY($1)", captures, at
    )
    return int(await connection.fetchval("SELECT erase_readings($1)", captures))


async def gone_files(database: Database, since: datetime) -> list[str]:
    """Hashes of pictures that went since then, and that no capture needs any more."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT DISTINCT sha256 FROM captures c WHERE picture_gone_at >= $1
                 AND NOT EXISTS (SELECT FROM captures o WHERE o.sha256 = c.sha256
                     AND o.picture_gone_at IS NULL)""",
            since,
        )
    return [row["sha256"] for row in rows]


async def forget_refusals(connection: Connection, before: datetime) -> list[str]:
    """Delete refused payloads' rows; returns the names of the bytes that no row needs more."""
    rows = await connection.fetch("DELETE FROM refusals WHERE at < $1 RETURNING sha256", before)
    names = {row["sha256"] for row in rows if row["sha256"]}
    kept = await connection.fetch(
        "SELECT DISTINCT sha256 FROM refusals WHERE sha256 = ANY($1)", sorted(names)
    )
    return sorted(names - {row["sha256"] for row in kept})


async def blank_transits(connection: Connection, wanted: list[UUID]) -> None:
    """Forget the vehicles of transits; lane, times and outcome remain."""
    await connection.execute("UPDATE transits SET plate = '' WHERE id = ANY($1)", wanted)


async def add_run(
    connection: Connection, run: UUID, at: datetime, by: str, counts: dict[str, Any], audit: int
) -> None:
    """Remember a run with its counts and the number of its audit entry."""
    await connection.execute(
        "INSERT INTO retention_runs (id, at, by, counts, audit) VALUES ($1, $2, $3, $4, $5)",
        run, at, by, counts, audit,
    )  # fmt: skip


async def runs(database: Database, most: int = 30) -> list[dict[str, Any]]:
    """Past runs, newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM retention_runs ORDER BY at DESC LIMIT $1", most
        )
    return [dict(row) for row in rows]
