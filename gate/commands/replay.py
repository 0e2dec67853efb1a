"""``gate replay``: compute stored decisions again from their inputs, and compare."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from config.policy_file import load_policy
from config.policy_problems import PolicyInvalid
from config.settings import Settings
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.core.audit import canonical
from gate.core.decide import EDITION, decide
from gate.store import transits
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import PolicyChanged, StoreError
from gate.store.plain import DECISION, INPUTS, to_plain
from gate.store.pool import Database
from schemas.policy import Policy

_EPILOG = """\
A decision is replayed under the policy that it was made with, unless --policy names another.

examples:
  gate replay 0199a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b
  gate replay --since 2026-11-01
  gate replay --since 2026-11-01 --policy stricter.toml --json

exit status: 0 all the same, 1 some differ or can't be replayed, 2 wrong usage
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``replay`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "replay", help="compute stored decisions again and compare", epilog=_EPILOG,
        description="Prove that decisions follow from their stored inputs and policy.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("transits", nargs="*", type=UUID, metavar="TRANSIT")
    parser.add_argument("--since", type=_time, metavar="TIME", help="ISO date or time, UTC")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="another policy (TOML)")
    parser.add_argument("--json", action="store_true", help="one JSON object a decision")
    add_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Replay and report."""
    if not args.transits and args.since is None:
        print("name a transit, or --since a time", file=sys.stderr)
        return 2
    try:
        other = None if args.policy is None else load_policy(args.policy)
        return asyncio.run(_replay(settings_from(args), args, other))
    except (StoreError, PostgresDidNotStart, PolicyInvalid) as error:
        print(f"not replayed: {error}", file=sys.stderr)
        return 1


async def _replay(settings: Settings, args: argparse.Namespace, other: Policy | None) -> int:
    async with tool_database(settings) as database:
        rows = await transits.machine_decisions(database, tuple(args.transits) or None, args.since)
        results = [await _one(database, row, other) for row in rows]
    for result in results:
        print(json.dumps(result) if args.json else _line(result))
    differ = sum(not result["same"] for result in results)
    if not args.json:
        print(f"{len(results)} decisions replayed, {differ} differ")
    if not results:
        print("there is no such decision", file=sys.stderr)
    return 1 if differ or not results else 0


async def _one(database: Database, row: dict[str, Any], other: Policy | None) -> dict[str, Any]:
    result = {"decision": str(row["id"]), "transit": str(row["transit_id"])}
    try:
        policy = other or await transits.policy_by_hash(database, row["policy_hash"])
    except PolicyChanged as error:
        return {**result, "same": False, "why": str(error)}
    if policy is None:
        return {**result, "same": False, "why": f"policy {row['policy_hash']} is not stored"}
    made = DECISION.validate_python(row["decision"])
    again = to_plain(DECISION, decide(INPUTS.validate_python(row["inputs"]), policy))
    stored = to_plain(DECISION, made)
    if made.rules != EDITION:
        result["why"] = f"made by edition {made.rules} of the rules, this program has {EDITION}"
    return {
        **result,
        "same": canonical(again) == canonical(stored),
        "was": _short(stored),
        "is": _short(again),
    }


def _short(decision: dict[str, Any]) -> str:
    return f"{decision['outcome']}: {', '.join(r['code'] for r in decision['reasons'])}"


def _line(result: dict[str, Any]) -> str:
    if result["same"]:
        return f"same    {result['transit']}  {result['was']}"
    why = result.get("why") or f"{result['was']}  ->  {result['is']}"
    return f"DIFFERS {result['transit']}  {why}"


def _time(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
