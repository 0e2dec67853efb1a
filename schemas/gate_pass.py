"""The gate pass: a short signed text in a QR code that binds a truck to its declaration.

The text is ``BG1.<fields>.<signature>``: fields joined by ``~`` in a fixed order, then an
Ed25519 signature (RFC 8032) over everything before its dot, base64url without padding. A
lane checks it without a network. That a pass is used once only is for the store to see.
Signing and verifying are passed in, so that no key lives here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from schemas.plates import normalise_plate

PREFIX = "BG1"
_SEPARATOR = "~"
_MOST = 512

Sign = Callable[[bytes], bytes]
"""Signs with the issuer's private key; 64 bytes."""

Verify = Callable[[str, bytes, bytes], bool]
"""Whether (key id, signature, message) verifies with a key that is known and not revoked."""


class PassProblem(StrEnum):
    """Why a pass is refused."""

    NOT_A_PASS = "not_a_pass"
    FORGED = "forged"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    OTHER_TRUCK = "other_truck"


class GatePassError(Exception):
    """A pass that must not be believed; ``problem`` is stable, the message is for the officer."""

    def __init__(self, problem: PassProblem, message: str) -> None:
        """Keep ``problem`` beside the words."""
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePass:
    """What a pass says. ``plate`` is in normal form; both times have a zone and whole seconds."""

    pass_id: str
    key: str
    declaration: str
    plate: str
    gate: str
    valid_from: datetime
    valid_until: datetime


def encode_pass(gate_pass: GatePass, sign: Sign) -> str:
    """The text for the QR code.

    Raises ValueError when a field is empty, holds the separator or a control character, or
    the whole is too long for a code that a phone's screen shows well.
    """
    fields = (
        gate_pass.pass_id,
        gate_pass.key,
        gate_pass.declaration,
        gate_pass.plate,
        gate_pass.gate,
        str(_seconds(gate_pass.valid_from)),
        str(_seconds(gate_pass.valid_until)),
    )
    for field in fields:
        if not field or _SEPARATOR in field or not field.isprintable():
            raise ValueError(f"{field!r} cannot stand in a gate pass")
    body = f"{PREFIX}.{_coded(_SEPARATOR.join(fields).encode())}"
    text = f"{body}.{_coded(sign(body.encode()))}"
    if len(text) > _MOST:
        raise ValueError(f"the pass has {len(text)} characters, more than {_MOST}")
    return text


def looks_like_pass(text: str) -> bool:
    """Whether a code claims to be a gate pass, true or forged."""
    return text.startswith(f"{PREFIX}.")


def decode_pass(text: str, verify: Verify, now: datetime, plate: str | None = None) -> GatePass:
    """The pass in ``text``, if its signature is right and ``now`` lies in its time.

    With ``plate`` given it must be the one on the pass. Raises GatePassError; the signature is
    judged before anything that the pass says.
    """
    head, _, signature = text.rpartition(".")
    if not looks_like_pass(text) or not head or len(text) > _MOST or not text.isascii():
        raise GatePassError(PassProblem.NOT_A_PASS, "the code is no gate pass")
    try:
        fields = _decoded(head.removeprefix(f"{PREFIX}.")).decode().split(_SEPARATOR)
        mark = _decoded(signature)
        pass_id, key, declaration, plate_on_pass, gate, start, end = fields
        found = GatePass(
            pass_id=pass_id,
            key=key,
            declaration=declaration,
            plate=plate_on_pass,
            gate=gate,
            valid_from=datetime.fromtimestamp(int(start), UTC),
            valid_until=datetime.fromtimestamp(int(end), UTC),
        )
    except (ValueError, OverflowError, OSError, binascii.Error) as error:
        raise GatePassError(PassProblem.FORGED, "the gate pass is not well formed") from error
    if not verify(found.key, mark, head.encode()):
        raise GatePassError(PassProblem.FORGED, "the gate pass is not signed by this authority")
    if now < found.valid_from:
        raise GatePassError(PassProblem.NOT_YET, f"the pass is valid from {found.valid_from}")
    if now >= found.valid_until:
        raise GatePassError(PassProblem.EXPIRED, f"the pass was valid until {found.valid_until}")
    if plate is not None and normalise_plate(plate) != normalise_plate(found.plate):
        raise GatePassError(PassProblem.OTHER_TRUCK, f"the pass is for the truck {found.plate}")
    return found


def _seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a pass's times need a zone")
    return int(moment.timestamp())


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _coded(data) != text:
        raise ValueError("not in its one normal spelling")
    return data
