"""Audit chains in the database: adding entries, and reading them back for the check."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.core import audit
from gate.core.audit import ADMINISTRATION, Entry, digest, moment
from gate.store.pool import Connection, Database

_COLUMNS = "chain, number, at, actor, action, subject, data_hash, previous, hash"


async def append(
    connection: Connection,
    chain: str,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    data_hash: str,
) -> int:
    """Add an entry to a chain that the caller has locked; returns its number."""
    head = await connection.fetchrow(
        "SELECT number, hash FROM audit_events WHERE chain = $1 ORDER BY number DESC LIMIT 1", chain
    )
    entry = audit.append(
        None if head is None else (head["number"], head["hash"]), chain=chain, at=at, actor=actor,
        action=action, subject=subject, data_hash=data_hash,
    )  # fmt: skip
    await connection.execute(
        f"INSERT INTO audit_events ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        entry.chain, entry.number, entry.at, entry.actor, entry.action, entry.subject,
        entry.data_hash, entry.previous, entry.hash,
    )  # fmt: skip
    return entry.number


async def administer(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    data: dict[str, Any],
) -> int:
    """Record an act of administration (policy, watchlist, user, key) inside its transaction.

    The data is kept beside the chain under a random salt, so that it can be erased without
    breaking the chain and cannot be guessed from its hash.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext($1))", ADMINISTRATION)
    salt = secrets.token_hex(16)
    number = await append(
        connection, ADMINISTRATION, at=at, actor=actor, action=action, subject=subject,
        data_hash=digest([salt, data]),
    )  # fmt: skip
    await connection.execute(
        "INSERT INTO audit_data (chain, number, salt, data) VALUES ($1, $2, $3, $4)",
        ADMINISTRATION, number, salt, data,
    )  # fmt: skip
    return number


async def last_act(database: Database, action: str) -> str:
    """The subject of the newest act of this kind, or empty."""
    async with database.connection() as connection:
        found = await connection.fetchval(
            """SELECT subject FROM audit_events WHERE chain = $1 AND action = $2
               ORDER BY number DESC LIMIT 1""",
            ADMINISTRATION, action,
        )  # fmt: skip
    return found or ""


async def acts(
    database: Database, *, actor: str = "", action: str = "", before: int | None = None, most: int
) -> list[dict[str, Any]]:
    """Acts of administration, newest first, with their data (None where it was erased)."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT e.number, e.at, e.actor, e.action, e.subject, e.hash, d.data
               FROM audit_events e LEFT JOIN audit_data d USING (chain, number)
               WHERE e.chain = $1 AND ($2 = '' OR e.actor = $2) AND ($3 = '' OR e.action = $3)
                 AND ($4::bigint IS NULL OR e.number < $4)
               ORDER BY e.number DESC LIMIT $5""",
            ADMINISTRATION, actor, action, before, most,
        )  # fmt: skip
    return [dict(row) for row in rows]


async def actions(database: Database) -> list[str]:
    """The kinds of acts there have been."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT DISTINCT action FROM audit_events WHERE chain = $1 ORDER BY action",
            ADMINISTRATION,
        )
    return [row["action"] for row in rows]


async def chains(connection: Connection) -> list[str]:
    """The names of all chains."""
    rows = await connection.fetch("SELECT DISTINCT chain FROM audit_events ORDER BY chain")
    return [row["chain"] for row in rows]


async def heads(connection: Connection) -> list[dict[str, Any]]:
    """The last entry of each chain, as an anchor lists it."""
    rows = await connection.fetch(
        """SELECT DISTINCT ON (chain) chain, number, hash FROM audit_events
           ORDER BY chain, number DESC"""
    )
    return [dict(row) for row in rows]


async def entries(connection: Connection, chain: str) -> AsyncIterator[Entry]:
    """A chain's entries by number; call it inside a transaction."""
    async for row in connection.cursor(
        f"SELECT {_COLUMNS} FROM audit_events WHERE chain = $1 ORDER BY number", chain
    ):
        yield Entry(**dict(row))


def step_hash(
    *,
    lane: str,
    number: int,
    transit: UUID | None,
    at: datetime,
    kind: str,
    data: Any,
    effects: Any,
    token: int,
    decision: str,
    picture: str,
) -> str:
    """The data hash of one step of a lane: its event, effects, decision and picture."""
    return digest(
        [
            lane,
            number,
            str(transit or ""),
            moment(at),
            kind,
            data,
            effects,
            token,
            decision,
            picture,
        ]
    )


def decision_hash(row: Any) -> str:
    """The hash of a stored decision with all it depended on; ``row`` has the columns' names."""
    return digest(
        [str(row["id"]), str(row["transit_id"]), moment(row["at"]), row["actor"], row["outcome"],
         row["policy_hash"], row["inputs"], row["decision"], row["note"]]
    )  # fmt: skip
