"""Uploads that are being filed, in pieces, and what became of each of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database

_COLUMNS = """c.upload_id, c.firm_id, c.actor, c.all_or_nothing, c.submit, c.rows, c.left_out,
    c.asked_at, c.ended_at, c.stopped"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRow:
    """What was asked. ``rows`` are to be filed, ``left_out`` were wrong already when they were
    shown; ``stopped`` says why it ended before all rows, else it is empty.
    """

    upload_id: UUID
    firm_id: UUID
    actor: str
    all_or_nothing: bool
    submit: bool
    rows: int
    left_out: int
    asked_at: datetime
    ended_at: datetime | None
    stopped: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """What became of one declaration of an upload. ``line`` is its first row in the file;
    ``declaration_id`` None: it was not filed, for its ``problems`` (plain dicts).
    """

    id: UUID
    line: int
    reference: str
    declaration_id: UUID | None
    number: str
    status: str
    problems: list[dict[str, Any]]


async def add(connection: Connection, row: CommitRow) -> None:
    """Note that the upload shall be filed; it is next when all that waited longer had a turn."""
    await connection.execute(
        """INSERT INTO bulk_commits (upload_id, firm_id, actor, all_or_nothing, submit, rows,
               left_out, asked_at, turn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)""",
        row.upload_id, row.firm_id, row.actor, row.all_or_nothing, row.submit, row.rows,
        row.left_out, row.asked_at,
    )  # fmt: skip


async def one(connection: Connection, firm: UUID, upload: UUID) -> CommitRow | None:
    """What was asked of the firm's upload, or None."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM bulk_commits c WHERE upload_id = $2 AND firm_id = $1", firm, upload
    )
    return None if row is None else CommitRow(**dict(row))


async def recent(database: Database, firm: UUID, most: int) -> list[tuple[CommitRow, str]]:
    """The firm's uploads that were asked to be filed, with their files' names, the newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS}, p.name FROM bulk_commits c
                JOIN bulk_previews p ON p.id = c.upload_id WHERE c.firm_id = $1
                ORDER BY c.asked_at DESC, c.upload_id LIMIT $2""",
            firm, most,
        )  # fmt: skip
    return [(CommitRow(**{k: v for k, v in row.items() if k != "name"}), row["name"])
            for row in rows]  # fmt: skip


async def under_way(connection: Connection, firm: UUID) -> int:
    """How many uploads of the firm are being filed."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM bulk_commits WHERE firm_id = $1 AND ended_at IS NULL", firm
        )
    )


async def take(connection: Connection) -> CommitRow | None:
    """The one that waited longest, locked until the transaction ends; others skip it."""
    row = await connection.fetchrow(
        f"""SELECT {_COLUMNS} FROM bulk_commits c WHERE ended_at IS NULL
            ORDER BY turn_at, upload_id LIMIT 1 FOR UPDATE SKIP LOCKED"""
    )
    return None if row is None else CommitRow(**dict(row))


async def had_turn(connection: Connection, upload: UUID, at: datetime) -> None:
    """A piece of it was filed: others come first now."""
    await connection.execute(
        "UPDATE bulk_commits SET turn_at = $2 WHERE upload_id = $1", upload, at
    )


async def end(connection: Connection, upload: UUID, at: datetime, stopped: str = "") -> None:
    """Nothing more is to be filed; ``stopped``: why it ends before all rows."""
    await connection.execute(
        "UPDATE bulk_commits SET ended_at = $2, stopped = $3 WHERE upload_id = $1",
        upload, at, stopped,
    )  # fmt: skip


async def last_line(connection: Connection, upload: UUID) -> int:
    """The last row of the file of which is known what became of it, or 0."""
    found = await connection.fetchval(
        "SELECT max(line) FROM bulk_results WHERE upload_id = $1", upload
    )
    return int(found or 0)


async def add_results(
    connection: Connection, firm: UUID, upload: UUID, results: Sequence[ResultRow]
) -> None:
    """Note what became of rows, in the transaction that filed them."""
    await connection.executemany(
        """INSERT INTO bulk_results (id, upload_id, firm_id, line, reference, declaration_id,
               number, status, problems) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        [
            (one.id, upload, firm, one.line, one.reference, one.declaration_id, one.number,
             one.status, one.problems)
            for one in results
        ],
    )  # fmt: skip


async def counts(connection: Connection, firm: UUID, upload: UUID) -> tuple[int, int]:
    """How many declarations were filed, and how many could not be when their turn came."""
    row = await connection.fetchrow(
        """SELECT count(declaration_id) AS filed,
               count(*) FILTER (WHERE declaration_id IS NULL) AS refused
           FROM bulk_results WHERE upload_id = $2 AND firm_id = $1""",
        firm, upload,
    )  # fmt: skip
    return int(row["filed"]), int(row["refused"])


async def sums(connection: Connection, upload: UUID) -> dict[str, int]:
    """How many declarations were filed, by the status that they got then."""
    rows = await connection.fetch(
        """SELECT status, count(*) AS n FROM bulk_results
           WHERE upload_id = $1 AND declaration_id IS NOT NULL GROUP BY status""",
        upload,
    )  # fmt: skip
    return {row["status"]: int(row["n"]) for row in rows}


async def refused(connection: Connection, upload: UUID) -> list[ResultRow]:
    """What could not be filed when its turn came, in order."""
    rows = await connection.fetch(
        """SELECT id, line, reference, declaration_id, number, status, problems FROM bulk_results
           WHERE upload_id = $1 AND declaration_id IS NULL ORDER BY line""",
        upload,
    )  # fmt: skip
    return [ResultRow(**dict(row)) for row in rows]


async def results(
    database: Database, firm: UUID, upload: UUID, *, after: int, most: int, refused: bool = False
) -> list[ResultRow]:
    """What became of the rows after this line, in order; ``refused``: only those not filed."""
    wanted = "AND declaration_id IS NULL" if refused else ""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT id, line, reference, declaration_id, number, status, problems
                FROM bulk_results WHERE upload_id = $2 AND firm_id = $1 AND line > $3 {wanted}
                ORDER BY line LIMIT $4""",
            firm, upload, after, most,
        )  # fmt: skip
    return [ResultRow(**dict(row)) for row in rows]
