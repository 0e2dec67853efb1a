"""What a picture claims to be, from its first bytes: media type and size in pixels.

Needs no image library and decodes nothing, so that the intake can refuse a picture in
the service's own process. Formats after ITU-T T.81 (JPEG) and the PNG specification, 3rd
edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

MEGABYTE = 1_000_000

_FOREIGN = (
    (b"%PDF", "a PDF; send each page as a JPEG or PNG picture"),
    (b"II*\0", "a TIFF; send each page as a JPEG or PNG picture"),
    (b"MM\0*", "a TIFF; send each page as a JPEG or PNG picture"),
    (b"GIF8", "a GIF; send a JPEG or PNG picture"),
    (b"BM", "a BMP; send a JPEG or PNG picture"),
    (b"RIFF", "a WebP or another RIFF file; send a JPEG or PNG picture"),
    (b"PK\x03\x04", "a ZIP archive or an office document; send a JPEG or PNG picture"),
)
_JPEG_START = b"\xff\xd8\xff"
_PNG_START = b"\x89PNG\r\n\x1a\n"
# Start-of-frame markers; C4, C8 and CC in their range are tables, not frames.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class PictureError(Exception):
    """A picture that is refused; ``code`` is stable, the message says what to do."""

    code: ClassVar[str] = "undecodable"


class EmptyPictureError(PictureError):
    """There are no bytes."""


class PictureTooLargeError(PictureError):
    """More bytes, pixels or scans than the limits allow."""

    code = "too_large"


class UnsupportedPictureError(PictureError):
    """Neither JPEG nor PNG."""

    code = "unsupported"


class DamagedPictureError(PictureError):
    """Begins like a picture, but is cut short or broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodeLimits:
    """How much a picture may ask for; checked before anything is decoded.

    ``max_bytes`` is the file's size, ``max_pixels`` width times height, ``max_side`` the
    longer side, ``max_scans`` the passes of a progressive JPEG (each costs a full decode).
    """

    max_bytes: int = 16 * MEGABYTE
    max_pixels: int = 40 * MEGABYTE
    max_side: int = 16_000
    min_side: int = 8
    max_scans: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Sniffed:
    """What the header says: ``image/jpeg`` or ``image/png``, and the size before rotation."""

    media: str
    width: int
    height: int


def sniff(data: bytes, limits: DecodeLimits | None = None) -> Sniffed:
    """Read the header of ``data`` and hold it against ``limits``.

    Raises EmptyPictureError, PictureTooLargeError, UnsupportedPictureError or
    DamagedPictureError. A picture that passes may still be damaged further on.
    """
    limits = limits or DecodeLimits()
    if not data:
        raise EmptyPictureError("the picture is empty (0 bytes); send it again")
    if len(data) > limits.max_bytes:
        raise PictureTooLargeError(
            f"the picture has {len(data)} bytes, more than the {limits.max_bytes} allowed; "
            "lower the camera's resolution or quality"
        )
    if data.startswith(_JPEG_START):
        found = _sniff_jpeg(data)
    elif data.startswith(_PNG_START):
        found = _sniff_png(data)
    else:
        raise UnsupportedPictureError(_what_it_is(data))
    _check_size(found, limits)
    return found


def _what_it_is(data: bytes) -> str:
    for start, name in _FOREIGN:
        if data.startswith(start):
            return f"this is {name}"
    return "this is neither a JPEG nor a PNG picture"


def _check_size(found: Sniffed, limits: DecodeLimits) -> None:
    width, height = found.width, found.height
    if min(width, height) < limits.min_side:
        raise DamagedPictureError(
            f"the picture claims {width} x {height} pixels; a side has at least {limits.min_side}"
        )
    if max(width, height) > limits.max_side or width * height > limits.max_pixels:
        raise PictureTooLargeError(
            f"the picture claims {width} x {height} pixels, more than the {limits.max_pixels} "
            f"(longer side {limits.max_side}) allowed; lower the camera's resolution"
        )


def _sniff_jpeg(data: bytes) -> Sniffed:
    """Walk the segments up to the start of frame, which holds the size."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:  # markers without a length
            at += 2
            continue
        if marker in (0xD9, 0xDA):  # the picture ends or begins without a frame header
            break
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _JPEG_FRAMES:
            if at + 9 > len(data):
                break
            height = int.from_bytes(data[at + 5 : at + 7], "big")
            width = int.from_bytes(data[at + 7 : at + 9], "big")
            return Sniffed(media="image/jpeg", width=width, height=height)
        at += 2 + max(length, 2)
    raise DamagedPictureError("the JPEG picture ends before its size is told; send it again")


def _sniff_png(data: bytes) -> Sniffed:
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise DamagedPictureError("the PNG picture has no header chunk; send it again")
    width = int.from_bytes(data[16:20], "big")
    height = int.from_bytes(data[20:24], "big")
    return Sniffed(media="image/png", width=width, height=height)
