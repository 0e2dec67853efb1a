"""The key that signs gate passes: Ed25519, made once, kept in the data folder."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

FILE = Path("keys") / "gate-pass.pem"


class PassKeyUnusable(ValueError):
    """The key file can't be read or is no Ed25519 key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassKey:
    """Signs passes and checks them; ``id`` stands in each pass."""

    id: str
    private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self.private.sign(message)

    def verify(self, key: str, signature: bytes, message: bytes) -> bool:
        """Whether this key made the signature (for ``schemas.gate_pass``)."""
        try:
            self.private.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return key == self.id


def pass_key(data: Path) -> PassKey:
    """Read the installation's key, or make it; raises ``PassKeyUnusable``."""
    path = data / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise PassKeyUnusable(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PassKeyUnusable(f"{path}: not an Ed25519 key")
    public = key.public_key().public_bytes_raw()
    return PassKey(id=hashlib.sha256(public).hexdigest()[:8], private=key)


def _make(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
