"""The database role of the running service: it may add to what is proof, never change it."""

from __future__ import annotations

from gate.store.pool import Database

SERVICE_ROLE = "gate_service"
"""Made by migration 0004."""


async def role_for(database: Database) -> str:
    """The role that the service's connections must take on, or empty.

    Empty where the connection has that role already, and where the server's administrator
    has not created it or not granted it: then only the append-only triggers protect.
    """
    async with database.connection() as connection:
        found: str | None = await connection.fetchval(
            """SELECT rolname FROM pg_roles WHERE rolname = $1 AND rolname <> current_user
               AND pg_has_role(current_user, oid, 'MEMBER')""",
            SERVICE_ROLE,
        )
    return found or ""
