"""Keys of programs. Only a key's SHA-256 is stored; its prefix names it to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection, Database

_COLUMNS = """k.id, k.firm_id, k.name, k.prefix, k.scopes, k.created_at, k.created_by, k.expires_at,
    k.last_used_at, k.ended_at, k.site"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One key without its secret. ``firm_id`` None: a key of another system of the gate; ``site``:
    the other gate that it speaks for, or empty.
    """

    id: UUID
    firm_id: UUID | None
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    ended_at: datetime | None
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    """How often a key was used on a day, and how often it got an error."""

    day: date
    key_id: UUID
    name: str
    calls: int
    errors: int


async def of_firm(database: Database, firm: UUID | None) -> list[KeyRow]:
    """The firm's keys (None: those of systems), the newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT {_COLUMNS} FROM api_keys k WHERE k.firm_id IS NOT DISTINCT FROM $1
                ORDER BY k.created_at DESC LIMIT 500""",
            firm,
        )
    return [_key(row) for row in rows]


async def one_after_the_other(connection: Connection, firm: UUID | None) -> None:
    """Wait until nobody else makes a key of this firm, so that keys are counted rightly."""
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtext('api_keys'), hashtext($1))", str(firm or "")
    )


async def living(connection: Connection, firm: UUID | None, at: datetime) -> int:
    """How many keys of the firm work at this time."""
    return int(
        await connection.fetchval(
            """SELECT count(*) FROM api_keys WHERE firm_id IS NOT DISTINCT FROM $1
                 AND ended_at IS NULL AND (expires_at IS NULL OR expires_at > $2)""",
            firm, at,
        )
    )  # fmt: skip


async def add(connection: Connection, row: KeyRow, secret_hash: bytes) -> None:
    """Add a key."""
    await connection.execute(
        """INSERT INTO api_keys (id, firm_id, name, prefix, secret_hash, scopes, created_at,
               created_by, expires_at, site)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        row.id, row.firm_id, row.name, row.prefix, secret_hash, list(row.scopes),
        row.created_at, row.created_by, row.expires_at, row.site,
    )  # fmt: skip


async def by_prefix(
    database: Database, prefix: str, at: datetime
) -> tuple[KeyRow, bytes, str] | None:
    """The key of this prefix that works now, its hash, and its firm's status (or empty)."""
    async with database.connection() as connection:
        row = await connection.fetchrow(
            f"""SELECT {_COLUMNS}, k.secret_hash, coalesce(f.status, '') AS standing
                FROM api_keys k LEFT JOIN firms f ON f.id = k.firm_id
                WHERE k.prefix = $1 AND k.ended_at IS NULL
                  AND (k.expires_at IS NULL OR k.expires_at > $2)""",
            prefix, at,
        )  # fmt: skip
    if row is None:
        return None
    values = dict(row)
    secret, standing = values.pop("secret_hash"), values.pop("standing")
    return _key(values), bytes(secret), standing


async def end(connection: Connection, firm: UUID | None, key: UUID, by: str, at: datetime) -> bool:
    """End a key; False where there is none that works."""
    found = await connection.fetchval(
        """UPDATE api_keys SET ended_at = $3, ended_by = $4
           WHERE id = $2 AND firm_id IS NOT DISTINCT FROM $1 AND ended_at IS NULL RETURNING 1""",
        firm, key, at, by,
    )  # fmt: skip
    return found is not None


async def count_uses(
    database: Database, counted: dict[tuple[UUID, date], tuple[int, int]], at: datetime
) -> None:
    """Add calls and errors to the days' counts, and note when the keys were last used."""
    async with database.transaction() as connection:
        await connection.executemany(
            """INSERT INTO api_usage (key_id, day, calls, errors) VALUES ($1, $2, $3, $4)
               ON CONFLICT (key_id, day) DO UPDATE SET calls = api_usage.calls + excluded.calls,
                   errors = api_usage.errors + excluded.errors""",
            [(key, day, calls, errors) for (key, day), (calls, errors) in sorted(counted.items())],
        )
        await connection.execute(
            "UPDATE api_keys SET last_used_at = $2 WHERE id = ANY($1)",
            list({key for key, _ in counted}), at,
        )  # fmt: skip


async def usage(database: Database, firm: UUID | None, since: date) -> list[UsageRow]:
    """How the firm's keys were used since a day, the newest day first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            """SELECT u.day, u.key_id, k.name, u.calls, u.errors FROM api_usage u
               JOIN api_keys k ON k.id = u.key_id
               WHERE k.firm_id IS NOT DISTINCT FROM $1 AND u.day >= $2
               ORDER BY u.day DESC, k.name LIMIT 5000""",
            firm, since,
        )  # fmt: skip
    return [UsageRow(**dict(row)) for row in rows]


def _key(row: Any) -> KeyRow:
    values = dict(row)
    return KeyRow(**{**values, "scopes": tuple(values["scopes"])})
