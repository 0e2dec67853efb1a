"""Tells every process that a lane has changed; ``gate.store.listener`` hears it."""

from __future__ import annotations

from gate.store.pool import Connection

CHANNEL = "gate_lane"


async def tell(connection: Connection, lane: str) -> None:
    """Wake the pages of the lane once this transaction is committed."""
    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, lane)
