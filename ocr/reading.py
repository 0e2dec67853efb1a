"""Read one picture: decode, measure its quality, ask the readers."""

from __future__ import annotations

import time

from ocr.decode import DecodeLimits, PictureError, decode_picture
from ocr.outcome import Quality, ReadOutcome
from ocr.quality import measure
from ocr.readers import Readers, UnknownEngineError
from schemas.readings import ReadFailure, Reading, ReadingKind

_NOTHING_FOUND = {
    ReadingKind.PLATE: ("no_plate", "no plate found"),
    ReadingKind.MRZ: ("no_zone", "no machine-readable zone found"),
    ReadingKind.BARCODE: ("no_code", "no bar code found"),
    ReadingKind.CONTAINER: ("no_container", "no container number found"),
    ReadingKind.DOCUMENT: ("no_document", "no known document found"),
}


def read_picture(
    readers: Readers, data: bytes, kind: ReadingKind, limits: DecodeLimits
) -> ReadOutcome:
    """Decode ``data`` and read all marks of ``kind``; a bad picture is a failure, not an error."""
    start = time.perf_counter()
    try:
        picture = decode_picture(data, limits)
    except PictureError as error:
        refused = ReadFailure(reason=error.code, message=str(error))
        return ReadOutcome(kind=kind, failure=refused, ms=_since(start))
    height, width = picture.shape[:2]
    quality = measure(picture)
    failure: ReadFailure | None = None
    readings: tuple[Reading, ...] = ()
    try:
        readings = readers.read(kind, picture)
    except UnknownEngineError as error:
        failure = ReadFailure(reason="unsupported", message=str(error))
    if not readings and failure is None:
        failure = _nothing_found(kind, quality)
    return ReadOutcome(
        kind=kind,
        readings=readings,
        failure=failure,
        quality=quality,
        width=width,
        height=height,
        ms=_since(start),
    )


def _nothing_found(kind: ReadingKind, quality: Quality) -> ReadFailure:
    reason, words = _NOTHING_FOUND[kind]
    remarks = quality.remarks()
    advice = f"; the picture is poor ({', '.join(remarks)})" if remarks else ""
    return ReadFailure(reason=reason, message=f"{words}{advice}")


def _since(start: float) -> int:
    return round((time.perf_counter() - start) * 1000)
