"""Answers that were given under an idempotency key, to be given again to a repeated request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gate.store.pool import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A request that was seen under this key. ``status`` is None while it is being answered, and
    for ever where the process died meanwhile: then nobody knows what came of it.
    """

    request_hash: bytes
    at: datetime
    status: int | None
    headers: dict[str, str]
    body: bytes


async def begin(
    database: Database, owner: UUID, key: str, request_hash: bytes, at: datetime
) -> Remembered | None:
    """Claim the key for this request: None where it is ours now, else what is remembered."""
    async with database.connection() as connection:
        done = await connection.fetchval(
            """INSERT INTO idempotency_keys (key_id, key, request_hash, at)
               VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1""",
            owner, key, request_hash, at,
        )  # fmt: skip
        if done is not None:
            return None
        row = await connection.fetchrow(
            """SELECT request_hash, at, status, headers, body FROM idempotency_keys
               WHERE key_id = $1 AND key = $2""",
            owner, key,
        )  # fmt: skip
    if row is None:  # forgotten between the two statements
        return await begin(database, owner, key, request_hash, at)
    return Remembered(
        request_hash=bytes(row["request_hash"]), at=row["at"], status=row["status"],
        headers=row["headers"] or {}, body=bytes(row["body"] or b""),
    )  # fmt: skip


async def finish(
    database: Database, owner: UUID, key: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Remember the answer."""
    async with database.connection() as connection:
        await connection.execute(
            """UPDATE idempotency_keys SET status = $3, headers = $4, body = $5
               WHERE key_id = $1 AND key = $2""",
            owner, key, status, headers, body,
        )  # fmt: skip


async def release(database: Database, owner: UUID, key: str) -> None:
    """Nothing came of the request: it may be repeated."""
    async with database.connection() as connection:
        await connection.execute(
            "DELETE FROM idempotency_keys WHERE key_id = $1 AND key = $2 AND status IS NULL",
            owner, key,
        )  # fmt: skip


async def forget(database: Database, before: datetime) -> None:
    """Forget what is from before this time."""
    async with database.connection() as connection:
        await connection.execute("DELETE FROM idempotency_keys WHERE at < $1", before)
