r"""A capture as one payload: a line of header JSON, ``\n``, the picture's bytes.

The payload is also the camera's spool file. Everything is checked before a pixel is decoded,
cheapest first: size, header, version, topic, signature, limits, media, length, hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from schemas.canonical import Json, canonical, parse_object
from schemas.capture import CaptureHeader, Media, capture_header_from_json
from schemas.fields import Fields
from schemas.ids import check_uuid7
from schemas.protocol_errors import (
    BadHeader,
    BadId,
    BadMedia,
    BadMessage,
    HashMismatch,
    LengthMismatch,
    ProtocolError,
    TooLarge,
)
from schemas.signing import FindSecret, signed, verify
from schemas.topics import Topic

_MAGIC = {Media.JPEG: b"\xff\xd8\xff", Media.PNG: b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureLimits:
    """Bounds that the settings give: bytes of the picture, pixels it may claim, header bytes."""

    max_picture_bytes: int = 4 * 1024 * 1024
    max_pixels: int = 25_000_000
    max_header_bytes: int = 8 * 1024

    @property
    def max_payload_bytes(self) -> int:
        """Largest payload that can pass; brokers need at least this as their packet limit."""
        return self.max_header_bytes + 1 + self.max_picture_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A verified capture: its header and the picture's file, hash and length checked."""

    header: CaptureHeader
    picture: bytes


def encode_capture(
    topic: Topic, header: CaptureHeader, picture: bytes, secret: bytes, limits: CaptureLimits
) -> bytes:
    """The payload of a capture. Raises what :func:`decode_capture` would raise on the far side."""
    fields = signed(topic, header.to_json(), secret)
    payload = canonical(fields) + b"\n" + picture
    decode_capture(topic, payload, lambda _topic, _key: secret, limits)
    return payload


def decode_capture(
    topic: Topic, payload: bytes, find_secret: FindSecret, limits: CaptureLimits
) -> Capture:
    """Check a payload completely and take it apart; raises a ``ProtocolError`` subclass.

    An error raised after the header's id could be read carries it as ``message_id``.
    """
    if len(payload) > limits.max_payload_bytes:
        raise TooLarge(
            f"the payload has {len(payload)} bytes, the limit is {limits.max_payload_bytes}"
        ).about(peek_capture_id(payload, limits))
    line, start = _header_line(payload, limits)
    fields = _header_fields(line)
    try:
        header = _header(fields)
        header.check_topic(topic)
        verify(topic, fields, find_secret)
        _check_claims(header, limits)
        picture = payload[start:]
        _check_picture(header, picture)
    except ProtocolError as error:
        raise error.about(_id_of(fields)) from None
    return Capture(header=header, picture=picture)


def peek_capture_id(payload: bytes, limits: CaptureLimits) -> str | None:
    """The id that a payload claims, unverified, or None: for telling a sender about a refusal."""
    try:
        line, _ = _header_line(payload, limits)
        return _id_of(_header_fields(line))
    except ProtocolError:
        return None


def _header_line(payload: bytes, limits: CaptureLimits) -> tuple[bytes, int]:
    end = payload.find(b"\n", 0, limits.max_header_bytes + 1)
    if end < 0:
        raise BadHeader(f"no header line ends within {limits.max_header_bytes} bytes")
    return payload[:end], end + 1


def _header_fields(line: bytes) -> dict[str, Json]:
    try:
        return parse_object(line)
    except BadMessage as error:
        raise BadHeader(f"the header is {error.text}") from None


def _header(values: dict[str, Json]) -> CaptureHeader:
    fields = Fields({name: value for name, value in values.items() if name != "sig"})
    try:
        header = capture_header_from_json(fields)
        fields.finish()
    except BadMessage as error:
        raise BadHeader(f"in the header, {error.text}") from None
    return header


def _id_of(fields: dict[str, Json]) -> str | None:
    claimed = fields.get("id")
    try:
        return check_uuid7(claimed) if isinstance(claimed, str) else None
    except BadId:
        return None


def _check_claims(header: CaptureHeader, limits: CaptureLimits) -> None:
    if header.bytes > limits.max_picture_bytes:
        raise TooLarge(
            f"the picture has {header.bytes} bytes, the limit is {limits.max_picture_bytes}"
        )
    if header.width * header.height > limits.max_pixels:
        raise TooLarge(
            f"{header.width}x{header.height} pixels, the limit is {limits.max_pixels} in all"
        )


def _check_picture(header: CaptureHeader, picture: bytes) -> None:
    if len(picture) != header.bytes:
        raise LengthMismatch(f"{len(picture)} bytes came, the header says {header.bytes}")
    if not picture.startswith(_MAGIC[header.media]):
        raise BadMedia(f"the bytes do not start as {header.media} does")
    if hashlib.sha256(picture).hexdigest() != header.sha256:
        raise HashMismatch("the picture's SHA-256 is not the one in its header")
