"""Opens the vault at a start: finds or makes the key, locks what lies in clear, checks the rest."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path

from config.settings import Settings
from gate.app.clock import Clock
from gate.app.vault import Vault, VaultBroken, is_locked, locking_key
from gate.app.vault_keys import FILE, VaultKeyUnusable, key_id, make_key_file, read_keys
from gate.store import audit, vaulted
from gate.store.pool import Connection, Database
from gate.store.vaulted import Kept

log = logging.getLogger(__name__)

WHAT_TO_DO = (
    "put the file back from your backup of the key files, or copy it from another machine of this "
    "gate; where it is lost for good see docs/operating.md, Keys"
)


def vault_path(settings: Settings) -> Path:
    """Where the key file of this installation lies."""
    return settings.vault_key or settings.data / FILE


async def open_vault(database: Database, path: Path, clock: Clock) -> Vault:
    """The vault, with every secret of the database locked and found in order.

    All in one transaction: interrupted, it has done nothing, and it may be done again. Raises
    ``VaultKeyUnusable`` (with what to do) where the key or a secret is not in order.
    """
    async with database.transaction() as connection:
        await vaulted.hold(connection)
        vault = Vault(path, _keys(path, await vaulted.key_in_use(connection)))
        await lock_all(connection, vault, clock, again=False)
    return vault


async def lock_all(
    connection: Connection, vault: Vault, clock: Clock, *, again: bool
) -> Counter[str]:
    """Lock what lies in clear, and ``again`` what older keys locked; check what stays.

    Returns how many secrets of each column were locked. Raises ``VaultKeyUnusable``.
    """
    done: Counter[str] = Counter()
    for kept in await vaulted.everything(connection):
        clear = _clear(vault, kept)
        if not is_locked(kept.value) or (again and locking_key(kept.value) != vault.current):
            await vaulted.put(connection, kept, _locked(vault, kept.place, clear))
            done[kept.column] += 1
    await vaulted.use_key(connection, vault.current, clock.now())
    if done:
        log.warning("locked secrets with the key %s: %s", vault.current, dict(done))
        await audit.administer(
            connection, at=clock.now(), actor="service/vault", action="secrets_locked",
            subject=vault.current, data=dict(done),
        )  # fmt: skip
    return done


def _keys(path: Path, expected: str) -> tuple[bytes, ...]:
    keys = read_keys(path)
    if not keys:
        if expected:
            raise VaultKeyUnusable(
                f"{path} is missing, but the secrets in the database are locked with the key "
                f"{expected}: {WHAT_TO_DO}"
            )
        make_key_file(path)
        keys = read_keys(path)
    ids = [key_id(key) for key in keys]
    if expected and expected not in ids:
        raise VaultKeyUnusable(
            f"{path} has the key {', '.join(ids)}, but the secrets in the database are locked "
            f"with {expected}: {WHAT_TO_DO}"
        )
    return keys


def _clear(vault: Vault, kept: Kept) -> bytes | str:
    if not is_locked(kept.value):
        return kept.value
    try:
        return unlocked_value(vault, kept)
    except VaultBroken as error:
        raise VaultKeyUnusable(f"{error}: {WHAT_TO_DO}") from None


def unlocked_value(vault: Vault, kept: Kept) -> bytes | str:
    """A locked secret in clear; raises ``VaultBroken``."""
    if isinstance(kept.value, str):
        return vault.unlock_text(kept.place, kept.value)
    return vault.unlock(kept.place, kept.value)


def _locked(vault: Vault, place: str, clear: bytes | str) -> bytes | str:
    if isinstance(clear, str):
        return vault.lock_text(place, clear)
    return vault.lock(place, clear)
