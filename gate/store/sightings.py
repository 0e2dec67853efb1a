"""Where else a plate was seen: other transits of the last hours, here and at other gates.

What happened here stands in ``transits``; other gates tell theirs (``note_sighting``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from gate.store.pool import Database
from schemas.declarations import Direction
from schemas.ids import check_name
from schemas.plates import parse_plate
from schemas.transit import Sighting

LOOK_BACK = timedelta(hours=24)
MOST = 5
"""Of this gate's transits, and as many again of what other gates told."""

# Which way a vehicle went at another gate is not told; it stands there as an export and has not
# departed from here, so that no rule about directions takes it up.
_SQL = f"""
(SELECT id, lane_id, direction, began_at, ended_at, ended, $5::text AS site, 0 AS rank FROM transits
 WHERE plate = ANY($1) AND plate <> '' AND id <> $2 AND began_at > $3
 ORDER BY ended_at IS NULL DESC, began_at DESC, id LIMIT {MOST})
UNION ALL
(SELECT id, '', 'export', at, at, '', site, 1 FROM foreign_sightings
 WHERE plate = ANY($1) AND site <> $5
   AND at > $3 AND at <= $4::timestamptz + interval '5 minutes'
 ORDER BY at DESC, id LIMIT {MOST})
ORDER BY rank, ended_at DESC NULLS FIRST, began_at DESC, id
"""


async def of_plates(
    database: Database, plates: tuple[str, ...], but: UUID, gate: str, now: datetime
) -> tuple[Sighting, ...]:
    """The newest transits of these plates beside ``but``: all open ones and a day's others, and
    the newest of what other gates told of them.
    """
    if not plates:
        return ()
    async with database.connection() as connection:
        rows = await connection.fetch(_SQL, list(plates), but, now - LOOK_BACK, now, gate)
    return tuple(
        Sighting(
            transit=r["id"], lane=r["lane_id"], gate=r["site"],
            direction=Direction(r["direction"]), came_at=r["began_at"], left_at=r["ended_at"],
            departed=r["ended"] == "departed",
        )
        for r in rows
    )  # fmt: skip


async def note_sighting(database: Database, site: str, plate: str, at: datetime) -> bool:
    """Another gate says that a vehicle with this plate (normal form) was there at that moment.

    False where that is known already: telling it twice changes nothing. Raises ``ValueError``
    for a plate or a site that can't be one, and ``StoreError``.
    """
    check_name(site, "site")
    parsed = parse_plate(plate)
    if parsed is None:
        raise ValueError(f"{plate!r:.40} has the form of no Vietnamese or Chinese plate")
    async with database.connection() as connection:
        found = await connection.fetchval(
            """INSERT INTO foreign_sightings (site, plate, at) VALUES ($1, $2, $3)
               ON CONFLICT DO NOTHING RETURNING 1""",
            site, parsed.text, at,
        )  # fmt: skip
    return found is not None


async def forget(database: Database, before: datetime) -> int:
    """Delete what other gates told of earlier days; returns how many rows."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "DELETE FROM foreign_sightings WHERE at < $1 RETURNING 1", before
        )
    return len(rows)
