"""Declarations: one by its id, and the moves of their life. Search is in ``preselect``."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

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


class AlreadyUsed(IllegalTransitionError):
    """Another truck was released on this declaration a moment ago."""


COLUMNS = """
    d.id, d.number, d.firm_id, f.name AS firm, d.direction, d.gate, d.status, d.customs,
    d.border_guard, d.quarantine, d.fee, d.tractor_plate, v.country AS tractor_country,
    d.trailer_plate, d.containers, d.seals, coalesce(p.name, '') AS driver,
    coalesce(p.document_number, '') AS driver_document, d.cargo, d.gross_kg, d.un_number,
    d.window_from,
    d.window_to, v.permit_until, v.permitted_kg, v.insurance_until,
    p.document_until AS driver_document_until, d.lane
"""
JOINS = """
    JOIN firms f ON f.id = d.firm_id JOIN vehicles v ON v.id = d.tractor_id
    LEFT JOIN drivers p ON p.id = d.driver_id
"""


async def by_number(database: Database, number: str) -> Declaration | None:
    """The declaration of this number, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            f"SELECT {COLUMNS} FROM declarations d {JOINS} WHERE d.number = $1", number
        )
    return None if row is None else declaration_from(row)


async def by_id(database: Database, declaration: UUID) -> Declaration | None:
    """One declaration, or None."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            f"SELECT {COLUMNS} FROM declarations d {JOINS} WHERE d.id = $1", declaration
        )
    return None if row is None else declaration_from(row)


async def move(
    connection: Connection,
    declaration: UUID,
    to: DeclarationStatus,
    *,
    actor: str,
    at: datetime,
    transit: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> bool:
    """Take one step in the declaration's life, with its event; locks the row. ``data`` is kept
    with the event.

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
        "UPDATE declarations SET status = $2, updated_at = $3 WHERE id = $1",
        declaration, to.value, at,
    )  # fmt: skip
    await connection.execute(
        """INSERT INTO declaration_events
               (declaration_id, number, at, actor, from_status, to_status, transit_id, data)
           SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7
           FROM declaration_events WHERE declaration_id = $1""",
        declaration, at, actor, current, to.value, transit, data or {},
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


def declaration_from(row: Any) -> Declaration:
    """The declaration in a row of ``COLUMNS``."""
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
        permitted_kg=row["permitted_kg"],
        insurance_until=row["insurance_until"],
        driver_document_until=row["driver_document_until"],
        lane=row["lane"],
    )
