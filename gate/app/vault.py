"""Secrets in the database are locked with AES-256-GCM under a key that the database does not have.

What is locked reads ``gate-vault-1:``, eight bytes of the key's id, the nonce (96 random bits, NIST
SP 800-38D), the ciphertext and its tag; in columns of text all behind the mark is in base64. The
place (table, row, and of a device its key id) is the associated data: a secret that was copied to
another row does not unlock there.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gate.app.vault_keys import VaultKeyUnusable, key_id, read_keys

MARK = b"gate-vault-1:"
ID_BYTES = 8
NONCE_BYTES = 12


class VaultBroken(ValueError):
    """A secret lies in clear, was changed or moved, or its key is not in the key file."""


class Vault:
    """Locks and unlocks with the keys of one file.

    The file is read again when something was locked with a key that came in meanwhile.
    """

    def __init__(self, path: Path, keys: tuple[bytes, ...]) -> None:
        self.path = path
        self._use(keys)

    @property
    def current(self) -> str:
        """The id of the key that locks."""
        return self._current

    def lock(self, place: str, clear: bytes) -> bytes:
        """The locked secret for this place."""
        nonce = os.urandom(NONCE_BYTES)
        locked = self._keys[self._current].encrypt(nonce, clear, place.encode())
        return MARK + bytes.fromhex(self._current) + nonce + locked

    def unlock(self, place: str, locked: bytes) -> bytes:
        """The secret in clear; raises ``VaultBroken``."""
        if not locked.startswith(MARK):
            raise VaultBroken(f"the secret of {place} is not locked")
        rest = locked[len(MARK) :]
        key, nonce = rest[:ID_BYTES].hex(), rest[ID_BYTES : ID_BYTES + NONCE_BYTES]
        if key not in self._keys:
            self._read_again()
        if key not in self._keys:
            raise VaultBroken(
                f"the secret of {place} is locked with the key {key}, which is not in {self.path}"
            )
        try:
            return self._keys[key].decrypt(nonce, rest[ID_BYTES + NONCE_BYTES :], place.encode())
        except (InvalidTag, ValueError):
            raise VaultBroken(f"the secret of {place} was changed or belongs elsewhere") from None

    def lock_text(self, place: str, clear: str) -> str:
        """As ``lock``, for a column of text."""
        locked = self.lock(place, clear.encode())
        return MARK.decode() + base64.b64encode(locked[len(MARK) :]).decode()

    def unlock_text(self, place: str, locked: str) -> str:
        """As ``unlock``, for a column of text."""
        if not is_locked(locked):
            raise VaultBroken(f"the secret of {place} is not locked")
        return self.unlock(place, _bytes_of(locked)).decode()

    def _read_again(self) -> None:
        try:
            keys = read_keys(self.path)
        except VaultKeyUnusable as error:
            raise VaultBroken(str(error)) from error
        if keys:
            self._use(keys)

    def _use(self, keys: tuple[bytes, ...]) -> None:
        self._current = key_id(keys[0])
        self._keys = {key_id(key): AESGCM(key) for key in keys}


def is_locked(value: bytes | str) -> bool:
    """Whether this is a locked secret; else it lies in clear."""
    return value.startswith(MARK) if isinstance(value, bytes) else value.startswith(MARK.decode())


def locking_key(value: bytes | str) -> str:
    """The id of the key that locked this; raises ``VaultBroken``."""
    if not is_locked(value):
        raise VaultBroken("a secret is not locked")
    raw = value if isinstance(value, bytes) else _bytes_of(value)
    return raw[len(MARK) :][:ID_BYTES].hex()


def _bytes_of(text: str) -> bytes:
    try:
        return MARK + base64.b64decode(text[len(MARK) :], validate=True)
    except binascii.Error:
        raise VaultBroken("a secret was changed") from None
