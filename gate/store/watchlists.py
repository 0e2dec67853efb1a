"""Watchlists: entries with reason and expiry; every change names two persons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from gate.store import audit
from gate.store.pool import Connection, Database
from schemas.declarations import Declaration
from schemas.plates import plate_key
from schemas.transit import Seen
from schemas.watchlist import WatchEntry, WatchHit, WatchKind


async def add(connection: Connection, entry: WatchEntry, second: str) -> None:
    """Put an entry on its list, and say so in the audit.

    The database refuses more than twelve months, and one person acting alone.
    """
    await connection.execute(
        """INSERT INTO watchlist (id, kind, value, key, reason, since, until, by, second)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        entry.id, entry.kind.value, entry.value, _key(entry.kind, entry.value), entry.reason,
        entry.since, entry.until, entry.by, second,
    )  # fmt: skip
    await audit.administer(
        connection, at=entry.since, actor=entry.by, action="watchlist_add", subject=str(entry.id),
        data={"kind": entry.kind.value, "value": entry.value, "reason": entry.reason,
              "until": entry.until.isoformat(), "second": second},
    )  # fmt: skip


async def end(connection: Connection, entry: UUID, by: str, at: datetime) -> bool:
    """End an entry before its time; False where it has ended or is not there."""
    found = await connection.fetchval(
        """UPDATE watchlist SET ended_at = $2, ended_by = $3
           WHERE id = $1 AND ended_at IS NULL AND until > $2 RETURNING 1""",
        entry, at, by,
    )  # fmt: skip
    if found is None:
        return False
    await audit.administer(
        connection, at=at, actor=by, action="watchlist_end", subject=str(entry), data={}
    )
    return True


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
