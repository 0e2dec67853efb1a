"""Passwords that people of firms choose for themselves or for a new colleague."""

from __future__ import annotations

import asyncio

from gate.web.auth import hash_password
from gate.web.language import _

SHORTEST, LONGEST = 12, 200


def password_problem(password: str) -> str:
    """What is wrong with a password, in the reader's language; empty where it is fine.

    Length counts, not kinds of characters (NIST SP 800-63B, section 5.1.1).
    """
    if len(password) < SHORTEST:
        return _("A password has at least %(n)s characters; a short sentence is good.", n=SHORTEST)
    if len(password) > LONGEST:
        return _("A password has at most %(n)s characters.", n=LONGEST)
    if len(set(password)) < 5:
        return _("This password is too easy to guess.")
    return ""


async def hashed(password: str) -> str:
    """The argon2id hash, made beside the event loop."""
    return await asyncio.to_thread(hash_password, password)
