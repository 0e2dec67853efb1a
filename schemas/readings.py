"""What a reader says it saw: one text with its evidence. Plain values, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReadingKind(StrEnum):
    """What kind of mark was read."""

    PLATE = "plate"
    MRZ = "mrz"
    BARCODE = "barcode"
    CONTAINER = "container"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle in pixels of the whole picture, origin top left."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One text read from one picture by one engine.

    ``text`` is the normal form (plates: upper case, no separators, lines joined);
    ``raw`` is what the engine said before grammar and repair. ``confidences`` has one
    probability per character of ``text``; ``confidence`` is the reader's probability
    that the whole text is right, never above the smallest per-character value.
    ``posterior`` gives, per character position, the competing characters with their
    probabilities (best first, may be cut after a few), or is empty where the engine
    offers none. ``corners`` are four (x, y) points clockwise from top left, or empty.
    ``model`` is the SHA-256 (hex) of the model files that made this reading.
    ``layout`` is free words about the mark, such as ``CN two-line yellow``.
    """

    kind: ReadingKind
    text: str
    raw: str
    confidence: float
    confidences: tuple[float, ...]
    box: Box
    engine: str
    model: str
    ms: int
    country: str = ""
    layout: str = ""
    lines: int = 1
    corners: tuple[tuple[float, float], ...] = ()
    posterior: tuple[tuple[tuple[str, float], ...], ...] = ()
    detail: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFailure:
    """Why a picture gave no reading, in words an officer can act on.

    ``reason`` is a stable code: no_plate, undecodable, too_large, timeout, worker_lost,
    reader_failed, no_zone, check_digit, unsupported.
    """

    reason: str
    message: str
