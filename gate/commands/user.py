"""``gate user``: add a user of the pages."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from typing import Any

from config.settings import Settings
from gate.app.clock import Clock
from gate.app.four_eyes import NotDone
from gate.app.people import STAFF, NewPerson, People
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.core.passwords import SHORTEST
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError
from gate.store.migrate import migrate

ROLES = [role.value for role in STAFF]


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``user`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "user", help="add a user of the pages",
        description=f"Add a user. The password ({SHORTEST} characters or more) is asked for, or "
        "read from standard input where that is no terminal; an empty one draws one that must be "
        "changed at the first sign-in. The act is in the audit, with the name of who runs this. "
        "A new gate needs two such people, an administrator and a supervisor: accounts that are "
        "added on the page count in acts of two persons once somebody else has confirmed them.",
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
    try:
        return asyncio.run(_add(settings_from(args), args, password))
    except NotDone as error:
        print(f"not added: {_why(error)}", file=sys.stderr)
        return 2 if error.code.startswith("password") else 1
    except (StoreError, PostgresDidNotStart) as error:
        print(f"not added: {error}", file=sys.stderr)
        return 1


async def _add(settings: Settings, args: argparse.Namespace, password: str) -> int:
    async with tool_database(settings) as database:
        await migrate(database)
        new = NewPerson(
            name=args.name, full_name=args.full_name, role=args.role, lanes=tuple(args.lane)
        )
        given = await People(database, Clock()).add(
            new, f"tool/{getpass.getuser()}", password, on_machine=True
        )
    print(f"added {args.name}" + ("" if password else f", first password {given}"))
    return 0


def _why(error: NotDone) -> str:
    """The reason in words, for terminals."""
    words = {
        "password_short": f"a password has at least {SHORTEST} characters",
        "password_common": "this password is one that everybody tries first",
        "password_name": "the password is little more than the name",
        "name_taken": "there is a user of this name already",
        "name_form": "a name has 2 to 80 of a-z 0-9 . @ _ + -",
        "full_name": "give the full name, at most 120 characters",
    }
    return words.get(error.code, error.code)
