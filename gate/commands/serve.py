"""``gate serve``: the service, for production."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from gate.commands.serving import run_service, set_up_logging
from gate.commands.settings_from import add_options, settings_from

_EPILOG = """\
Without settings it starts its own PostgreSQL and its own MQTT broker in the data folder. Lanes,
devices and users are registered with gate device and gate user; demonstration users can't sign in.

examples:
  gate serve --config /etc/gate/gate.toml
  GATE_DATABASE__URL=postgresql://gate:secret@db/gate GATE_BROKER__HOST=mqtt gate serve
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``serve`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "serve", help="run the service", epilog=_EPILOG,
        description="Take pictures over MQTT, decide, signal barriers, serve the pages.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Run the service until it is told to stop."""
    settings = settings_from(args)
    set_up_logging(settings.log_level)
    return asyncio.run(run_service(settings, demo=False))
