"""Watchlists: entries with reason and expiry; every change names two persons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store import audit
from gate.store.pool import Connection, Database
from schemas.declarations import Declaration
from schemas.plates import plate_key
from schemas.transit import Seen
from schemas.watchlist import WatchEntry, WatchHit, WatchKind


async def add(
    connection: Connection, entry: WatchEntry, second: str, renews: UUID | None = None
) -> None:
    """Put an entry on its list, and say so in the audit; ``renews`` names the one before it.

    The database refuses more than twelve months, and one person acting alone.
    """
    await connection.execute(
        """INSERT INTO watchlist (id, kind, value, key, reason, since, until, by, second,
               renews)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        entry.id, entry.kind.value, entry.value, _key(entry.kind, entry.value), entry.reason,
        entry.since, entry.until, entry.by, second, renews,
    )  # fmt: skip
    await audit.administer(
        connection, at=entry.since, actor=entry.by, action="watchlist_add", subject=str(entry.id),
        data={"kind": entry.kind.value, "value": entry.value, "reason": entry.reason,
              "until": entry.until.isoformat(), "second": second,
              **({"renews": str(renews)} if renews else {})},
    )  # fmt: skip


async def end(connection: Connection, entry: UUID, by: str, at: datetime, second: str = "") -> bool:
    """End an entry before its time; False where it has ended or is not there."""
    found = await connection.fetchval(
        """UPDATE watchlist SET ended_at = $2, ended_by = $3
           WHERE id = $1 AND ended_at IS NULL AND until > $2 RETURNING 1""",
        entry, at, by,
    )  # fmt: skip
    if found is None:
        return False
    await audit.administer(
        connection,
        at=at,
        actor=by,
        action="watchlist_end",
        subject=str(entry),
        data={"second": second},
    )
    return True


async def listed(database: Database, now: datetime, *, ended: bool) -> list[dict[str, Any]]:
    """Entries in force (soonest to end first), or those that ended; each with its hits.

    A hit is a transit whose decision had the entry before it.
    """
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT w.*, f.name AS firm, (SELECT count(*) FROM watchlist_hits h
                   WHERE h.entry = w.id) AS hits
               FROM watchlist w LEFT JOIN firms f ON w.kind = 'firm' AND f.id::text = w.value
               WHERE ((w.ended_at IS NULL AND w.until > $1) <> $2)
               ORDER BY CASE WHEN $2 THEN NULL ELSE w.until END, w.until DESC, w.id LIMIT 500""",
            now, ended,
        )  # fmt: skip
    return [dict(row) for row in rows]


async def one(connection: Connection, entry: UUID) -> dict[str, Any] | None:
    """One entry, or None."""
    row = await connection.fetchrow(
        """SELECT w.*, f.name AS firm FROM watchlist w
           LEFT JOIN firms f ON w.kind = 'firm' AND f.id::text = w.value WHERE w.id = $1""",
        entry,
    )
    return None if row is None else dict(row)


async def note_hits(
    connection: Connection, entries: Iterable[UUID], transit: UUID, at: datetime
) -> None:
    """Remember which entries a decision had before it."""
    await connection.executemany(
        """INSERT INTO watchlist_hits (entry, transit_id, at) SELECT id, $2, $3 FROM watchlist
           WHERE id = $1 ON CONFLICT DO NOTHING""",
        [(entry, transit, at) for entry in entries],
    )


async def hits_of(database: Database, entry: UUID, most: int = 100) -> list[dict[str, Any]]:
    """The transits that an entry hit, newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT h.at, t.id, t.lane_id, t.plate, t.outcome, t.ended FROM watchlist_hits h
               JOIN transits t ON t.id = h.transit_id WHERE h.entry = $1
               ORDER BY h.at DESC LIMIT $2""",
            entry, most,
        )  # fmt: skip
    return [dict(row) for row in rows]


async def forget(connection: Connection, before: datetime) -> int:
    """Delete entries that ended before this time, and their values in the audit's data."""
    await connection.execute(
        """DELETE FROM audit_data d USING audit_events e WHERE e.chain = d.chain
               AND e.number = d.number AND e.action = 'watchlist_add' AND e.subject IN (
                   SELECT id::text FROM watchlist WHERE least(ended_at, until) < $1)""",
        before,
    )
    rows = await connection.fetch(
        "DELETE FROM watchlist WHERE least(ended_at, until) < $1 RETURNING 1", before
    )
    return len(rows)


async def hits(
    database: Database, seen: Seen, declared: tuple[Declaration, ...], now: datetime
) -> tuple[WatchHit, ...]:
    """Entries in force that anything seen or declared may be about; the rules judge which."""
    plates = {look.text for look in seen.plates} | {seen.corrected_plate}
    persons = {paper.number for paper in seen.documents}
    containers = set(seen.containers)
    firms = set()
    for d in declared:
        plates |= {d.tractor_plate, d.trailer_plate}
        persons.add(d.driver_document)
        containers |= set(d.containers)
        firms.add(str(d.firm_id))
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT id, kind, value, reason FROM watchlist
               WHERE ended_at IS NULL AND since <= $1 AND until > $1 AND (
                   (kind = 'plate' AND key = ANY($2)) OR (kind = 'person' AND key = ANY($3)) OR
                   (kind = 'container' AND key = ANY($4)) OR (kind = 'firm' AND key = ANY($5)))
               ORDER BY since, id""",
            now, _some(plate_key(p) for p in plates), _some(persons), _some(containers),
            _some(firms),
        )  # fmt: skip
    return tuple(
        WatchHit(entry=r["id"], kind=WatchKind(r["kind"]), value=r["value"], reason=r["reason"])
        for r in rows
    )


def _key(kind: WatchKind, value: str) -> str:
    return plate_key(value) if kind is WatchKind.PLATE else value


def _some(values: Iterable[str]) -> list[str]:
    return sorted({value for value in values if value})
