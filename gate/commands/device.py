"""``gate device``: register lanes and their devices, and show keys to put into them."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from typing import Any

from config.settings import Settings
from gate.app.clock import Clock
from gate.app.device_desk import DeviceDesk
from gate.app.device_keys import unlocked
from gate.app.four_eyes import NotDone
from gate.app.vault import Vault
from gate.app.vault_keys import VaultKeyUnusable
from gate.app.vault_opening import open_vault, vault_path
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.core.four_eyes import ActKind
from gate.store import devices, lanes
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError
from gate.store.migrate import migrate
from gate.store.pool import Database
from gate.store.proposals import Proposal
from schemas.declarations import Direction
from schemas.ids import check_name
from schemas.protocol_errors import BadName
from schemas.status import DeviceKind

_EPILOG = """\
examples:
  gate device list
  gate device add lane-5 cam-front camera --direction export
  gate device key lane-1 cam-front            the signing key in hexadecimal, for the device
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``device`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "device", help="list and register lanes' devices, show their keys", epilog=_EPILOG,
        description="Who may speak on which lane, and with which key. A running service knows a "
        "new device within ten seconds, and a new lane after its next start.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_options(parser)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="all devices")
    add = actions.add_parser("add", help="register a device, and its lane where it is new")
    add.add_argument("lane")
    add.add_argument("device")
    add.add_argument("kind", choices=[kind.value for kind in DeviceKind])
    add.add_argument("--direction", choices=[d.value for d in Direction], help="of a new lane")
    key = actions.add_parser("key", help="show a device's signing key")
    key.add_argument("lane")
    key.add_argument("device")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it; 0 where it is done."""
    try:
        return asyncio.run(_run(settings_from(args), args))
    except (StoreError, PostgresDidNotStart, BadName, NotDone, VaultKeyUnusable) as error:
        print(f"not done: {error}", file=sys.stderr)
        return 1


async def _run(settings: Settings, args: argparse.Namespace) -> int:
    async with tool_database(settings) as database:
        await migrate(database)
        vault = await open_vault(database, vault_path(settings), Clock())
        known = {(d.lane, d.id): d for d in await devices.all_devices(database)}
        if args.action == "list":
            for d in known.values():
                seen = d.last_seen.isoformat(timespec="seconds") if d.last_seen else "never"
                print(f"{d.lane}  {d.id}  {d.kind}  {'online' if d.online else 'offline'}  {seen}")
            return 0
        place = (check_name(args.lane, "lane"), check_name(args.device, "device"))
        if args.action == "key":
            if place not in known:
                print(f"there is no device {place[1]} on {place[0]}", file=sys.stderr)
                return 1
            print(unlocked(vault, known[place]).secret.hex())
            return 0
        if place in known:
            print(f"{place[1]} on {place[0]} is registered already", file=sys.stderr)
            return 1
        registered = {row.id for row in await lanes.all_lanes(database)}
        if place[0] not in registered and args.direction is None:
            print(f"{place[0]} is a new lane: give its --direction", file=sys.stderr)
            return 2
        return await _add(database, vault, args, new_lane=place[0] not in registered)


async def _add(
    database: Database, vault: Vault, args: argparse.Namespace, *, new_lane: bool
) -> int:
    """Register as the page does; whoever runs this on the machine stands for both persons."""
    desk, by = DeviceDesk(database, Clock(), vault), f"tool/{getpass.getuser()}"
    if new_lane:
        await desk.add_lane(args.lane, args.lane, args.direction, by)
    now = Clock().now()
    proposal = Proposal(
        id=Clock().fresh(), act=ActKind.DEVICE_ADD.value, proposed_by=by, at=now, until=now,
        data=await desk.prepare_add(args.lane, args.device, args.kind), second="tool",
    )  # fmt: skip
    async with database.transaction() as connection:
        carried = await desk.add(connection, proposal)
    print(carried.once.rpartition(" ")[2])
    return 0
