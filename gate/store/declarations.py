"""Declarations: finding the candidates for a plate, and moving them through their life."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from gate.core.normalize import search_keys
from gate.store.pool import Connection, Database
from schemas.declarations import (
    Clearance,
    Clearances,
    Declaration,
    DeclarationStatus,
    Direction,
    IllegalTransitionError,
    advance,
)

MOST_CANDIDATES = 50


class AlreadyUsed(IllegalTransitionError):
    """Another truck was released on this declaration a moment ago."""


_COLUMNS = """
    d.id, d.number, d.firm_id, f.name AS firm, d.direction, d.gate, d.status, d.customs,
    d.border_guard, d.quarantine, d.fee, d.tractor_plate, v.country AS tractor_country,
    d.trailer_plate, d.containers, d.seals, coalesce(p.name, '') AS driver,
    coalesce(p.document_number, '') AS driver_document, d.cargo, d.gross_kg, d.un_number,
    d.window_from,
    d.window_to, v.permit_until
"""
_JOINS = """
    JOIN firms f ON f.id = d.firm_id JOIN vehicles v ON v.id = d.tractor_id
    LEFT JOIN drivers p ON p.id = d.driver_id
"""


async def candidates(
    database: Database, plates: tuple[str, ...], now: datetime
) -> tuple[Declaration, ...]:
    """Declarations that one of the plates as read may belong to, exact ones first.

    Found by equality and by overlapping look-alike keys; at most ``MOST_CANDIDATES``,
    those whose window lies nearest to ``now`` first.
    """
    if not plates:
        return ()
    keys = sorted({key for plate in plates for key in search_keys(plate)})
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""WITH hit AS MATERIALIZED (
                    SELECT id FROM declarations WHERE search_keys && $2::text[]
                    UNION SELECT id FROM declarations WHERE tractor_plate = ANY($1::text[])
                    UNION SELECT id FROM declarations
                        WHERE trailer_plate = ANY($1::text[]) AND trailer_plate <> '')
                SELECT {_COLUMNS} FROM hit JOIN declarations d USING (id) {_JOINS}
                ORDER BY (d.tractor_plate = ANY($1::text[])) DESC,
                    abs(extract(epoch FROM d.window_from - $3::timestamptz)), d.number
                LIMIT {MOST_CANDIDATES}""",
            list(plates),
            keys,
            now,
        )
    return tuple(_declaration(row) for row in rows)


async def by_id(database: Database, declaration: UUID) -> Declaration | None:
    """One declaration, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            f"SELECT {_COLUMNS} FROM declarations d {_JOINS} WHERE d.id = $1", declaration
        )
    return None if row is None else _declaration(row)


async def move(
    connection: Connection,
    declaration: UUID,
    to: DeclarationStatus,
    *,
    actor: str,
    at: datetime,
    transit: UUID | None = None,
) -> bool:
    """Take one step in the declaration's life, with its event; locks the row.

    False where it stands there already.

    Raises:
        IllegalTransitionError: its life has no such step.
        LookupError: there is no such declaration.
    """
    current = await connection.fetchval(
        "SELECT status FROM declarations WHERE id = $1 FOR UPDATE", declaration
    )
    if current is None:
        raise LookupError(f"no declaration {declaration}")
    if current == to.value:
        return False
    advance(DeclarationStatus(current), to)
    await connection.execute(
        "UPDATE declarations SET status = $2 WHERE id = $1", declaration, to.value
    )
    await connection.execute(
        """INSERT INTO declaration_events
               (declaration_id, number, at, actor, from_status, to_status, transit_id)
           SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6
           FROM declaration_events WHERE declaration_id = $1""",
        declaration, at, actor, current, to.value, transit,
    )  # fmt: skip
    return True


async def status_of(connection: Connection, declaration: UUID) -> DeclarationStatus:
    """The declaration's status, with its row locked until the transaction ends."""
    return DeclarationStatus(
        await connection.fetchval(
            "SELECT status FROM declarations WHERE id = $1 FOR UPDATE", declaration
        )
    )


async def released_by(connection: Connection, transit: UUID) -> UUID | None:
    """The declaration that this transit's release took into use and that still is so."""
    found: UUID | None = await connection.fetchval(
        """SELECT d.id FROM transits t JOIN declarations d ON d.id = t.declaration_id
           WHERE t.id = $1 AND d.status = 'released' AND EXISTS (
               SELECT 1 FROM declaration_events e WHERE e.declaration_id = d.id
                 AND e.transit_id = t.id AND e.to_status = 'released')""",
        transit,
    )
    return found


def _declaration(row: Any) -> Declaration:
    return Declaration(
        id=row["id"],
        number=row["number"],
        firm_id=row["firm_id"],
        firm=row["firm"],
        direction=Direction(row["direction"]),
        gate=row["gate"],
        status=DeclarationStatus(row["status"]),
        clearances=Clearances(
            customs=Clearance(row["customs"]),
            border_guard=Clearance(row["border_guard"]),
            quarantine=Clearance(row["quarantine"]),
            fee=Clearance(row["fee"]),
        ),
        tractor_plate=row["tractor_plate"],
        tractor_country=row["tractor_country"],
        trailer_plate=row["trailer_plate"],
        containers=tuple(row["containers"]),
        seals=tuple(row["seals"]),
        driver=row["driver"],
        driver_document=row["driver_document"],
        cargo=row["cargo"],
        gross_kg=row["gross_kg"],
        un_number=row["un_number"],
        window_from=row["window_from"],
        window_to=row["window_to"],
        permit_until=row["permit_until"],
    )
