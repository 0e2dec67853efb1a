"""The roll-ups by the hour and the day: exact sums of transit facts, added to with each count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from gate.store.pool import Connection

_TRANSITS = """
    SELECT {key},
        count(*) FILTER (WHERE ended = 'departed') AS departed,
        count(*) FILTER (WHERE ended = 'turned_back') AS turned_back,
        count(*) FILTER (WHERE ended = 'referred_out') AS referred_out,
        count(*) FILTER (WHERE ended = 'aborted') AS aborted,
        count(*) FILTER (WHERE ended = 'departed' AND officers = '{}') AS unaided,
        count(*) FILTER (WHERE outcome NOT IN ('release', '') OR with_officer_ms > 0) AS held,
        count(*) FILTER (WHERE overridden) AS overridden,
        count(lead_s) AS declared, coalesce(sum(lead_s), 0) AS lead_s, sum(dwell_ms) AS dwell_ms,
        sum(arriving_ms) AS arriving_ms, sum(reading_ms) AS reading_ms,
        sum(deciding_ms) AS deciding_ms, sum(with_officer_ms) AS with_officer_ms,
        sum(releasing_ms) AS releasing_ms, sum(passing_ms) AS passing_ms,
        sum(clearing_ms) AS clearing_ms, sum(fault_ms) AS fault_ms,
        count(*) FILTER (WHERE ended = 'departed' AND passing_ms > 0) AS cycles,
        coalesce(sum(releasing_ms + passing_ms + clearing_ms)
            FILTER (WHERE ended = 'departed' AND passing_ms > 0), 0) AS cycle_ms,
        count(barrier_ms) AS answers, coalesce(sum(barrier_ms), 0) AS barrier_ms,
        count(*) FILTER (WHERE demo) AS demo
    FROM transit_facts WHERE {which} GROUP BY {key}
"""
_REASONS = """
    SELECT hour, lane_id, direction, code, count(*) AS transits
    FROM transit_facts, unnest(codes) AS code WHERE {which}
    GROUP BY hour, lane_id, direction, code
"""
_READS = """
    SELECT hour, lane_id, device, count(*) FILTER (WHERE how = 1) AS exact,
        count(*) FILTER (WHERE how = 2) AS wrong, count(*) FILTER (WHERE how = 3) AS unread
    FROM transit_facts, LATERAL (
        SELECT unnest(read_exact) AS device, 1 AS how UNION ALL SELECT unnest(read_wrong), 2
        UNION ALL SELECT unnest(read_unread), 3) AS one
    WHERE {which} GROUP BY hour, lane_id, device
"""
_OFFICERS = """
    SELECT hour, officer, count(*) AS acted,
        count(*) FILTER (WHERE decided_by = officer) AS decided,
        count(*) FILTER (WHERE decided_by = officer AND overridden) AS overridden
    FROM transit_facts, unnest(officers) AS officer WHERE {which} GROUP BY hour, officer
"""
_SUMS = (
        "departed", "turned_back", "referred_out", "aborted", "unaided", "held", "overridden",
        "declared", "lead_s", "dwell_ms", "arriving_ms", "reading_ms", "deciding_ms",
        "with_officer_ms", "releasing_ms", "passing_ms", "clearing_ms", "fault_ms", "cycles",
        "cycle_ms", "answers", "barrier_ms", "demo")  # fmt: skip
TABLES = {
    "hourly_transits": (_TRANSITS, ("hour", "lane_id", "direction"), _SUMS),
    "daily_transits": (_TRANSITS, ("day", "direction"), _SUMS),
    "hourly_reasons": (_REASONS, ("hour", "lane_id", "direction", "code"), ("transits",)),
    "hourly_reads": (_READS, ("hour", "lane_id", "device"), ("exact", "wrong", "unread")),
    "hourly_officers": (_OFFICERS, ("hour", "officer"), ("acted", "decided", "overridden")),
}  # fmt: skip
"""Each roll-up: its sums over facts, its key, and what is summed."""


async def add_rollups(connection: Connection, transits: Sequence[UUID]) -> None:
    """Add these transits' facts to the roll-ups; the caller sees that each comes once."""
    if not transits:
        return
    for table, (select, key, sums) in TABLES.items():
        columns = ", ".join((*key, *sums))
        added = ", ".join(f"{c} = {table}.{c} + excluded.{c}" for c in sums)
        await connection.execute(
            f"""INSERT INTO {table} ({columns})
                {_filled(select, key, "transit_id = ANY($1)")}
                ON CONFLICT ({", ".join(key)}) DO UPDATE SET {added}""",
            list(transits),
        )


def _filled(select: str, key: Sequence[str], which: str) -> str:
    return select.replace("{which}", which).replace("{key}", ", ".join(key))


async def recount(connection: Connection, first: date, last: date, timeout_s: float = 600) -> None:
    """Make the roll-ups of whole days anew from the facts (for seeded days, and to check)."""
    hours = await connection.fetchrow(
        """SELECT min(hour) AS first, max(hour) AS last FROM transit_facts
           WHERE day BETWEEN $1 AND $2""",
        first, last, timeout=timeout_s,
    )  # fmt: skip
    for table, (select, key, sums) in TABLES.items():
        span = (first, last) if key[0] == "day" else (hours["first"], hours["last"])
        await connection.execute(
            f"DELETE FROM {table} WHERE {key[0]} BETWEEN $1 AND $2", *span, timeout=timeout_s
        )
        await connection.execute(
            f"""INSERT INTO {table} ({", ".join((*key, *sums))})
                {_filled(select, key, f"{key[0]} BETWEEN $1 AND $2")}""",
            *span, timeout=timeout_s,
        )  # fmt: skip
