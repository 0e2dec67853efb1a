"""Connections to PostgreSQL: bounded waits, typed errors, JSON as plain values."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from gate.store.errors import DatabaseBusy, DatabaseDown

Connection = Any
"""An asyncpg connection or pool proxy; asyncpg ships no usable types."""

_DOWN = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)


class Database:
    """A pool whose every wait is bounded.

    asyncpg's own ``acquire`` waits for ever by default; here it ends after
    ``acquire_ms`` with ``DatabaseBusy``. Anything that means "not reachable" is
    ``DatabaseDown``. Statements run as ``role`` where one is given. ``waiting`` and
    ``in_use`` are for the metrics.
    """

    def __init__(
        self, url: str, *, size: int, acquire_ms: int, command_ms: int, role: str = ""
    ) -> None:
        self._url = url
        self._role = role
        self._size = size
        self._acquire_s = acquire_ms / 1000
        self._command_s = command_ms / 1000
        self._pool: Any = None
        self.waiting = 0
        self.in_use = 0

    @property
    def url(self) -> str:
        """The connection string, for connections outside the pool (LISTEN)."""
        return self._url

    def beside(self, *, size: int, acquire_ms: int, command_ms: int) -> Database:
        """Another pool over the same database with limits of its own, not yet connected."""
        return Database(
            self._url, size=size, acquire_ms=acquire_ms, command_ms=command_ms, role=self._role
        )

    async def open(self) -> None:
        """Connect; raises ``DatabaseDown`` where the server does not answer."""
        try:
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=min(2, self._size),
                max_size=self._size,
                command_timeout=self._command_s,
                timeout=self._acquire_s,
                init=prepare,
                server_settings=self.session,
            )
        except (*_DOWN, TimeoutError) as error:
            raise DatabaseDown(f"can't connect to the database: {error}") from error

    @property
    def session(self) -> dict[str, str]:
        """What each connection begins with.

        All statements are short and parametrised: one plan for all values saves planning
        (on the pre-selection of candidates half its time), and compiling never pays.
        """
        settings = {
            "application_name": "gate",
            "timezone": "UTC",
            "plan_cache_mode": "force_generic_plan",
            "jit": "off",
        }
        # As a start setting the role is also what RESET ROLE returns to.
        return {**settings, "role": self._role} if self._role else settings

    async def close(self) -> None:
        """Close all connections, at the latest after five seconds."""
        if self._pool is None:
            return
        try:
            async with asyncio.timeout(5):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Borrow a connection; raises ``DatabaseBusy`` or ``DatabaseDown``."""
        if self._pool is None:
            raise DatabaseDown("the database is not connected yet")
        self.waiting += 1
        try:
            connection = await self._pool.acquire(timeout=self._acquire_s)
        except TimeoutError as error:
            raise DatabaseBusy(f"no connection became free in {self._acquire_s} s") from error
        except _DOWN as error:
            raise DatabaseDown(f"the database can't be reached: {error}") from error
        finally:
            self.waiting -= 1
        self.in_use += 1
        try:
            yield connection
        except TimeoutError as error:
            raise DatabaseBusy(f"a statement took over {self._command_s} s") from error
        except _DOWN as error:
            raise DatabaseDown(f"the database went away: {error}") from error
        finally:
            self.in_use -= 1
            await self._give_back(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Borrow a connection inside a transaction: all or nothing."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def alive(self) -> bool:
        """True where the database answers a query now."""
        try:
            async with self.connection() as connection:
                return bool(await connection.fetchval("SELECT 1") == 1)
        except (DatabaseDown, DatabaseBusy):
            return False

    async def _give_back(self, connection: Connection) -> None:
        try:
            await self._pool.release(connection, timeout=self._acquire_s)
        except (TimeoutError, *_DOWN):
            # asyncpg ends a connection that it could not reset, and takes it back, by itself.
            with suppress(asyncpg.InterfaceError):
                connection.terminate()


async def prepare(connection: Connection) -> None:
    """Make a new connection speak JSON as plain Python values."""
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind, schema="pg_catalog", encoder=_encode, decoder=json.loads
        )


def _encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
