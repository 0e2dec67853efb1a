"""Identifiers and names: UUIDs (RFC 9562) as text, and the names used in topics.

Time and randomness are passed in: this floor knows neither.
"""

from __future__ import annotations

import re

from schemas.protocol_errors import BadId, BadName

MAX_INTEGER = 2**53 - 1
"""Largest integer on the wire: the largest that every JSON reader keeps exact (RFC 8785)."""

_NAME = re.compile(r"[a-z0-9-]{1,32}")
_KEY = re.compile(r"[a-z0-9.:-]{1,64}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_RANDOM_BYTES = 10


def uuid7(ms: int, randomness: bytes) -> str:
    """A version 7 UUID from milliseconds since 1970 UTC and ten random bytes.

    Ids made in later milliseconds sort after earlier ones. Raises ``BadId`` for a time that
    48 bits cannot hold or another number of random bytes.
    """
    if not 0 <= ms < 2**48:
        raise BadId(f"{ms} ms does not fit the 48-bit time of a version 7 UUID")
    if len(randomness) != _RANDOM_BYTES:
        raise BadId(f"a version 7 UUID takes {_RANDOM_BYTES} random bytes, not {len(randomness)}")
    bits = int.from_bytes(randomness)
    rand_a = (bits >> 62) & 0xFFF
    rand_b = bits & (2**62 - 1)
    value = (ms << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def uuid7_ms(text: str) -> int:
    """The milliseconds since 1970 UTC inside a version 7 UUID; raises ``BadId``."""
    checked = check_uuid7(text)
    return int(checked[:8] + checked[9:13], 16)


def check_uuid(text: str, what: str = "id") -> str:
    """Return ``text`` if it is a lower-case UUID with hyphens, else raise ``BadId``."""
    if not isinstance(text, str) or _UUID.fullmatch(text) is None:
        raise BadId(f"{what} must be a lower-case UUID with hyphens, got {text!r:.60}")
    return text


def check_uuid7(text: str, what: str = "id") -> str:
    """Return ``text`` if it is a version 7 UUID, else raise ``BadId``."""
    if check_uuid(text, what)[14] != "7":
        raise BadId(f"{what} must be a version 7 UUID, got {text}")
    return text


def check_name(text: str, what: str = "name") -> str:
    """Return ``text`` if it is 1-32 of a-z, 0-9 and hyphen, else raise ``BadName``."""
    if not isinstance(text, str) or _NAME.fullmatch(text) is None:
        raise BadName(f"{what} must be 1 to 32 of a-z, 0-9 and hyphen, got {text!r:.60}")
    return text


def check_key_id(text: str, what: str = "key") -> str:
    """Return ``text`` if it can name a signing key (1-64 of a-z 0-9 . : -), else ``BadName``."""
    if not isinstance(text, str) or _KEY.fullmatch(text) is None:
        raise BadName(f"{what} must be 1 to 64 of a-z, 0-9, '.', ':' and '-', got {text!r:.80}")
    return text
