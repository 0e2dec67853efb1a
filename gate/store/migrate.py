"""Brings the database to the newest schema: plain numbered SQL files, each in a transaction."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from gate.store.pool import Connection, Database

FOLDER = Path(__file__).parent / "migrations"
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_LOCK = 0x67617465
"""Advisory lock ("gate" in ASCII): two services that start together migrate one after the other."""


class MigrationChanged(RuntimeError):
    """A migration that the database already has is not the one in this program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One numbered step and its text."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text: an applied migration must never be edited."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """All migrations in order; raises ``ValueError`` for a bad name or a gap."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        matched = _NAME.fullmatch(path.name)
        if matched is None:
            raise ValueError(f"{path.name}: a migration is called NNNN_what.sql")
        found.append(Migration(number=int(matched[1]), name=path.stem, sql=path.read_text("utf-8")))
    if [m.number for m in found] != list(range(1, len(found) + 1)):
        raise ValueError("migrations are numbered 0001, 0002, ... without a gap")
    return tuple(found)


async def migrate(database: Database) -> tuple[str, ...]:
    """Apply what is missing and return the names applied; safe to run from many processes.

    Raises ``MigrationChanged`` where an applied file was edited afterwards.
    """
    applied = []
    async with database.connection() as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        try:
            known = await _known(connection)
            for migration in migrations():
                if migration.number not in known:
                    await _apply(connection, migration)
                    applied.append(migration.name)
                elif known[migration.number] != migration.digest:
                    raise MigrationChanged(
                        f"{migration.name} was applied with another text; add a new migration"
                    )
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", _LOCK)
    return tuple(applied)


async def _known(connection: Connection) -> dict[int, str]:
    # Asked first: a role that may not create tables can still find that nothing is missing.
    if await connection.fetchval("SELECT to_regclass('schema_migrations')") is None:
        await connection.execute(
            """CREATE TABLE schema_migrations (
                   number integer PRIMARY KEY, name text NOT NULL, digest text NOT NULL,
                   applied_at timestamptz NOT NULL DEFAULT now())"""
        )
    rows = await connection.fetch("SELECT number, digest FROM schema_migrations")
    return {row["number"]: row["digest"] for row in rows}


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.sql, timeout=600)
        await connection.execute(
            "INSERT INTO schema_migrations (number, name, digest) VALUES ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.digest,
        )
