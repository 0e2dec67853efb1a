"""Media type and size of a picture from its first bytes, without decoding a pixel.

Sources: PNG (ISO/IEC 15948, section 11.2.2, IHDR) and JPEG (ITU-T T.81, annex B, frame headers).
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.capture import Media
from schemas.protocol_errors import BadMedia

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
# All frame headers SOF0..SOF15 except DHT (C4), JPG (C8) and DAC (CC).
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_START_OF_SCAN = 0xDA
_END = 0xD9


@dataclass(frozen=True, slots=True)
class PictureSize:
    """What the file claims: media type, width and height in pixels."""

    media: Media
    width: int
    height: int


def picture_size(data: bytes) -> PictureSize:
    """Read the claimed size; raises ``BadMedia`` for what is neither JPEG nor PNG, or is cut."""
    if data.startswith(_PNG):
        return _png_size(data)
    if data.startswith(_JPEG):
        return _jpeg_size(data)
    raise BadMedia("the bytes start neither as a JPEG nor as a PNG")


def _png_size(data: bytes) -> PictureSize:
    if len(data) < 24 or data[12:16] != b"IHDR":
        raise BadMedia("the PNG has no IHDR at its start")
    return _checked(
        Media.PNG, int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    )


def _jpeg_size(data: bytes) -> PictureSize:
    at = 2
    while True:
        marker_at = at
        while data[at : at + 1] == b"\xff":
            at += 1
        if at == marker_at or at >= len(data):
            raise BadMedia(f"the JPEG has no marker at byte {marker_at}")
        marker = data[at]
        at += 1
        if marker in _STANDALONE:
            continue
        if marker in {_START_OF_SCAN, _END}:
            raise BadMedia("the JPEG has no frame header before its data")
        length = int.from_bytes(data[at : at + 2], "big")
        if marker in _FRAME_HEADERS:
            if len(data) < at + 7:
                raise BadMedia("the JPEG ends inside its frame header")
            height = int.from_bytes(data[at + 3 : at + 5], "big")
            width = int.from_bytes(data[at + 5 : at + 7], "big")
            return _checked(Media.JPEG, width, height)
        if length < 2:
            raise BadMedia(f"the JPEG has a segment of impossible length at byte {at}")
        at += length


def _checked(media: Media, width: int, height: int) -> PictureSize:
    if width == 0 or height == 0:
        raise BadMedia(f"the picture claims {width}x{height} pixels")
    return PictureSize(media, width, height)
