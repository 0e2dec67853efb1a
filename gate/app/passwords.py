"""Passwords: argon2id hashes, and passwords for others to change at their first sign-in."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are mistaken for another when read aloud or written down."""


def hash_password(password: str) -> str:
    """The argon2id hash of a password (64 MiB, a tenth of a second: call it in a thread)."""
    return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed; as dear as hashing."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def first_password() -> str:
    """A random password to hand over: four groups of four, 79 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
