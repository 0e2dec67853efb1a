"""``gate key``: keys with which other systems, and other gates, use the API."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from datetime import timedelta
from typing import Any

from config.settings import Settings
from gate.app.clock import Clock
from gate.app.firms.errors import FirmsError
from gate.app.firms.keys import SYSTEM_SCOPES, ApiKeys
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.store.api_keys import KeyRow
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError
from gate.store.migrate import migrate

_EPILOG = """\
examples:
  gate key list
  gate key make 'Customs of Mong Cai' --scope declarations.read --scope clearances.write
  gate key make 'Gate of Hekou' --scope sightings.exchange --site hekou --days 365
  gate key end ab12cd34 --reason 'it leaked'   at once
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``key`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "key", help="make, list and end API keys of other systems and gates", epilog=_EPILOG,
        description="Keys of firms are made in the portal; those of systems, which see all firms, "
        "here or on the page of devices. A key is shown once. The act is in the audit, with the "
        "name of who runs this.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_options(parser)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="all keys of systems")
    make = actions.add_parser("make", help="make a key and show it")
    make.add_argument("name", help="whose key it is")
    make.add_argument("--scope", action="append", required=True, choices=SYSTEM_SCOPES)
    make.add_argument("--site", default="", help="the other gate that it speaks for")
    make.add_argument("--days", type=int, help="how long it works; without: until it is ended")
    end = actions.add_parser("end", help="end a key at once")
    end.add_argument("prefix", help="the eight characters after gk_")
    end.add_argument("--reason", default="", help="why; it is kept in the audit")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it; 0 where it is done."""
    try:
        return asyncio.run(_run(settings_from(args), args))
    except (StoreError, PostgresDidNotStart, FirmsError) as error:
        print(f"not done: {error}", file=sys.stderr)
        return 1


async def _run(settings: Settings, args: argparse.Namespace) -> int:
    actor, clock = f"tool/{getpass.getuser()}", Clock()
    async with tool_database(settings) as database:
        await migrate(database)
        keys = ApiKeys(database, clock)
        if args.action == "make":
            if args.site == settings.site:
                print(f"not done: {args.site} is this gate itself", file=sys.stderr)
                return 1
            ends = None if args.days is None else clock.now() + timedelta(days=args.days)
            row, text = await keys.make(
                None, name=args.name, scopes=args.scope, actor=actor, expires_at=ends,
                site=args.site,
            )  # fmt: skip
            print(f"{text}\nkey {row.prefix} of {row.name}: it is shown only now", flush=True)
            return 0
        known = await keys.of(None)
        if args.action == "list":
            print("\n".join(_line(row) for row in known))
            return 0
        found = next((row for row in known if row.prefix == args.prefix), None)
        if found is None:
            print(f"not done: there is no key {args.prefix!r} of a system", file=sys.stderr)
            return 1
        await keys.end(None, found.id, actor=actor, reason=args.reason)
        print(f"ended {found.prefix} of {found.name}")
        return 0


def _line(row: KeyRow) -> str:
    """A key in one line, without its secret."""
    state = (
        f"ended {row.ended_at:%Y-%m-%d}"
        if row.ended_at
        else (f"until {row.expires_at:%Y-%m-%d}" if row.expires_at else "works")
    )
    used = f"used {row.last_used_at:%Y-%m-%d}" if row.last_used_at else "never used"
    site = f"  for {row.site}" if row.site else ""
    return f"{row.prefix}  {row.name}  {' '.join(row.scopes)}{site}  {state}  {used}"
