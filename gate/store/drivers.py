"""Drivers of firms. One who drives no more is retired: declarations point to him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gate.store.paging import Cursor
from gate.store.pool import Connection, Database

_COLUMNS = """id, name, nationality, document_kind, document_number, birth_date, document_until,
    phone, retired_at, version, created_at, updated_at"""
_VALUES = ("name", "nationality", "document_kind", "document_number", "birth_date",
           "document_until", "phone")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverRow:
    """One driver with a document."""

    id: UUID
    name: str
    nationality: str
    document_kind: str
    document_number: str
    birth_date: date
    document_until: date
    phone: str
    retired_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


async def listing(
    database: Database, firm: UUID, *, text: str, retired: bool, after: Cursor | None, most: int
) -> list[DriverRow]:
    """The firm's drivers, the newest first; ``text`` is looked for in name and number."""
    at, last = (None, None) if after is None else (after.at, after.id)
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM drivers WHERE firm_id = $1
                  AND ($2 = '' OR strpos(lower(name), lower($2)) > 0
                       OR strpos(document_number, upper($2)) > 0)
                  AND (retired_at IS NOT NULL) = $3
                  AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
                ORDER BY created_at DESC, id DESC LIMIT $6""",
            firm, text, retired, at, last, most,
        )  # fmt: skip
    return [DriverRow(**dict(row)) for row in rows]


async def one(connection: Connection, firm: UUID, driver: UUID) -> DriverRow | None:
    """The firm's driver of this id, or None."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM drivers WHERE id = $2 AND firm_id = $1", firm, driver
    )
    return None if row is None else DriverRow(**dict(row))


async def by_document(
    connection: Connection, firm: UUID, kind: str, number: str, nationality: str
) -> DriverRow | None:
    """The firm's driver in service with this document, or None."""
    row = await connection.fetchrow(
        f"""SELECT {_COLUMNS} FROM drivers WHERE firm_id = $1 AND document_kind = $2
              AND document_number = $3 AND nationality = $4 AND retired_at IS NULL""",
        firm, kind, number, nationality,
    )  # fmt: skip
    return None if row is None else DriverRow(**dict(row))


async def by_numbers(
    connection: Connection, firm: UUID, numbers: list[str]
) -> dict[tuple[str, str, str], DriverRow]:
    """The firm's drivers in service whose documents have one of these numbers, by the document's
    kind, number and nationality.
    """
    rows = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM drivers
            WHERE firm_id = $1 AND document_number = ANY($2) AND retired_at IS NULL""",
        firm, numbers,
    )  # fmt: skip
    return {
        (row["document_kind"], row["document_number"], row["nationality"]): DriverRow(**dict(row))
        for row in rows
    }


async def add_many(
    connection: Connection, firm: UUID, found: list[tuple[UUID, dict[str, Any], datetime]]
) -> None:
    """Add drivers, each with his id, values and moment; raises UniqueViolationError."""
    await connection.executemany(
        f"""INSERT INTO drivers (id, firm_id, created_at, updated_at, {", ".join(_VALUES)})
            VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10)""",
        [(driver, firm, at, *(values[name] for name in _VALUES)) for driver, values, at in found],
    )


async def add(
    connection: Connection, firm: UUID, driver: UUID, values: dict[str, Any], at: datetime
) -> DriverRow | None:
    """Add a driver; None where the firm has one with this document."""
    row = await connection.fetchrow(
        f"""INSERT INTO drivers (id, firm_id, created_at, updated_at, {", ".join(_VALUES)})
            VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (firm_id, document_kind, document_number, nationality)
                WHERE retired_at IS NULL DO NOTHING
            RETURNING {_COLUMNS}""",
        driver, firm, at, *(values[name] for name in _VALUES),
    )  # fmt: skip
    return None if row is None else DriverRow(**dict(row))


async def change(
    connection: Connection,
    firm: UUID,
    driver: UUID,
    values: dict[str, Any],
    at: datetime,
    version: int | None,
) -> DriverRow | None:
    """Change a driver in service, if this is the version; raises UniqueViolationError."""
    row = await connection.fetchrow(
        f"""UPDATE drivers SET updated_at = $3, version = version + 1, name = $5,
                nationality = $6, document_kind = $7, document_number = $8, birth_date = $9,
                document_until = $10, phone = $11
            WHERE id = $2 AND firm_id = $1 AND retired_at IS NULL
              AND ($4::integer IS NULL OR version = $4) RETURNING {_COLUMNS}""",
        firm, driver, at, version, *(values[name] for name in _VALUES),
    )  # fmt: skip
    return None if row is None else DriverRow(**dict(row))


async def retire(connection: Connection, firm: UUID, driver: UUID, at: datetime) -> bool:
    """Take a driver out of service; False where there is none in service."""
    found = await connection.fetchval(
        """UPDATE drivers SET retired_at = $3, updated_at = $3, version = version + 1
           WHERE id = $2 AND firm_id = $1 AND retired_at IS NULL RETURNING 1""",
        firm, driver, at,
    )  # fmt: skip
    return found is not None
