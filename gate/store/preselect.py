"""Finds the declarations that a truck may belong to, out of ten million, in a few milliseconds.

Every scan is bounded: readings with an error in them are searched only among declarations of
this gate whose window is near, exact ones anywhere and at any time but only the nearest few,
so that history and fleets of near-identical plates do not slow a decision down.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gate.core.clues import Clues
from gate.store.declarations import COLUMNS, JOINS, declaration_from
from gate.store.pool import Database
from schemas.declarations import Declaration

MOST_CANDIDATES = 64
NEAREST = 8
"""Declarations of one plate that are looked at on either side of now."""
BEHIND, AHEAD = timedelta(hours=36), timedelta(hours=6)
"""How far a window's start may lie from now for a reading with an error to be searched there."""

# Rank 0: plate of tractor or pass as read; 1: trailer, container, driver; 2: with an error.
_SQL = f"""
WITH hit AS MATERIALIZED (
    SELECT h.id, h.gate, h.window_from, 0 AS rank FROM unnest($1::text[]) AS k(key)
        CROSS JOIN LATERAL (
            (SELECT id, gate, window_from FROM declarations
             WHERE tractor_key = k.key AND window_from <= $3
             ORDER BY window_from DESC LIMIT {NEAREST})
            UNION ALL
            (SELECT id, gate, window_from FROM declarations
             WHERE tractor_key = k.key AND window_from > $3
             ORDER BY window_from LIMIT {NEAREST})) h
    UNION ALL
    SELECT h.id, h.gate, h.window_from, 1 FROM unnest($2::text[]) AS k(key)
        CROSS JOIN LATERAL (
            (SELECT id, gate, window_from FROM declarations WHERE trailer_key = k.key
             AND trailer_key <> '' AND window_from <= $3 ORDER BY window_from DESC LIMIT {NEAREST})
            UNION ALL
            (SELECT id, gate, window_from FROM declarations WHERE trailer_key = k.key
             AND trailer_key <> '' AND window_from > $3 ORDER BY window_from LIMIT {NEAREST})) h
    UNION ALL
    SELECT id, gate, window_from, 2 FROM declarations
        WHERE tractor_key = ANY($4::text[]) AND window_from BETWEEN $6 AND $7 AND gate = $11
    UNION ALL
    SELECT id, gate, window_from, 2 FROM declarations
        WHERE trailer_key = ANY($5::text[]) AND trailer_key <> ''
          AND window_from BETWEEN $6 AND $7 AND gate = $11
    UNION ALL
    SELECT id, gate, window_from, 1 FROM declarations
        WHERE $8::text[] <> '{{}}' AND containers && $8 AND containers <> '{{}}'
    UNION ALL
    SELECT h.id, h.gate, h.window_from, 1 FROM drivers p CROSS JOIN LATERAL (
        SELECT id, gate, window_from FROM declarations
        WHERE driver_id = p.id AND window_from BETWEEN $6 AND $7 LIMIT {NEAREST}) h
        WHERE p.document_number = ANY($9::text[])
    UNION ALL
    SELECT id, gate, window_from, 0 FROM declarations WHERE number = $10),
best AS MATERIALIZED (
    SELECT id, min(rank) AS rank FROM hit GROUP BY id
    ORDER BY min(rank), bool_and(gate <> $11),
        min(abs(extract(epoch FROM window_from - $3::timestamptz))), id
    LIMIT {MOST_CANDIDATES})
SELECT {COLUMNS} FROM best JOIN declarations d USING (id) {JOINS} ORDER BY best.rank, d.number
"""


async def candidates(
    database: Database, clues: Clues, gate: str, now: datetime
) -> tuple[Declaration, ...]:
    """Declarations that the clues may belong to, those as read first.

    At most ``MOST_CANDIDATES``: of many, those of this gate and with the nearest window.
    Raises ``StoreError``.
    """
    if clues.empty:
        return ()
    async with database.connection() as connection:
        rows = await connection.fetch(
            _SQL, list(clues.tractors), list(clues.trailers), now, list(clues.near_tractors),
            list(clues.near_trailers), now - BEHIND, now + AHEAD, list(clues.containers),
            list(clues.documents), clues.number, gate,
        )  # fmt: skip
    return tuple(declaration_from(row) for row in rows)
