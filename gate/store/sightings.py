"""Where else a plate was seen: other transits of the last hours, here and at other gates.

What happened here stands in ``transits``; other gates tell theirs (``note_many``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gate.store.paging import Cursor
from gate.store.pool import Connection, Database
from schemas.declarations import Direction
from schemas.ids import check_name
from schemas.transit import Sighting

LOOK_BACK = timedelta(hours=24)
MOST = 5
"""Of this gate's transits, and as many again of what other gates told."""

_OWN = "plate = ANY($1) AND plate <> '' AND id <> $2 AND began_at > $3"
_ASKED = "EXISTS (SELECT FROM inspection_tasks k WHERE k.transit_id = t.id)"
# A truck that was drawn and left before anything could be asked for owes the inspection too.
_DRAWN = """(outcome <> 'release' AND EXISTS (SELECT FROM decisions x
    WHERE x.id = t.decision_id AND 'RANDOM_INSPECTION' = ANY(x.codes)))"""
_INSPECTION = f"""coalesce(
    (SELECT CASE WHEN bool_and(k.result = 'passed') THEN 'passed' ELSE 'owed' END
     FROM inspection_tasks k WHERE k.transit_id = t.id HAVING count(*) > 0),
    CASE WHEN {_DRAWN} THEN 'owed' ELSE '' END)"""
_COLUMNS = f"""id, lane_id, direction, began_at, ended_at, ended, {_INSPECTION} AS inspection,
    $5::text AS site, 0 AS rank"""

# Which way a vehicle went at another gate is not told; it stands there as an export and has not
# departed from here, so that no rule about directions takes it up.
# The newest one that knows of an inspection comes along however often the truck came since.
_SQL = f"""
((SELECT {_COLUMNS} FROM transits t WHERE {_OWN}
  ORDER BY ended_at IS NULL DESC, began_at DESC, id LIMIT {MOST})
 UNION
 (SELECT {_COLUMNS} FROM transits t WHERE {_OWN} AND ({_ASKED} OR {_DRAWN})
  ORDER BY began_at DESC, id LIMIT 1))
UNION ALL
(SELECT id, '', 'export', at, at, '', '', site, 1 FROM foreign_sightings
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
            departed=r["ended"] == "departed", inspection=r["inspection"],
        )
        for r in rows
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What another gate tells: a plate in its normal form, and when."""

    plate: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSighting:
    """Where this gate saw a plate: from ``came_at`` on, the last time ``at``."""

    id: UUID
    plate: str
    came_at: datetime
    at: datetime


async def note_many(connection: Connection, site: str, seen: Sequence[Told], told_by: str) -> int:
    """Another gate saw these plates; returns how many were not known yet. Telling it twice
    changes nothing.
    """
    check_name(site, "site")
    # In order of the key: two calls that tell the same must not wait for each other in a circle.
    one_each = sorted({(one.plate, one.at) for one in seen})
    rows = await connection.fetch(
        """INSERT INTO foreign_sightings (site, plate, at, told_by)
           SELECT $1, plate, at, $4 FROM unnest($2::text[], $3::timestamptz[]) AS s (plate, at)
           ON CONFLICT DO NOTHING RETURNING 1""",
        site, [plate for plate, _ in one_each], [at for _, at in one_each], told_by,
    )  # fmt: skip
    return len(rows)


async def own(database: Database, after: Cursor, until: datetime, most: int) -> list[OwnSighting]:
    """Transits with a plate that ended after a place and before a moment, the oldest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT id, plate, began_at AS came_at, ended_at AS at FROM transits
               WHERE ended_at IS NOT NULL AND plate <> '' AND (ended_at, id) > ($1, $2)
                 AND ended_at < $3 ORDER BY ended_at, id LIMIT $4""",
            after.at, after.id, until, most,
        )  # fmt: skip
    return [OwnSighting(**dict(row)) for row in rows]


async def forget(database: Database, before: datetime) -> int:
    """Delete what other gates told of earlier days; returns how many rows."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "DELETE FROM foreign_sightings WHERE at < $1 RETURNING 1", before
        )
    return len(rows)
