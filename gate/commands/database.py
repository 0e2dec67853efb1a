"""A connection to the product's database for tools, whether or not the service runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.settings import Settings
from gate.store.embedded import EmbeddedPostgres
from gate.store.errors import DatabaseDown
from gate.store.pool import Database

TOOL_COMMAND_MS = 600_000


@asynccontextmanager
async def tool_database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database of the settings; an embedded one is started if it does not run.

    Raises ``DatabaseDown`` or ``PostgresDidNotStart``.
    """
    url = settings.database.url.get_secret_value()
    embedded = None
    if not url:
        server = EmbeddedPostgres(settings.data / "postgres")
        url = server.url
        if not await server.running():
            embedded = server
            await server.start()
    database = Database(url, size=2, acquire_ms=5_000, command_ms=TOOL_COMMAND_MS)
    try:
        await database.open()
        yield database
    finally:
        await database.close()
        if embedded is not None:
            await embedded.stop()


__all__ = ["DatabaseDown", "tool_database"]
