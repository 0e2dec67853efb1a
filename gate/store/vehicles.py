"""Vehicles of firms. One that is used no more is retired: declarations point to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database

_COLUMNS = """id, kind, plate, country, permitted_kg, axles, permit_number, permit_until,
    insurance_until, retired_at, version, updated_at"""
_VALUES = ("kind", "plate", "country", "permitted_kg", "axles", "permit_number", "permit_until",
           "insurance_until")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleRow:
    """One vehicle. ``kind`` is tractor, trailer or truck; the permitted weight in kilograms."""

    id: UUID
    kind: str
    plate: str
    country: str
    permitted_kg: int
    axles: int | None
    permit_number: str
    permit_until: datetime | None
    insurance_until: datetime | None
    retired_at: datetime | None
    version: int
    updated_at: datetime


async def listing(
    database: Database,
    firm: UUID,
    *,
    text: str,
    kind: str,
    retired: bool,
    after: str,
    most: int,
) -> list[VehicleRow]:
    """The firm's vehicles by plate, after the one of this plate."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM vehicles WHERE firm_id = $1
                  AND ($2 = '' OR strpos(plate, $2) > 0) AND ($3 = '' OR kind = $3)
                  AND (retired_at IS NOT NULL) = $4 AND plate > $5 ORDER BY plate LIMIT $6""",
            firm, text, kind, retired, after, most,
        )  # fmt: skip
    return [VehicleRow(**dict(row)) for row in rows]


async def one(connection: Connection, firm: UUID, vehicle: UUID) -> VehicleRow | None:
    """The firm's vehicle of this id, or None."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM vehicles WHERE id = $2 AND firm_id = $1", firm, vehicle
    )
    return None if row is None else VehicleRow(**dict(row))


async def by_plates(
    connection: Connection, firm: UUID, plates: list[str]
) -> dict[tuple[str, str], VehicleRow]:
    """The firm's vehicles in use that have one of these plates, by plate and country."""
    rows = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM vehicles
            WHERE firm_id = $1 AND plate = ANY($2) AND retired_at IS NULL""",
        firm, plates,
    )  # fmt: skip
    return {(row["plate"], row["country"]): VehicleRow(**dict(row)) for row in rows}


async def add(
    connection: Connection, firm: UUID, vehicle: UUID, values: dict[str, Any], at: datetime
) -> VehicleRow | None:
    """Add a vehicle; None where the firm has one of this plate."""
    row = await connection.fetchrow(
        f"""INSERT INTO vehicles (id, firm_id, created_at, updated_at, {", ".join(_VALUES)})
            VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (firm_id, plate, country) WHERE retired_at IS NULL DO NOTHING
            RETURNING {_COLUMNS}""",
        vehicle, firm, at, *(values[name] for name in _VALUES),
    )  # fmt: skip
    return None if row is None else VehicleRow(**dict(row))


async def add_many(
    connection: Connection, firm: UUID, found: list[tuple[UUID, dict[str, Any], datetime]]
) -> None:
    """Add vehicles, each with its id, values and moment; raises UniqueViolationError."""
    await connection.executemany(
        f"""INSERT INTO vehicles (id, firm_id, created_at, updated_at, {", ".join(_VALUES)})
            VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        [(vehicle, firm, at, *(values[name] for name in _VALUES)) for vehicle, values, at in found],
    )


async def change(
    connection: Connection,
    firm: UUID,
    vehicle: UUID,
    values: dict[str, Any],
    at: datetime,
    version: int | None,
) -> VehicleRow | None:
    """Change a vehicle in use, if it has this version; raises UniqueViolationError."""
    row = await connection.fetchrow(
        f"""UPDATE vehicles SET updated_at = $3, version = version + 1, kind = $5, plate = $6,
                country = $7, permitted_kg = $8, axles = $9, permit_number = $10,
                permit_until = $11, insurance_until = $12
            WHERE id = $2 AND firm_id = $1 AND retired_at IS NULL
              AND ($4::integer IS NULL OR version = $4) RETURNING {_COLUMNS}""",
        firm, vehicle, at, version, *(values[name] for name in _VALUES),
    )  # fmt: skip
    return None if row is None else VehicleRow(**dict(row))


async def retire(connection: Connection, firm: UUID, vehicle: UUID, at: datetime) -> bool:
    """Take a vehicle out of use; False where there is none in use."""
    found = await connection.fetchval(
        """UPDATE vehicles SET retired_at = $3, updated_at = $3, version = version + 1
           WHERE id = $2 AND firm_id = $1 AND retired_at IS NULL RETURNING 1""",
        firm, vehicle, at,
    )  # fmt: skip
    return found is not None
