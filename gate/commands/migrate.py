"""``gate migrate``: bring the database to the newest schema."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from config.settings import Settings
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError
from gate.store.migrate import MigrationChanged, migrate


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``migrate`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "migrate", help="bring the database to the newest schema",
        description="Apply the migrations that the database does not have yet.",
        epilog="examples:\n  gate migrate\n  gate migrate --config /etc/gate/gate.toml",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Migrate; 0 where the schema is the newest afterwards."""
    try:
        applied = asyncio.run(_migrate(settings_from(args)))
    except (StoreError, PostgresDidNotStart, MigrationChanged) as error:
        print(f"not migrated: {error}", file=sys.stderr)
        return 1
    print("\n".join(f"applied {name}" for name in applied) or "the schema is the newest already")
    return 0


async def _migrate(settings: Settings) -> tuple[str, ...]:
    async with tool_database(settings) as database:
        return await migrate(database)
