"""What the service and its worker processes say to each other over their pipe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocr.sniff import DecodeLimits
from ocr.spec import ReaderSpec
from schemas.readings import ReadingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSetup:
    """What a worker needs to begin; ``address_space`` limits its memory, in bytes."""

    spec: ReaderSpec
    limits: DecodeLimits
    address_space: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """One picture: its bytes, or the path of a file that holds them."""

    picture: bytes | Path
    kind: ReadingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The worker's models are loaded and have read a blank picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFailed:
    """The worker cannot read at all; ``message`` says what is missing."""

    message: str
