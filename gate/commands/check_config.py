"""``gate check-config``: is this file fit to start with?"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from config.policy_file import load_policy, policy_hash
from config.policy_problems import PolicyInvalid
from gate.commands.settings_from import add_options, settings_from


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``check-config`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "check-config", help="check the settings and the policy",
        description="Read settings and policy as gate serve would, and list every problem.",
        epilog="examples:\n  gate check-config\n  gate check-config --config gate.toml --show",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_options(parser)
    parser.add_argument("--show", action="store_true", help="print the settings, secrets hidden")
    return parser


def run(args: argparse.Namespace) -> int:
    """0 where all is well, 2 where not."""
    settings = settings_from(args)
    try:
        policy = load_policy(settings.policy)
    except PolicyInvalid as error:
        print(f"the policy can't be used: {error}", file=sys.stderr)
        return 2
    if args.show:
        print(json.dumps(settings.model_dump(mode="json"), indent=2))
    print(
        f"settings are well; policy {policy.name} version {policy.version}, {policy_hash(policy)}"
    )
    return 0
