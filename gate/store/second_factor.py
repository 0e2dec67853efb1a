"""Second factors: secrets, the last step that was used, and recovery codes (hashed)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from gate.store.pool import Connection, Database


async def offer(database: Database, user: UUID, secret: str) -> None:
    """Keep a secret that waits for its first code."""
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET totp_pending = $2 WHERE id = $1", user, secret)


async def put_in_use(
    connection: Connection, user: UUID, secret: str, step: int, recovery: Iterable[str]
) -> None:
    """From now on the user is asked for codes of this secret; ``recovery`` are locked hashes."""
    await connection.execute(
        "UPDATE users SET totp_secret = $2, totp_step = $3, totp_pending = '' WHERE id = $1",
        user, secret, step,
    )  # fmt: skip
    await connection.execute("DELETE FROM recovery_codes WHERE user_id = $1", user)
    await connection.executemany(
        "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)",
        [(user, code) for code in recovery],
    )


async def reset(connection: Connection, user: UUID) -> None:
    """Forget the second factor."""
    await connection.execute(
        "UPDATE users SET totp_secret = '', totp_step = 0, totp_pending = '' WHERE id = $1", user
    )
    await connection.execute("DELETE FROM recovery_codes WHERE user_id = $1", user)


async def use_step(database: Database, user: UUID, step: int) -> bool:
    """Mark a code's time step as used; False where it, or a later one, was used before.

    One statement, so that of two requests with the same code one wins.
    """
    async with database.connection() as connection:
        found = await connection.fetchval(
            "UPDATE users SET totp_step = $2 WHERE id = $1 AND totp_step < $2 RETURNING 1",
            user, step,
        )  # fmt: skip
    return found is not None


async def unused_recovery(database: Database, user: UUID) -> tuple[str, ...]:
    """The user's recovery codes that were not used, as locked hashes."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT code_hash FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL", user
        )
    return tuple(row["code_hash"] for row in rows)


async def use_recovery(database: Database, user: UUID, code_hash: str, at: datetime) -> bool:
    """Use a recovery code (its locked hash) up; False where it is none, or was used."""
    async with database.connection() as connection:
        found = await connection.fetchval(
            """UPDATE recovery_codes SET used_at = $3
               WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING 1""",
            user, code_hash, at,
        )  # fmt: skip
    return found is not None


async def recovery_left(database: Database, user: UUID) -> int:
    """How many recovery codes are unused."""
    async with database.connection() as connection:
        return int(
            await connection.fetchval(
                "SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL", user
            )
        )
