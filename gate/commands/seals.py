"""``gate seals``: tell the seals of the truck at a lane, as an officer's handheld does."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging

from devices.station import seal_station
from gate.commands.device_options import (
    KEY_VARIABLE,
    add_broker_options,
    add_identity_options,
    end_on_sigterm,
    identity_from,
    mqtt_options,
    run_device,
)
from schemas.status import DeviceKind

log = logging.getLogger(__name__)

VERSION = "gate-seals 1"
_EXAMPLES = f"""\
All seals of the truck in one call, or --none for a truck without; a later call replaces what was
said before. It is signed, and said again every two seconds for --seconds, so that it also reaches
a lane whose truck is just arriving.

examples:
  export {KEY_VARIABLE}=$(gate device key lane-1 seal-reader)
  gate seals --lane 1 VN1234567 HQ7654321
  gate seals --lane 1 --none
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``seals`` to the program's subcommands."""
    parser = subparsers.add_parser(
        "seals",
        help="tell the seals of the truck at a lane",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_identity_options(parser, "seal-reader")
    add_broker_options(parser)
    parser.add_argument("--seconds", type=float, default=6.0, help="default: %(default)s")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--none", action="store_true", help="the truck carries no seal")
    which.add_argument("seals", nargs="*", default=[], help="numbers as they stand on the seals")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0 once it was said, 2 for wrong options or a number that can be no seal's."""
    return run_device("gate seals", _run(options))


async def _run(options: argparse.Namespace) -> None:
    identity = identity_from(options, DeviceKind.SEAL_READER, VERSION)
    topic = identity.topic
    end_on_sigterm()
    mqtt = mqtt_options(options, f"{topic.site}.{topic.lane}.{topic.device}")
    seals = tuple(dict.fromkeys(text.strip().upper() for text in options.seals))
    async with seal_station(identity, mqtt) as agent:
        agent.read(seals)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(max(1.0, options.seconds))
    log.info("said for %s: %s", topic.lane, ", ".join(seals) or "no seal")
