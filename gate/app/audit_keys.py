"""The key that signs audit anchors: Ed25519 in PEM, held by whoever audits, not the service."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class KeyUnusable(ValueError):
    """The key file is missing, exists already, or is no Ed25519 key."""


def make_key(path: Path) -> str:
    """Write a new private key (readable by its owner only) and its public key beside it with
    the ending ``.pub``; returns the key's id. Raises ``KeyUnusable``.
    """
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(private)
        public_path(path).write_bytes(_pem(key.public_key()))
    except OSError as error:
        raise KeyUnusable(f"{path}: {error.strerror}") from error
    return key_id(key.public_key())


def public_path(path: Path) -> Path:
    """Where the public key of a private key file lies."""
    return path.with_name(path.name + ".pub")


def signer(path: Path) -> tuple[str, Callable[[bytes], str]]:
    """The key's id and what signs with it (base64). Raises ``KeyUnusable``."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnusable(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path}: not an Ed25519 key")
    private = key
    return key_id(key.public_key()), lambda data: base64.b64encode(private.sign(data)).decode()


def checker(path: Path) -> tuple[str, Callable[[str, bytes], bool]]:
    """The public key's id and what checks its signatures. Raises ``KeyUnusable``."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyUnusable(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(f"{path}: not an Ed25519 key")
    public = key

    def verify(signature: str, data: bytes) -> bool:
        try:
            public.verify(base64.b64decode(signature, validate=True), data)
        except (InvalidSignature, ValueError):
            return False
        return True

    return key_id(public), verify


def key_id(key: Ed25519PublicKey) -> str:
    """The first sixteen hex digits of the SHA-256 of the raw public key."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
