"""Fees of declarations: due, then paid, waived or void; and what was paid too much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gate.core.filing.dues import Account
from gate.store.conditions import Conditions
from gate.store.paging import Cursor
from gate.store.pool import Connection, Database

_COLUMNS = """e.id, e.declaration_id, d.number, f.name AS firm, e.code, e.amount, e.currency,
    e.status, e.due_at, e.settled_at, e.settled_by, e.reference"""
_FROM = "fees e JOIN declarations d ON d.id = e.declaration_id JOIN firms f ON f.id = e.firm_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRow:
    """One fee in whole units of its currency; ``reference``: the receipt, or why it was waived.

    ``status`` is due, paid, waived or void; or credit (paid too much), then returned (paid back).
    """

    id: UUID
    declaration_id: UUID
    number: str
    firm: str
    code: str
    amount: int
    currency: str
    status: str
    due_at: datetime
    settled_at: datetime | None
    settled_by: str
    reference: str


async def of_declaration(database: Database, firm: UUID | None, declaration: UUID) -> list[FeeRow]:
    """The declaration's fees."""
    where = Conditions()
    where.add("e.declaration_id = {}", declaration)
    where.firm("e.firm_id", firm)
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"SELECT {_COLUMNS} FROM {_FROM} {where.where} ORDER BY e.due_at, e.code",
            *where.values,
        )
    return [FeeRow(**dict(row)) for row in rows]


async def open_items(
    database: Database, firm: UUID | None, status: str, *, after: Cursor | None, most: int
) -> list[FeeRow]:
    """Fees that are due, or credits (``status`` due or credit), the newest first."""
    where = Conditions()
    # As a constant: the plan must know that it has a partial index.
    where.add("e.status = 'credit'" if status == "credit" else "e.status = 'due'")
    where.firm("e.firm_id", firm)
    where.after("e.due_at", "e.id", after)
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM {_FROM} {where.where}
                ORDER BY e.due_at DESC, e.id DESC LIMIT {where.value(most)}""",
            *where.values,
        )
    return [FeeRow(**dict(row)) for row in rows]


async def accounts(connection: Connection, declaration: UUID) -> list[Account]:
    """The sums of the declaration's fees by code; its row is locked."""
    rows = await connection.fetch(
        """SELECT code, min(currency) AS currency,
               coalesce(sum(amount) FILTER (WHERE status = 'due'), 0)::bigint AS due,
               coalesce(sum(amount) FILTER (WHERE status = 'paid'), 0)::bigint AS paid,
               coalesce(sum(amount) FILTER (WHERE status = 'waived'), 0)::bigint AS waived,
               coalesce(sum(amount) FILTER (WHERE status = 'credit'), 0)::bigint AS credit,
               coalesce(sum(amount) FILTER (WHERE status = 'returned'), 0)::bigint AS returned
           FROM fees WHERE declaration_id = $1 AND status <> 'void' GROUP BY code""",
        declaration,
    )
    return [Account(**dict(row)) for row in rows]


async def add_many(
    connection: Connection,
    found: list[tuple[UUID, UUID, UUID, str, int, str, datetime]],
    status: str = "due",
) -> None:
    """Open items of a declaration, fees or credits: id, declaration, firm, code, amount, currency,
    time; raises UniqueViolationError where the code has one.
    """
    await connection.executemany(
        """INSERT INTO fees (id, declaration_id, firm_id, code, amount, currency, due_at, status)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        [(*one, status) for one in found],
    )


async def void_open(
    connection: Connection, declaration: UUID, codes: list[str], by: str, at: datetime
) -> None:
    """What is due, or a credit, of these codes is so no more."""
    await connection.execute(
        """UPDATE fees SET status = 'void', settled_by = $3, settled_at = $4
           WHERE declaration_id = $1 AND code = ANY($2) AND status IN ('due', 'credit')""",
        declaration, codes, by, at,
    )  # fmt: skip


async def settle(
    connection: Connection, fee: UUID, *, to: str, by: str, reference: str, at: datetime
) -> UUID | None:
    """Settle a fee that is due (``to`` paid or waived), or a credit (returned); returns its
    declaration, None where it is not so.
    """
    found: UUID | None = await connection.fetchval(
        """UPDATE fees SET status = $2, settled_by = $3, reference = $4, settled_at = $5
           WHERE id = $1 AND status = $6 RETURNING declaration_id""",
        fee, to, by, reference, at, "credit" if to == "returned" else "due",
    )  # fmt: skip
    return found


async def void_all(connection: Connection, declaration: UUID, by: str, at: datetime) -> None:
    """What is still due of a declaration that ended is due no more."""
    await connection.execute(
        """UPDATE fees SET status = 'void', settled_by = $2, settled_at = $3
           WHERE declaration_id = $1 AND status = 'due'""",
        declaration, by, at,
    )  # fmt: skip


async def declaration_of(connection: Connection, fee: UUID) -> UUID | None:
    """The declaration of a fee, or None."""
    found: UUID | None = await connection.fetchval(
        "SELECT declaration_id FROM fees WHERE id = $1", fee
    )
    return found


async def standing(connection: Connection, declaration: UUID) -> tuple[int, int]:
    """How many fees are due, and how many were paid or waived."""
    row = await connection.fetchrow(
        """SELECT count(*) FILTER (WHERE status = 'due') AS due,
               count(*) FILTER (WHERE status IN ('paid', 'waived')) AS settled
           FROM fees WHERE declaration_id = $1""",
        declaration,
    )
    return int(row["due"]), int(row["settled"])
