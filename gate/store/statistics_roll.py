"""Counts finished transits once: their facts, and in the same transaction the hourly roll-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.core.operations.facts import CameraLook, Decided, Declared, Ended, TransitFacts
from gate.core.operations.stages import STAGES, Happening
from gate.store.pool import Connection
from gate.store.statistics_rollups import add_rollups

_LOCK = 0x67737461
"""Advisory lock ("gsta" in ASCII): one process counts at a time, so that no two wait for
each other's hours."""

STAGE_COLUMNS = tuple(f"{stage.value}_ms" for stage in STAGES)
COLUMNS = (
    "transit_id", "ended_at", "hour", "day", "began_at", "lane_id", "direction", "ended", "outcome",
    "codes", "officers", "decided_by", "overridden", "dwell_ms", *STAGE_COLUMNS, "barrier_ms",
    "lead_s", "read_exact", "read_wrong", "read_unread",
)  # fmt: skip


async def try_lock(connection: Connection) -> bool:
    """Take the right to count until the transaction ends; False where another process has it."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK))


async def due(connection: Connection, patient_until: datetime, most: int) -> list[UUID]:
    """Transits to be counted, oldest first.

    One with a picture that still waits for its reading waits too, unless it ended before
    ``patient_until``.
    """
    rows = await connection.fetch(
        """SELECT d.transit_id FROM statistics_due d
           WHERE d.failed = '' AND (d.ended_at < $1 OR NOT EXISTS (SELECT 1 FROM captures c
               WHERE c.transit_id = d.transit_id AND c.status = 'pending'))
           ORDER BY d.ended_at, d.transit_id LIMIT $2""",
        patient_until, most,
    )  # fmt: skip
    return [row["transit_id"] for row in rows]


async def gather(connection: Connection, ids: Sequence[UUID]) -> tuple[Ended, ...]:
    """Everything that was kept of these transits."""
    rows = await connection.fetch(
        """SELECT t.id, t.lane_id, t.direction, t.began_at, t.ended_at, t.ended,
               d.tractor_plate, d.trailer_plate, d.created_at,
               (SELECT (extract(epoch FROM b.answered_at - b.created_at) * 1000)::int
                FROM barrier_commands b WHERE b.transit_id = t.id AND b.answered_at IS NOT NULL
                  AND b.result = 'done' ORDER BY b.created_at LIMIT 1) AS barrier_ms
           FROM transits t LEFT JOIN declarations d ON d.id = t.declaration_id
           WHERE t.id = ANY($1) ORDER BY t.ended_at, t.id""",
        list(ids),
    )
    events = await _happenings(connection, ids)
    decisions = await _decisions(connection, ids)
    looks = await _looks(connection, ids)
    return tuple(
        Ended(
            id=r["id"], lane=r["lane_id"], direction=r["direction"], began_at=r["began_at"],
            ended_at=r["ended_at"], ended=r["ended"], happenings=tuple(events[r["id"]]),
            decisions=tuple(decisions[r["id"]]), looks=tuple(looks[r["id"]]),
            declared=_declared(r), barrier_ms=r["barrier_ms"],
        )
        for r in rows
    )  # fmt: skip


def _declared(row: Any) -> Declared | None:
    if row["tractor_plate"] is None:
        return None
    return Declared(
        tractor=row["tractor_plate"], trailer=row["trailer_plate"], filed_at=row["created_at"]
    )


async def _happenings(
    connection: Connection, ids: Sequence[UUID]
) -> defaultdict[UUID, list[Happening]]:
    found: defaultdict[UUID, list[Happening]] = defaultdict(list)
    rows = await connection.fetch(
        """SELECT transit_id, at, kind, data, effects FROM transit_events
           WHERE transit_id = ANY($1) ORDER BY transit_id, number""",
        list(ids),
    )
    for r in rows:
        found[r["transit_id"]].append(
            Happening(at=r["at"], kind=r["kind"], data=r["data"], effects=tuple(r["effects"]))
        )
    return found


async def _decisions(
    connection: Connection, ids: Sequence[UUID]
) -> defaultdict[UUID, list[Decided]]:
    found: defaultdict[UUID, list[Decided]] = defaultdict(list)
    rows = await connection.fetch(
        """SELECT transit_id, actor, outcome, codes FROM decisions
           WHERE transit_id = ANY($1) ORDER BY transit_id, at, id""",
        list(ids),
    )
    for r in rows:
        found[r["transit_id"]].append(
            Decided(actor=r["actor"], outcome=r["outcome"], codes=tuple(r["codes"]))
        )
    return found


async def _looks(
    connection: Connection, ids: Sequence[UUID]
) -> defaultdict[UUID, list[CameraLook]]:
    """The surest plate that each camera read of each transit: shots of one truck are no
    independent trials, so that a camera counts once a truck.
    """
    found: defaultdict[UUID, list[CameraLook]] = defaultdict(list)
    rows = await connection.fetch(
        """SELECT DISTINCT ON (c.transit_id, c.device) c.transit_id, c.device, c.role,
               coalesce(r.text, '') AS text
           FROM captures c LEFT JOIN LATERAL (SELECT text, confidence FROM readings
               WHERE capture_id = c.id AND kind = 'plate' ORDER BY rank LIMIT 1) r ON true
           WHERE c.transit_id = ANY($1) AND c.role IN ('front', 'rear')
           ORDER BY c.transit_id, c.device, r.confidence DESC NULLS LAST, c.id""",
        list(ids),
    )
    for r in rows:
        found[r["transit_id"]].append(
            CameraLook(device=r["device"], role=r["role"], text=r["text"])
        )
    return found


async def write(connection: Connection, facts: Sequence[TransitFacts], zone: str) -> int:
    """Store facts and add them to the roll-ups; what was counted before is left alone.

    ``zone`` is the gate's time zone (IANA): its hours are the hours of the roll-ups. Call it
    inside a transaction. Returns how many were new.
    """
    # The hour and the day come from the time of the end (2nd value) and the zone (last).
    last = len(COLUMNS) - 1
    hour = f"date_trunc('hour', $2::timestamptz, ${last})"
    day = f"($2::timestamptz AT TIME ZONE ${last})::date"
    values = ", ".join(["$1", "$2", hour, day, *(f"${n}" for n in range(3, last))])
    fresh = []
    for one in facts:
        added = await connection.fetchval(
            f"""INSERT INTO transit_facts ({", ".join(COLUMNS)}) VALUES ({values})
                ON CONFLICT (transit_id) DO NOTHING RETURNING transit_id""",
            *_values(one), zone,
        )  # fmt: skip
        if added is not None:
            fresh.append(added)
    await add_rollups(connection, fresh)
    return len(fresh)


async def taken(connection: Connection, transits: Sequence[UUID]) -> None:
    """These are counted, or are kept no more: nothing is due of them, unless set aside."""
    await connection.execute(
        "DELETE FROM statistics_due WHERE transit_id = ANY($1) AND failed = ''", list(transits)
    )


async def set_aside(connection: Connection, transit: UUID, why: str) -> None:
    """Keep what can't be counted as it is, for those who find out why."""
    await connection.execute(
        "UPDATE statistics_due SET failed = $2 WHERE transit_id = $1", transit, why[:500]
    )


def _values(one: TransitFacts) -> tuple[Any, ...]:
    dwell = round((one.ended_at - one.began_at).total_seconds() * 1000)
    return (
        one.id, one.ended_at, one.began_at, one.lane, one.direction, one.ended, one.outcome,
        list(one.codes), list(one.officers), one.decided_by, one.overridden, dwell,
        *one.stages_ms, one.barrier_ms, one.lead_s, list(one.read_exact), list(one.read_wrong),
        list(one.read_unread),
    )  # fmt: skip


async def waiting(connection: Connection, before: datetime) -> int:
    """How many transits that ended before this time are not counted yet."""
    return int(
        await connection.fetchval("SELECT count(*) FROM statistics_due WHERE ended_at < $1", before)
    )
