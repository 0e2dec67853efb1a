"""Daily anchors: the heads of all chains, signed by whoever holds the key (never the service)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from gate.core.audit import START, canonical, digest, moment
from gate.store import audit
from gate.store.pool import Database


async def add(
    database: Database, key_id: str, sign: Callable[[bytes], str], at: datetime
) -> dict[str, Any]:
    """Sign the chains' heads as they are now, each anchor naming the one before; returns it."""
    async with database.transaction() as connection:
        await connection.execute("LOCK TABLE audit_anchors IN SHARE ROW EXCLUSIVE MODE")
        last = await connection.fetchrow(
            "SELECT number, body FROM audit_anchors ORDER BY number DESC LIMIT 1"
        )
        number = 1 if last is None else last["number"] + 1
        body = {
            "number": number,
            "at": moment(at),
            "previous": START if last is None else digest(last["body"]),
            "heads": await audit.heads(connection),
        }
        signature = sign(signed_text(body))
        await connection.execute(
            "INSERT INTO audit_anchors (number, body, key_id, signature) VALUES ($1, $2, $3, $4)",
            number, body, key_id, signature,
        )  # fmt: skip
    return {"body": body, "key_id": key_id, "signature": signature}


async def all_anchors(database: Database) -> list[dict[str, Any]]:
    """Every anchor by number."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT number, body, key_id, signature FROM audit_anchors ORDER BY number"
        )
    return [dict(row) for row in rows]


def signed_text(body: dict[str, Any]) -> bytes:
    """The bytes that an anchor's signature is over."""
    return canonical(body).encode()
