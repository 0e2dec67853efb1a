"""``gate audit``: check the audit chains, and sign and make keys for their daily anchors."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.settings import Settings
from gate.app.audit_keys import KeyUnusable, checker, make_key, public_path, signer
from gate.app.audit_review import Review, review
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.store import audit_anchors
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError

_EPILOG = """\
The signing key belongs to whoever audits the gate: keep it off the service's machine, and run
"gate audit anchor" once a day from a timer of its own. Keep the printed anchors elsewhere too.

examples:
  gate audit keygen anchor.key                       a new key, and anchor.key.pub to hand out
  gate audit anchor --key anchor.key --out anchors/  sign today's heads of all chains
  gate audit verify --key anchor.key.pub --anchors anchors/
                                                     find any changed, missing or moved row

exit status: 0 all well, 1 faults were found or it could not be checked, 2 wrong usage
"""


class AnchorUnreadable(ValueError):
    """A file among the kept anchors is missing or is none."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``audit`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "audit", help="check the audit chains; sign their daily anchor", epilog=_EPILOG,
        description="Prove that nothing of what happened was changed afterwards.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = actions.add_parser("verify", help="check all chains and anchors")
    verify.add_argument("--key", type=Path, metavar="FILE", help="public key of the anchors")
    verify.add_argument(
        "--anchors", type=Path, metavar="FOLDER", help="anchors kept elsewhere: check these too"
    )
    verify.add_argument("--json", action="store_true", help="one JSON object a fault")
    add_options(verify)
    anchor = actions.add_parser("anchor", help="sign the heads of all chains")
    anchor.add_argument("--key", type=Path, metavar="FILE", required=True, help="private key")
    anchor.add_argument("--out", type=Path, metavar="FOLDER", help="write the anchor there too")
    add_options(anchor)
    keygen = actions.add_parser("keygen", help="make a signing key")
    keygen.add_argument("file", type=Path)
    return parser


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    try:
        if args.action == "keygen":
            print(f"key {make_key(args.file)} in {args.file}, public: {public_path(args.file)}")
            return 0
        if args.action == "anchor":
            return asyncio.run(_anchor(settings_from(args), args))
        return asyncio.run(_verify(settings_from(args), args))
    except (StoreError, PostgresDidNotStart, KeyUnusable, AnchorUnreadable) as error:
        print(f"not done: {error}", file=sys.stderr)
        return 1


async def _anchor(settings: Settings, args: argparse.Namespace) -> int:
    key_id, sign = signer(args.key)
    async with tool_database(settings) as database:
        made = await audit_anchors.add(database, key_id, sign, datetime.now(UTC))
    text = json.dumps(made, ensure_ascii=False, sort_keys=True)
    if args.out is not None:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / f"anchor-{made['body']['number']:06d}.json").write_text(text, "utf-8")
    print(text)
    return 0


async def _verify(settings: Settings, args: argparse.Namespace) -> int:
    key = None if args.key is None else checker(args.key)
    kept = [] if args.anchors is None else _kept(args.anchors)
    async with tool_database(settings) as database:
        found = await review(database, key, kept)
    _report(found, args.json, key is not None)
    return 1 if found.faults else 0


def _kept(folder: Path) -> list[dict[str, Any]]:
    """The anchors in a folder, as ``--out`` wrote them. Raises ``AnchorUnreadable``."""
    found = []
    try:
        for path in sorted(p for p in folder.iterdir() if p.suffix == ".json"):
            anchor = json.loads(path.read_text("utf-8"))
            found.append(
                {
                    "key_id": str(anchor["key_id"]), "signature": str(anchor["signature"]),
                    "body": {**anchor["body"], "number": int(anchor["body"]["number"]),
                             "heads": [{**head, "chain": str(head["chain"]),
                                        "number": int(head["number"])}
                                       for head in anchor["body"]["heads"]]},
                }
            )  # fmt: skip
    except OSError as error:
        raise AnchorUnreadable(f"{error.filename}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorUnreadable(f"{path}: no anchor as `gate audit anchor` writes it") from error
    if not found:
        raise AnchorUnreadable(f"{folder}: there is no anchor (*.json) in it")
    return found


def _report(found: Review, as_json: bool, signed: bool) -> None:
    for fault in found.faults:
        if as_json:
            print(json.dumps(asdict(fault), ensure_ascii=False))
        else:
            print(f"{fault.kind.upper():9} {fault.chain} {fault.number}: {fault.text}")
    if not as_json:
        how = "" if signed else " (signatures not checked: name the public key with --key)"
        print(f"{found.entries} entries, {found.anchors} anchors{how}: {len(found.faults)} faults")
