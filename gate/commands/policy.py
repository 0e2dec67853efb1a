"""``gate policy``: check a policy file, and see what another policy would have decided."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.policy_file import load_policy, policy_hash
from config.policy_problems import PolicyInvalid
from config.settings import Settings
from gate.app.policy_preview import Comparison, compare, short
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.store import transits
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError
from schemas.policy import Policy

_EPILOG = """\
A changed policy file takes effect at the service's next start, which records it in the audit;
two persons put a policy in force at once on the page /policy.

examples:
  gate policy check config/policies/default.toml
  gate policy diff today.toml stricter.toml --on 30     how many of 30 days' decisions change?

exit status: 0 well (diff: nothing changes), 1 problems or changes, 2 wrong usage
"""


MOST_DAYS = 36_500


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``policy`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "policy", help="check a policy; replay history under two of them", epilog=_EPILOG,
        description="Work on policies before they are put in force.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser("check", help="find every problem of a policy file")
    check.add_argument("file", type=Path)
    diff = actions.add_parser("diff", help="decide past transits under both policies")
    diff.add_argument("before", type=Path, metavar="A")
    diff.add_argument("after", type=Path, metavar="B")
    diff.add_argument("--on", type=int, default=7, metavar="DAYS", help="last days (default 7)")
    diff.add_argument("--json", action="store_true", help="one JSON object a changed decision")
    add_options(diff)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    try:
        if args.action == "check":
            policy = load_policy(args.file)
            print(f"{args.file}: {policy.name} version {policy.version}, {policy_hash(policy)}")
            print(f"opens above a probability of {policy.costs.release_min:.4%}")
            return 0
        if not 1 <= args.on <= MOST_DAYS:
            print(f"--on needs 1 to {MOST_DAYS} days", file=sys.stderr)
            return 2
        before, after = load_policy(args.before), load_policy(args.after)
        return asyncio.run(_diff(settings_from(args), args, before, after))
    except PolicyInvalid as error:
        print("\n".join(one.text for one in error.problems), file=sys.stderr)
        return 1
    except (StoreError, PostgresDidNotStart) as error:
        print(f"not compared: {error}", file=sys.stderr)
        return 1


async def _diff(settings: Settings, args: argparse.Namespace, before: Policy, after: Policy) -> int:
    since = datetime.now(UTC) - timedelta(days=args.on)
    async with tool_database(settings) as database:
        rows = await transits.machine_decisions(database, None, since)
    found = Comparison(total=len(rows), changes=tuple(compare(rows, before, after)))
    for change in found.changes:
        result = {"transit": str(change.transit), "a": short(change.before),
                  "b": short(change.after)}  # fmt: skip
        print(json.dumps(result) if args.json else "{transit}  {a}  ->  {b}".format(**result))
    if not args.json:
        for one, other, times in found.moves:
            what = f"{one} -> {other}" if one != other else f"{one}, with other reasons"
            print(f"{times:7} {what}")
        print(f"{len(found.changes)} of {found.total} decisions in {args.on} days would change")
    return 1 if found.changes else 0
