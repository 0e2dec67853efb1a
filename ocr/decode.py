"""Turn a file's bytes into pixels, refusing what is too large or damaged before and after.

Needs OpenCV 4.11 or newer: 4.10 returns the pixels of the *previous* picture for a
truncated JPEG (measured), so that evidence of one truck could show another.
"""

from __future__ import annotations

import re
import zlib

import cv2
import numpy as np

from ocr.ports import Picture
from ocr.sniff import (
    DamagedPictureError,
    DecodeLimits,
    EmptyPictureError,
    PictureError,
    PictureTooLargeError,
    Sniffed,
    UnsupportedPictureError,
    sniff,
)

__all__ = [
    "DamagedPictureError",
    "DecodeLimits",
    "EmptyPictureError",
    "PictureError",
    "PictureTooLargeError",
    "Sniffed",
    "UnsupportedPictureError",
    "decode_picture",
    "sniff",
]

_END_OF_IMAGE = 0xD9
_START_OF_SCAN = 0xDA
# A marker that is not a stuffed zero, a restart, a fill byte or one without a length.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd8\xff]")

if tuple(int(n) for n in cv2.__version__.split(".")[:2]) < (4, 11):
    raise ImportError(f"OpenCV {cv2.__version__} shows stale pixels; install 4.11 or newer")


def decode_picture(data: bytes, limits: DecodeLimits | None = None) -> Picture:
    """Decode a JPEG or PNG to height x width x 3 BGR uint8, upright by its EXIF mark.

    Grey, 16-bit and transparent pictures become 8-bit BGR; transparency is dropped.
    Raises a PictureError: what the header already shows (see ``sniff``), a picture cut
    short, PNG chunks whose checksum is wrong, or data that the decoder cannot read.
    A JPEG whose missing part was replaced by an end mark cannot be told from a whole one
    here; the digest in the capture's envelope is what catches that.
    """
    limits = limits or DecodeLimits()
    found = sniff(data, limits)
    if found.media == "image/jpeg":
        _check_jpeg(data, limits)
    else:
        _check_png(data)
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise DamagedPictureError(f"the picture cannot be decoded ({error.err})") from error
    if picture is None:
        raise DamagedPictureError("the picture is damaged and cannot be decoded; send it again")
    if sorted(picture.shape[:2]) != sorted((found.height, found.width)):
        raise DamagedPictureError("the picture's size differs from what its header says")
    return np.ascontiguousarray(picture, dtype=np.uint8)


def _check_jpeg(data: bytes, limits: DecodeLimits) -> None:
    """Follow the markers from scan to scan up to the end mark; what comes after is ignored."""
    scans = 0
    at = 2
    while found := _MARKER.search(data, at):
        marker = data[found.end() - 1]
        if marker == _END_OF_IMAGE:
            return
        if marker == _START_OF_SCAN:
            scans += 1
            if scans > limits.max_scans:
                raise PictureTooLargeError(
                    f"the JPEG picture has more than the {limits.max_scans} scans allowed"
                )
        at = found.end() + max(2, int.from_bytes(data[found.end() : found.end() + 2], "big"))
    raise DamagedPictureError("the JPEG picture is cut short (no end mark); send it again")


def _check_png(data: bytes) -> None:
    """Walk all chunks: each whole and with the right checksum, the last one IEND."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        if end > len(data):
            break
        kind = data[at + 4 : at + 8]
        stored = int.from_bytes(data[end - 4 : end], "big")
        if zlib.crc32(memoryview(data)[at + 4 : end - 4]) != stored:
            raise DamagedPictureError(
                f"the PNG picture is damaged (checksum of chunk {kind!r}); send it again"
            )
        if kind == b"IEND":
            return
        at = end
    raise DamagedPictureError("the PNG picture is cut short (no end chunk); send it again")
