"""``gate vault-key``: which key locks the secrets in the database; a new key for an old one."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import secrets
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from config.settings import Settings
from gate.app.clock import Clock
from gate.app.vault import Vault, locking_key
from gate.app.vault_keys import KEY_BYTES, VaultKeyUnusable, key_id, read_keys, write_keys
from gate.app.vault_lost import forget_lost
from gate.app.vault_opening import lock_all, open_vault, vault_path
from gate.commands.database import tool_database
from gate.commands.settings_from import add_options, settings_from
from gate.store import vaulted
from gate.store.embedded import PostgresDidNotStart
from gate.store.errors import StoreError
from gate.store.migrate import migrate
from gate.store.pool import Database

_EPILOG = """\
Devices' keys, second factors and the secrets of webhooks lie locked in the database. Without the
key file a gate does not start: keep a copy of it apart from the database's backups.

examples:
  gate vault-key show         the file, its keys' ids, how many secrets each locks
  gate vault-key rotate       a new key locks everything; the old one stays in the file
  gate vault-key drop-old     forget old keys that lock nothing any more
  gate vault-key forget-lost  the file is lost for good: retire the devices, reset the second
                              factors and end the webhooks whose secrets nobody can unlock

A running service reads the file again by itself. Several machines: copy the file to each after
"rotate", and "drop-old" only when all of them have it.
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Add ``vault-key`` to the program."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "vault-key", help="the key that locks secrets in the database", epilog=_EPILOG,
        description="Show or change the key that locks secrets in the database.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add_options(parser)
    parser.add_argument("action", choices=["show", "rotate", "drop-old", "forget-lost"])
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it; 0 where it is done."""
    try:
        return asyncio.run(_run(settings_from(args), args.action))
    except (StoreError, PostgresDidNotStart, VaultKeyUnusable) as error:
        print(f"not done: {error}", file=sys.stderr)
        return 1


async def _run(settings: Settings, action: str) -> int:
    path = vault_path(settings)
    async with tool_database(settings) as database:
        await migrate(database)
        if action == "forget-lost":
            lost = await forget_lost(database, path, Clock(), f"tool/{getpass.getuser()}")
            print("".join(f"forgotten: {place}\n" for place in lost), end="")
        await open_vault(database, path, Clock())
        if action == "rotate":
            await _rotate(database, path)
        elif action == "drop-old":
            await _drop_old(database, path)
        print(f"{path}")
        locks = await _locks(database)
        for n, key in enumerate(read_keys(path)):
            use = "in use" if n == 0 else "old"
            print(f"{key_id(key)}  {use}  locks {locks[key_id(key)]} secrets")
    return 0


async def _rotate(database: Database, path: Path) -> None:
    """The file first: whatever is locked with the new key can be unlocked from then on."""
    write_keys(path, (secrets.token_bytes(KEY_BYTES), *read_keys(path)))
    async with database.transaction() as connection:
        await vaulted.hold(connection)
        await lock_all(connection, Vault(path, read_keys(path)), Clock(), again=True)


async def _drop_old(database: Database, path: Path) -> None:
    """Only once nothing needs them: what services locked since with an old key is locked anew."""
    async with database.transaction() as connection:
        await vaulted.hold(connection)
        await lock_all(connection, Vault(path, read_keys(path)), Clock(), again=True)
    write_keys(path, read_keys(path)[:1])


async def _locks(database: Database) -> Counter[str]:
    async with database.transaction() as connection:
        return Counter(locking_key(kept.value) for kept in await vaulted.everything(connection))
