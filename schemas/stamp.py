"""The common fields of every message: which one it is, from which start of which device, when."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.canonical import Json
from schemas.fields import Fields
from schemas.protocol_errors import BadMessage, WrongVersion

VERSION = 1
LATEST_MS = 2**48 - 1
"""Latest time on the wire (year 10889): the largest that a version 7 UUID can carry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """``id`` UUIDv7; ``seq`` counts up from the start ``boot``; ``at`` is ms since 1970 UTC.

    ``at`` is what the sender's own clock said, right or wrong. ``key`` names the signing key.
    """

    id: str
    seq: int
    boot: str
    at: int
    key: str

    def to_json(self) -> dict[str, Json]:
        """The fields as they stand at the top of every message."""
        return {
            "v": VERSION,
            "id": self.id,
            "seq": self.seq,
            "boot": self.boot,
            "at": self.at,
            "key": self.key,
        }


def take_stamp(fields: Fields) -> Stamp:
    """Take the common fields; raises ``WrongVersion`` or ``BadMessage``."""
    check_version(fields)
    return Stamp(
        id=fields.uuid7("id"),
        seq=fields.integer("seq"),
        boot=fields.uuid("boot"),
        at=fields.integer("at", 0, LATEST_MS),
        key=fields.key_id("key"),
    )


def check_version(fields: Fields) -> None:
    """Raise ``WrongVersion`` unless ``v`` is 1."""
    try:
        fields.integer("v", VERSION, VERSION)
    except BadMessage:
        raise WrongVersion(f"only protocol version {VERSION} is spoken here ('v': 1)") from None
