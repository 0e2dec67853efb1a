"""Declarations as their firm and the gate's staff see them; the lane's side is ``declarations``.

``firm`` None means all firms, for staff; the firm's side always gives its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.conditions import Conditions
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database
from schemas.declarations import DeclarationStatus
from schemas.plates import plate_key

_COLUMNS = """d.id, d.number, d.firm_id, f.name AS firm, d.direction, d.gate, d.status,
    d.tractor_plate, v.country AS tractor_country, d.trailer_plate, coalesce(p.name, '') AS driver,
    d.containers, d.seals, d.cargo, d.gross_kg, d.un_number, d.customs, d.border_guard,
    d.quarantine, d.fee, d.window_from, d.window_to, d.slot_at, d.lane, d.version,
    coalesce(w.content, '{}') AS content, d.reason, d.created_at, d.submitted_at, d.updated_at"""
_FROM = """declarations d JOIN firms f ON f.id = d.firm_id JOIN vehicles v ON v.id = d.tractor_id
    LEFT JOIN drivers p ON p.id = d.driver_id
    LEFT JOIN filings w ON w.declaration_id = d.id AND w.version = d.version"""


UNDER_WAY = """status IN ('submitted', 'rejected', 'accepted', 'arrived', 'clearing', 'cleared',
    'released')"""
"""What has a partial index (migration 0013)."""


_EVERYWHERE = """d.id IN (
    SELECT id FROM declarations WHERE number = {0}
    UNION ALL SELECT id FROM declarations WHERE tractor_key = {1}
    UNION ALL SELECT id FROM declarations WHERE trailer_key = {1} AND trailer_key <> ''
    UNION ALL SELECT id FROM declarations WHERE containers && {2} AND containers <> '{{}}')"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledRow:
    """One declaration. ``content`` is what was filed last, word for word; empty for those that
    other systems filed. ``slot_at`` is the hour that was booked.
    """

    id: UUID
    number: str
    firm_id: UUID
    firm: str
    direction: str
    gate: str
    status: str
    tractor_plate: str
    tractor_country: str
    trailer_plate: str
    driver: str
    containers: tuple[str, ...]
    seals: tuple[str, ...]
    cargo: str
    gross_kg: int
    un_number: str
    customs: str
    border_guard: str
    quarantine: str
    fee: str
    window_from: datetime
    window_to: datetime
    slot_at: datetime | None
    lane: str
    version: int
    content: dict[str, Any]
    reason: str
    created_at: datetime
    submitted_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list shows. ``text`` is looked for in number, plates, containers and driver's name;
    the window's start lies from ``window_from`` up to, not including, ``window_to``.
    """

    status: tuple[str, ...] = ()
    text: str = ""
    direction: str = ""
    window_from: datetime | None = None
    window_to: datetime | None = None


async def listing(
    database: Database, firm: UUID | None, wanted: Filter, *, after: Cursor | None, most: int
) -> list[FiledRow]:
    """Declarations that were submitted at least once, the newest first.

    Of all firms (staff) and in every status a text is looked for as a whole number or plate:
    only that has indexes. What is under way is a small part, where a piece of it is enough.
    """
    where = Conditions()
    where.firm("d.firm_id", firm)
    # As constants: the plan must know that they are rare.
    statuses = ", ".join(f"'{DeclarationStatus(status).value}'" for status in wanted.status)
    where.add(f"d.status IN ({statuses})" if statuses else "d.status <> 'draft'")
    if wanted.direction:
        where.add("d.direction = {}", wanted.direction)
    if wanted.text:
        _search(where, wanted.text, everywhere=firm is None and not wanted.status)
    if wanted.window_from is not None:
        where.add("d.window_from >= {}", wanted.window_from)
    if wanted.window_to is not None:
        where.add("d.window_from < {}", wanted.window_to)
    where.after("d.created_at", "d.id", after)
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM {_FROM} {where.where}
                ORDER BY d.created_at DESC, d.id DESC LIMIT {where.value(most)}""",
            *where.values,
        )
    return [_filed(row) for row in rows]


def _search(where: Conditions, text: str, *, everywhere: bool) -> None:
    bare = "".join(c for c in text.upper() if c.isalnum())
    if everywhere:
        where.add(_EVERYWHERE, text.upper(), plate_key(bare) or "-", [bare])
        return
    parts = ["strpos(upper(d.number), {0}) > 0", "strpos(upper(p.name), {0}) > 0"]
    values: list[Any] = [text.upper()]
    if bare:
        parts += ["strpos(d.tractor_plate, {1}) > 0", "strpos(d.trailer_plate, {1}) > 0",
                  "{1} = ANY(d.containers)"]  # fmt: skip
        values.append(bare)
    where.add(f"({' OR '.join(parts)})", *values)


async def one(
    connection: Connection, firm: UUID | None, declaration: UUID, *, lock: bool = False
) -> FiledRow | None:
    """The declaration, or None; ``lock`` keeps it as it is until the transaction ends."""
    where = Conditions()
    where.add("d.id = {}", declaration)
    where.firm("d.firm_id", firm)
    if lock:
        # By itself: after waiting for an amendment PostgreSQL would join the changed row with the
        # tractor and the filing that belonged to the one before, and find nothing.
        await connection.execute(
            f"SELECT FROM declarations d {where.where} FOR UPDATE", *where.values
        )
    row = await connection.fetchrow(f"SELECT {_COLUMNS} FROM {_FROM} {where.where}", *where.values)
    return None if row is None else _filed(row)


async def counts(database: Database, firm: UUID | None) -> dict[str, int]:
    """Status -> how many declarations, without drafts; of all firms only those under way."""
    where = Conditions()
    where.firm("firm_id", firm)
    where.add(UNDER_WAY if firm is None else "status <> 'draft'")
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"SELECT status, count(*) AS n FROM declarations {where.where} GROUP BY status",
            *where.values,
        )
    return {row["status"]: row["n"] for row in rows}


async def next_serial(connection: Connection) -> int:
    """The next serial for a declaration's number."""
    return (await next_serials(connection, 1))[0]


async def next_serials(connection: Connection, count: int) -> list[int]:
    """As many serials for declarations' numbers, in order."""
    rows = await connection.fetch(
        "SELECT nextval('declaration_numbers') AS n FROM generate_series(1, $1::integer)", count
    )
    return sorted(int(row["n"]) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """An open declaration's number, tractor and window."""

    number: str
    plate: str
    window_from: datetime
    window_to: datetime


async def open_of_plates(
    connection: Connection,
    firm: UUID,
    plates: list[str],
    span: tuple[datetime, datetime],
    but: UUID,
) -> list[Declared]:
    """The firm's open declarations for these tractors whose window overlaps a span, the oldest
    first, without the declaration ``but``.
    """
    rows = await connection.fetch(
        """SELECT number, tractor_plate AS plate, window_from, window_to FROM declarations
           WHERE firm_id = $1 AND tractor_plate = ANY($2) AND id <> $5 AND tractor_key = ANY($6)
             AND status IN ('submitted', 'accepted', 'arrived', 'clearing', 'cleared', 'released')
             AND window_from < $4 AND window_to > $3 ORDER BY created_at, id""",
        firm, plates, *span, but, [plate_key(plate) for plate in plates],
    )  # fmt: skip
    return [Declared(**dict(row)) for row in rows]


async def write(connection: Connection, values: dict[str, Any]) -> None:
    """Write a declaration's row from named columns, a new one or in place of what it was.

    The caller has locked it, knows that it is the firm's, and writes its filing and event.
    """
    names = list(values)
    places = ", ".join(f"${n}" for n in range(1, len(names) + 1))
    updates = ", ".join(f"{name} = excluded.{name}" for name in names if name not in _ONCE)
    await connection.execute(
        f"""INSERT INTO declarations ({", ".join(names)}) VALUES ({places})
            ON CONFLICT (id) DO UPDATE SET {updates}
            WHERE declarations.firm_id = excluded.firm_id""",
        *values.values(),
    )


async def add_many(connection: Connection, found: list[dict[str, Any]]) -> None:
    """Write new declarations, all with the same named columns."""
    if not found:
        return
    names = list(found[0])
    places = ", ".join(f"${n}" for n in range(1, len(names) + 1))
    await connection.executemany(
        f"INSERT INTO declarations ({', '.join(names)}) VALUES ({places})",
        [tuple(values[name] for name in names) for values in found],
    )


_ONCE = frozenset({"id", "number", "firm_id", "created_at"})
"""Columns that stay as they were first written."""


async def add_filing(
    connection: Connection,
    declaration: UUID,
    version: int,
    content: dict[str, Any],
    at: datetime,
    by: str,
) -> None:
    """Keep what was filed, for ever."""
    await add_filings(connection, [(declaration, version, content, at, by)])


async def add_filings(
    connection: Connection, found: list[tuple[UUID, int, dict[str, Any], datetime, str]]
) -> None:
    """Keep what was filed, for ever: declaration, version, content, time, who."""
    await connection.executemany(
        """INSERT INTO filings (declaration_id, version, content, filed_at, filed_by)
           VALUES ($1, $2, $3, $4, $5)""",
        found,
    )


async def write_items(
    connection: Connection, declaration: UUID, items: list[dict[str, Any]]
) -> None:
    """Write the goods lines in place of those that were there."""
    await connection.execute("DELETE FROM declaration_items WHERE declaration_id = $1", declaration)
    await add_items(connection, [(declaration, items)])


async def add_items(connection: Connection, found: list[tuple[UUID, list[dict[str, Any]]]]) -> None:
    """Write the goods lines of declarations that have none."""
    await connection.executemany(
        """INSERT INTO declaration_items (declaration_id, line, description, hs_code, quantity,
               unit, net_kg, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        [
            (declaration, n, item["description"], item["hs_code"], item["quantity"], item["unit"],
             item["net_kg"], item["origin"])
            for declaration, items in found for n, item in enumerate(items, 1)
        ],
    )  # fmt: skip


async def set_words(
    connection: Connection, declaration: UUID, words: dict[str, str], at: datetime
) -> None:
    """Set clearances: customs, border_guard, quarantine, fee."""
    await connection.execute(
        """UPDATE declarations SET customs = coalesce($2, customs),
               border_guard = coalesce($3, border_guard), quarantine = coalesce($4, quarantine),
               fee = coalesce($5, fee), updated_at = $6 WHERE id = $1""",
        declaration, words.get("customs"), words.get("border_guard"), words.get("quarantine"),
        words.get("fee"), at,
    )  # fmt: skip


async def set_reason(connection: Connection, declaration: UUID, reason: str) -> None:
    """Why the declaration was rejected or cancelled."""
    await connection.execute(
        "UPDATE declarations SET reason = $2 WHERE id = $1", declaration, reason
    )


async def set_slot(
    connection: Connection,
    declaration: UUID,
    starts_at: datetime | None,
    ends_at: datetime | None,
    at: datetime,
) -> None:
    """The hour that was booked becomes the window; None gives the hour back, the window stays."""
    await connection.execute(
        """UPDATE declarations SET slot_at = $2, window_from = coalesce($2, window_from),
               window_to = coalesce($3, window_to), updated_at = $4 WHERE id = $1""",
        declaration, starts_at, ends_at, at,
    )  # fmt: skip


async def open_past(connection: Connection, before: datetime, most: int) -> list[UUID]:
    """Declarations that wait for a truck although their window ended before this time."""
    rows = await connection.fetch(
        """SELECT id FROM declarations
           WHERE status IN ('submitted', 'accepted', 'clearing', 'cleared') AND window_to < $1
           ORDER BY window_to LIMIT $2 FOR UPDATE SKIP LOCKED""",
        before, most,
    )  # fmt: skip
    return [row["id"] for row in rows]


def _filed(row: Any) -> FiledRow:
    values = dict(row)
    values["containers"], values["seals"] = tuple(values["containers"]), tuple(values["seals"])
    return FiledRow(**values)


async def parts_of(connection: Connection, declaration: UUID) -> dict[str, Any]:
    """Goods, vehicles and driver of a declaration as dicts of the fields that a filing has."""
    goods = await connection.fetch(
        """SELECT description, hs_code, quantity, unit, net_kg, origin FROM declaration_items
           WHERE declaration_id = $1 ORDER BY line""",
        declaration,
    )
    row = await connection.fetchrow(
        """SELECT v.plate AS tractor_plate, v.country AS tractor_country, v.kind AS tractor_kind,
               v.permitted_kg, t.plate AS trailer_plate, t.country AS trailer_country,
               t.permitted_kg AS trailer_kg, p.name, p.nationality, p.document_kind,
               p.document_number, p.birth_date, p.document_until, p.phone
           FROM declarations d JOIN vehicles v ON v.id = d.tractor_id
           LEFT JOIN vehicles t ON t.id = d.trailer_id LEFT JOIN drivers p ON p.id = d.driver_id
           WHERE d.id = $1""",
        declaration,
    )
    person = ("name", "nationality", "document_kind", "document_number", "birth_date",
              "document_until", "phone")  # fmt: skip
    return {
        "goods": [dict(line) for line in goods],
        "tractor": {"plate": row["tractor_plate"], "country": row["tractor_country"],
                    "kind": row["tractor_kind"], "permitted_kg": row["permitted_kg"]},
        "trailer": {"plate": row["trailer_plate"], "country": row["trailer_country"],
                    "permitted_kg": row["trailer_kg"]},
        "driver": {name: row[name] for name in person},
    }  # fmt: skip


async def tractor_of(connection: Connection, declaration: UUID) -> tuple[str, int]:
    """Kind and permitted weight (kilograms) of the declared tractor or truck."""
    row = await connection.fetchrow(
        """SELECT v.kind, v.permitted_kg FROM declarations d JOIN vehicles v ON v.id = d.tractor_id
           WHERE d.id = $1""",
        declaration,
    )
    return str(row["kind"]), int(row["permitted_kg"])
