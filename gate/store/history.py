"""What the console shows beside the truck itself: former transits of its plate, what was seen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gate.store.pool import Database


async def of_plate(database: Database, plate: str, but: UUID, most: int) -> list[dict[str, Any]]:
    """The newest other transits of this plate at any lane.

    ``codes`` is what everybody may see of the reasons, ``all_codes`` for those who may see all.
    """
    if not plate:
        return []
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT t.id, t.lane_id, t.direction, t.began_at, t.ended_at, t.ended, t.outcome,
                   t.by_officer, x.codes,
                   jsonb_path_query_array(x.decision, '$.reasons[*].code') AS all_codes
               FROM transits t LEFT JOIN decisions x ON x.id = t.decision_id
               WHERE t.plate = $1 AND t.id <> $2 ORDER BY t.began_at DESC LIMIT $3""",
            plate, but, most,
        )  # fmt: skip
    return [dict(row) for row in rows]


async def inputs_of(database: Database, decision: UUID) -> dict[str, Any]:
    """Of what a decision depended on: measures and papers seen, and the candidates' plates."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            """SELECT inputs->'seen'->'weight' AS weight, inputs->'seen'->'seals' AS seals,
                   inputs->'seen'->'containers' AS containers,
                   inputs->'seen'->'documents' AS documents,
                   inputs->'seen'->'gate_pass' AS gate_pass,
                   inputs->'seen'->'corrected_plate' AS corrected,
                   (SELECT jsonb_object_agg(d->>'number', jsonb_build_object(
                        'tractor', d->'tractor_plate', 'trailer', d->'trailer_plate',
                        'firm', d->'firm')) FROM jsonb_array_elements(inputs->'declarations') d)
                        AS declared
               FROM decisions WHERE id = $1""",
            decision,
        )
    return {} if row is None else dict(row)


async def session_lives(database: Database, session: UUID, role: str, at: Any) -> bool:
    """Whether an open page may go on being told: its session has not ended, is not locked, and
    its user is still active in this role. Does not count as being used.
    """
    async with database.connection() as connection:
        return bool(
            await connection.fetchval(
                """SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id
                   WHERE s.id = $1 AND s.expires_at > $3 AND NOT s.locked AND u.active
                     AND u.role = $2""",
                session, role, at,
            )
        )  # fmt: skip
