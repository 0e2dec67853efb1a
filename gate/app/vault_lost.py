"""When the key file is lost for good: forget what nobody can unlock, so that the gate starts.

Devices are retired (register them anew), second factors reset (set up at the next sign-in),
webhooks ended (firms add them anew).
"""

from __future__ import annotations

from pathlib import Path

from gate.app.clock import Clock
from gate.app.vault import Vault, VaultBroken, is_locked
from gate.app.vault_keys import make_key_file, read_keys
from gate.app.vault_opening import lock_all, unlocked_value
from gate.store import audit, vaulted
from gate.store.pool import Database


async def forget_lost(database: Database, path: Path, clock: Clock, by: str) -> list[str]:
    """Forget them and go on with the keys of the file, or a new one; returns their places.

    Raises ``VaultKeyUnusable`` where the file is there and can't be used.
    """
    make_key_file(path)
    vault, lost = Vault(path, read_keys(path)), []
    async with database.transaction() as connection:
        await vaulted.hold(connection)
        for kept in await vaulted.everything(connection):
            if is_locked(kept.value):
                try:
                    unlocked_value(vault, kept)
                except VaultBroken:
                    await vaulted.forget(connection, kept, clock.now())
                    lost.append(kept.place)
        await audit.administer(
            connection, at=clock.now(), actor=by, action="secrets_forgotten",
            subject=vault.current, data={"places": lost},
        )  # fmt: skip
        await lock_all(connection, vault, clock, again=False)
    return lost
