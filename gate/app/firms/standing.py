"""Whether a firm may act now."""

from __future__ import annotations

from uuid import UUID

from gate.app.firms.errors import FirmNotApproved
from gate.store import firms
from gate.store.pool import Connection


async def must_be_approved(connection: Connection, firm: UUID) -> None:
    """Hold the firm's row as it is; raises ``FirmNotApproved``."""
    if await firms.hold_status(connection, firm) != "approved":
        raise FirmNotApproved
