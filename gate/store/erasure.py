"""Erasing persons and old decisions: what was hashed into a chain leaves its hash behind."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store import audit
from gate.store.pool import Connection, Database


async def driver(connection: Connection, driver_id: UUID) -> dict[str, Any] | None:
    """The person, held against other changes; None where there is none."""
    row = await connection.fetchrow("SELECT * FROM drivers WHERE id = $1 FOR UPDATE", driver_id)
    return None if row is None else dict(row)


async def find_drivers(database: Database, text: str, most: int = 50) -> list[dict[str, Any]]:
    """Drivers with this document number, or with this in their name; with their last transit."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT d.*, f.name AS firm, (SELECT max(t.began_at) FROM declarations n
                   JOIN transits t ON t.declaration_id = n.id
                   WHERE n.driver_id = d.id) AS last_transit
               FROM drivers d JOIN firms f ON f.id = d.firm_id
               WHERE d.name <> 'erased' AND (d.document_number = $1
                   OR strpos(lower(d.name), lower($1)) > 0) ORDER BY d.name, d.id LIMIT $2""",
            text, most,
        )  # fmt: skip
    return [dict(row) for row in rows]


async def transits_of_driver(connection: Connection, driver_id: UUID) -> list[UUID]:
    """Transits on declarations that name the driver."""
    rows = await connection.fetch(
        """SELECT t.id FROM transits t JOIN declarations n ON n.id = t.declaration_id
           WHERE n.driver_id = $1""",
        driver_id,
    )
    return [row["id"] for row in rows]


async def holds_on(connection: Connection, transits: list[UUID]) -> int:
    """How many legal holds stand on these transits or their plates, and open transits."""
    return int(
        await connection.fetchval(
            """SELECT count(*) FROM transits t
               WHERE t.id = ANY($1) AND (t.ended_at IS NULL OR EXISTS (
                   SELECT FROM legal_holds h WHERE h.ended_at IS NULL AND (
                       (h.kind = 'transit' AND h.value = t.id::text)
                       OR (h.kind = 'plate' AND h.value = t.plate_key))))""",
            transits,
        )
    )


async def decisions_naming(
    connection: Connection, transits: list[UUID], declared: UUID | None
) -> list[dict[str, Any]]:
    """Decisions of these transits, and those that had a declaration of the driver before them."""
    rows = await connection.fetch(
        """SELECT * FROM decisions WHERE transit_id = ANY($1)
           UNION
           SELECT x.* FROM decisions x JOIN drivers d ON d.id = $2
           WHERE x.at >= (SELECT min(created_at) FROM declarations n WHERE n.driver_id = d.id)
             AND x.at <= (SELECT max(window_to) FROM declarations n WHERE n.driver_id = d.id)
                 + interval '30 days'
             AND x.inputs @> jsonb_build_object('declarations', jsonb_build_array(
                 jsonb_build_object('driver_document', d.document_number)))""",
        transits, declared,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def papers_of(connection: Connection, transits: list[UUID]) -> list[dict[str, Any]]:
    """Captures of documents in these transits, whose pictures show the person's papers."""
    rows = await connection.fetch(
        """SELECT DISTINCT c.id, c.sha256, c.role FROM captures c
           LEFT JOIN readings r ON r.capture_id = c.id
           WHERE c.transit_id = ANY($1) AND c.picture_gone_at IS NULL
             AND (c.role = 'document' OR r.kind IN ('mrz', 'barcode', 'document', 'paper'))""",
        transits,
    )
    return [dict(row) for row in rows]


async def last_number(connection: Connection, decision: UUID) -> int:
    """How many times something was erased from the decision."""
    return int(
        await connection.fetchval(
            "SELECT coalesce(max(number), 0) FROM erasures WHERE decision_id = $1", decision
        )
    )


async def erase_decision(
    connection: Connection,
    decision: dict[str, Any],
    *,
    number: int,
    at: datetime,
    was: str,
    remains: str,
    entry: int,
) -> None:
    """Put ``inputs``, ``decision`` and ``note`` of the row in place of what is stored."""
    await connection.execute(
        """INSERT INTO erasures (decision_id, number, at, was, remains, audit)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        decision["id"], number, at, was, remains, entry,
    )  # fmt: skip
    await connection.execute(
        "SELECT erase_decision($1, $2, $3, $4)",
        decision["id"], decision["inputs"], decision["decision"], decision["note"],
    )  # fmt: skip


async def erase_driver(connection: Connection, driver_id: UUID) -> None:
    """Blank the person's row, to which declarations still point."""
    await connection.execute(
        """UPDATE drivers SET name = 'erased', document_number = 'erased-' || id,
               nationality = 'XXX', birth_date = '1900-01-01' WHERE id = $1""",
        driver_id,
    )


def hash_of(decision: dict[str, Any]) -> str:
    """The hash of a decision's row."""
    return audit.decision_hash(decision)
