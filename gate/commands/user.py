"""``gate user``: add a user of the pages."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from typing import Any

from config.settings import Settings
from gate.app.clock import Clock
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.store import users
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError
from gate.store.migrate import migrate
from gate.web.auth import hash_password

SHORTEST = 12
ROLES = ("officer", "shift_lead", "supervisor", "operations", "administrator")


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``user`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "user", help="add a user of the pages",
        description=f"Add a user. The password ({SHORTEST} characters or more) is asked for, or "
        "read from standard input where that is no terminal.",
        epilog="examples:\n  gate user ha.nguyen 'Nguyễn Thu Hà' officer --lane lane-1",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_options(parser)
    parser.add_argument("name")
    parser.add_argument("full_name")
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--lane", action="append", default=[], help="only these lanes")
    return parser


def run(args: argparse.Namespace) -> int:
    """Add the user; 0 where done."""
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST:
        print(f"a password has at least {SHORTEST} characters", file=sys.stderr)
        return 2
    try:
        return asyncio.run(_add(settings_from(args), args, password))
    except (StoreError, PostgresDidNotStart) as error:
        print(f"not added: {error}", file=sys.stderr)
        return 1


async def _add(settings: Settings, args: argparse.Namespace, password: str) -> int:
    async with tool_database(settings) as database:
        await migrate(database)
        if await users.by_name(database, args.name) is not None:
            print(f"there is a user {args.name} already", file=sys.stderr)
            return 1
        async with database.transaction() as connection:
            await users.add_user(
                connection, user=Clock().fresh(), name=args.name, full_name=args.full_name,
                role=args.role, lanes=tuple(args.lane), password_hash=hash_password(password),
                demo=False,
            )  # fmt: skip
    print(f"added {args.name}")
    return 0
