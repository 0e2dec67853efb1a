"""Which events firms do not want as e-mail."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from gate.store.pool import Connection


async def unwanted(connection: Connection, firm: UUID) -> frozenset[str]:
    """The events that the firm said no to."""
    found = await connection.fetchval("SELECT letters_unwanted FROM firms WHERE id = $1", firm)
    return frozenset(found or ())


async def set_unwanted(connection: Connection, firm: UUID, events: Iterable[str]) -> bool:
    """Note the events that the firm says no to; False where there is no such firm."""
    found = await connection.fetchval(
        "UPDATE firms SET letters_unwanted = $2 WHERE id = $1 RETURNING 1", firm, sorted(events)
    )
    return found is not None
