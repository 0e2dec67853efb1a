"""Signatures: HMAC-SHA256, base64url without padding, over topic, newline, canonical JSON.

The topic is part of what is signed, so a message copied to another lane, device or channel
no longer verifies; a device's key cannot turn its own answer into a command.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable

from schemas.canonical import Json, JsonObject, canonical
from schemas.protocol_errors import BadSignature, UnknownKey
from schemas.topics import Topic

MIN_SECRET_BYTES = 16

FindSecret = Callable[[Topic, str], bytes | None]
"""Gives the secret of a key id if that key may be used by the topic's device, else None."""


def signature(topic: Topic, fields: JsonObject, secret: bytes) -> str:
    """The signature of ``fields`` (any ``sig`` in them is left out) on ``topic``."""
    if len(secret) < MIN_SECRET_BYTES:
        raise BadSignature(f"a signing secret has at least {MIN_SECRET_BYTES} bytes")
    unsigned = {name: value for name, value in fields.items() if name != "sig"}
    message = str(topic).encode() + b"\n" + canonical(unsigned)
    digest = hmac.new(secret, message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def signed(topic: Topic, fields: JsonObject, secret: bytes) -> dict[str, Json]:
    """A copy of ``fields`` with its ``sig``."""
    return {**fields, "sig": signature(topic, fields, secret)}


def verify(topic: Topic, fields: JsonObject, find_secret: FindSecret) -> None:
    """Raise ``UnknownKey`` or ``BadSignature`` unless ``fields`` is signed by a key it may use."""
    given, key = fields.get("sig"), fields.get("key")
    if not isinstance(given, str) or not isinstance(key, str):
        raise BadSignature("the message is not signed: 'key' and 'sig' are required")
    secret = find_secret(topic, key)
    if secret is None:
        raise UnknownKey(f"key {key!r:.80} is not registered for {topic}")
    # Compared as bytes: compare_digest refuses non-ASCII text, and the text is hostile.
    if not hmac.compare_digest(given.encode("utf-8"), signature(topic, fields, secret).encode()):
        raise BadSignature(f"the signature does not fit the message on {topic}")
