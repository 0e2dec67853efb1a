"""The ``gate`` program: one entry for the service, its tools and its devices."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

COMMANDS: dict[str, str] = {
    "serve": "run the service",
    "demo": "run everything on this machine with simulated lanes",
    "read": "read plates, zones, bar codes, containers and papers in picture files",
    "camera": "publish pictures from a folder, a video stream or a video device",
    "seals": "tell the seals of the truck at a lane, as a handheld does",
    "simulate": "run simulated lanes against any broker",
    "device": "list and register lanes' devices, show their keys",
    "issue-pass": "print a truck's signed gate pass, and draw its QR code",
    "user": "add a user of the pages",
    "vault-key": "the key that locks secrets in the database",
    "key": "make, list and end API keys of other systems and gates",
    "replay": "compute stored decisions again and compare",
    "policy": "check a policy; replay history under two of them",
    "audit": "check the audit chains; sign their daily anchor",
    "migrate": "bring the database to the newest schema",
    "check-config": "check the settings and the policy",
}

_EPILOG = """\
examples:
  gate demo                                   the whole gate on this machine, with simulated trucks
  gate read plate --json photos/*.jpg         what the plates say
  gate check-config                           every problem of the settings at once
  gate replay --since 2026-11-01              were all decisions made by the rules?

gate COMMAND --help tells more about each.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="gate",
        description="A digital checkpoint for land border crossings.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    # Only the wanted command is imported: reading and serving pull in large libraries.
    wanted = given[0] if given and given[0] in COMMANDS else None
    for name, words in COMMANDS.items():
        if name == wanted:
            _module(name).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=words)
    args = parser.parse_args(given)
    try:
        return int(_module(args.command).run(args))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output (head, less) has enough; Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _module(name: str):  # type: ignore[no-untyped-def]
    return import_module(f"gate.commands.{name.replace('-', '_')}")


if __name__ == "__main__":
    sys.exit(main())
