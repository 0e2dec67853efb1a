"""Where else a plate was seen: other transits of the last hours, for the clone rules."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from gate.store.pool import Database
from schemas.declarations import Direction
from schemas.transit import Sighting

LOOK_BACK = timedelta(hours=24)
MOST = 5


async def of_plates(
    database: Database, plates: tuple[str, ...], but: UUID, gate: str, now: datetime
) -> tuple[Sighting, ...]:
    """The newest transits of these plates beside ``but``: all open ones and a day's others."""
    if not plates:
        return ()
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT id, lane_id, direction, began_at, ended_at, ended FROM transits
               WHERE plate = ANY($1) AND plate <> '' AND id <> $2 AND began_at > $3
               ORDER BY ended_at IS NULL DESC, began_at DESC, id LIMIT $4""",
            list(plates), but, now - LOOK_BACK, MOST,
        )  # fmt: skip
    return tuple(
        Sighting(
            transit=r["id"], lane=r["lane_id"], gate=gate, direction=Direction(r["direction"]),
            came_at=r["began_at"], left_at=r["ended_at"], departed=r["ended"] == "departed",
        )
        for r in rows
    )  # fmt: skip
