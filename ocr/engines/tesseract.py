"""Second plate reader: tesseract on the lines that the detector found.

Its recogniser shares nothing with PP-OCR's, so agreement of both is worth something. All
lines of a picture are cleaned, scaled to one height and stacked into one page, since
starting the program costs more than reading a line.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytesseract

from ocr.engines.assemble import FoundPlate, find_plates
from ocr.engines.detector import crop_line
from ocr.engines.lines import Options, TextLine
from ocr.engines.models import EngineUnavailableError
from ocr.engines.ppocr import PpOcr, shared
from ocr.ports import Picture
from schemas.readings import Box, Reading, ReadingKind

_AREA = 550_000
_LINE_HEIGHT = 48
_MARGIN = 24
_MOST_LINES = 8
_SECONDS = 10.0
_LETTERS = "ABCDEFGHKLMNPQRSTUVXYZ0123456789-."


class TesseractPlateReader:
    """Reads plates in Latin characters (Vietnam) with tesseract's ``eng`` data."""

    name = "tesseract"

    def __init__(self, models: PpOcr | None = None, *, language: str = "eng") -> None:
        """Check that the program and its data are installed.

        Raises EngineUnavailableError with the packages to install.
        """
        require_tesseract(language)
        self._language = language
        self._models = models or shared()
        self.model = f"tesseract-{pytesseract.get_tesseract_version()}-{language}"

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all plates in ``picture`` (BGR, uint8), best first."""
        start = time.perf_counter()
        height, width = picture.shape[:2]
        scale = min(math.sqrt(_AREA / (height * width)), 2.5)
        corners = [c for c in self._models.detector.find(picture, scale=scale) if _plate_like(c)]
        corners = sorted(corners, key=_size, reverse=True)[:_MOST_LINES]
        if not corners:
            return ()
        texts = self._read_stack([_clean(crop_line(picture, c)) for c in corners])
        lines = [
            TextLine(characters=characters, corners=where)
            for characters, where in zip(texts, corners, strict=True)
        ]
        found = find_plates(lines)
        ms = round((time.perf_counter() - start) * 1000)
        return tuple(self._reading(plate, ms) for plate in found)

    def _read_stack(self, lines: Sequence[np.ndarray]) -> list[tuple[Options, ...]]:
        """Read all cleaned lines in one run; one (possibly empty) text per line."""
        width = max(line.shape[1] for line in lines) + 2 * _MARGIN
        step = _LINE_HEIGHT + _MARGIN
        page = np.full((step * len(lines) + _MARGIN, width), 255, np.uint8)
        for i, line in enumerate(lines):
            top = _MARGIN + i * step
            page[top : top + _LINE_HEIGHT, _MARGIN : _MARGIN + line.shape[1]] = line
        words = run_tesseract(
            page, self._language, f"--psm 6 -c tessedit_char_whitelist={_LETTERS}"
        )
        texts: list[list[tuple[str, float]]] = [[] for _ in lines]
        for text, probability, (_, top, _, height) in words:
            row = min(max((top + height // 2 - _MARGIN // 2) // step, 0), len(lines) - 1)
            texts[row] += [(c, probability) for c in text]
        return [tuple(((c, p),) for c, p in row) for row in texts]

    def _reading(self, found: FoundPlate, ms: int) -> Reading:
        xs = [x for x, _ in found.corners]
        ys = [y for _, y in found.corners]
        x, y = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        style = "two-line" if found.lines == 2 else "one-line"
        return Reading(
            kind=ReadingKind.PLATE,
            text=found.plate.text,
            raw=found.raw,
            confidence=found.confidence,
            confidences=found.confidences,
            box=Box(x=x, y=y, w=math.ceil(max(xs)) - x, h=math.ceil(max(ys)) - y),
            engine=self.name,
            model=self.model,
            ms=ms,
            country=found.plate.country,
            layout=f"{found.plate.country} {style}",
            lines=found.lines,
            corners=tuple(found.corners),
            posterior=found.posterior,
            detail=(("kind", str(found.plate.kind)), ("display", found.plate.display)),
        )


Word = tuple[str, float, tuple[int, int, int, int]]
"""A word, its probability, and its box (x, y, w, h) in pixels of the page."""


def require_tesseract(*languages: str) -> None:
    """Raise EngineUnavailableError unless tesseract and its data for ``languages`` are here."""
    # One thread: with more, tesseract's threads wait for each other (measured 2.5 times slower).
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    try:
        installed = set(pytesseract.get_languages())
    except (pytesseract.TesseractNotFoundError, OSError) as error:
        raise EngineUnavailableError(
            "the program tesseract is missing: install the Debian package tesseract-ocr"
        ) from error
    missing = sorted(set("+".join(languages).split("+")) - installed)
    if missing:
        packages = " ".join(f"tesseract-ocr-{name.replace('_', '-')}" for name in missing)
        raise EngineUnavailableError(f"tesseract's language data is missing: install {packages}")


def run_tesseract(page: np.ndarray, language: str, config: str) -> list[Word]:
    """Run tesseract on ``page`` (grey or BGR, uint8) and return its words in reading order.

    Raises TimeoutError when it takes longer than ten seconds.
    """
    try:
        data: dict[str, list[Any]] = pytesseract.image_to_data(
            page,
            lang=language,
            config=config,
            output_type=pytesseract.Output.DICT,
            timeout=_SECONDS,
        )
    except RuntimeError as error:
        if "timeout" not in str(error):
            raise
        raise TimeoutError("tesseract took longer than ten seconds") from error
    keys = ("left", "top", "width", "height")
    return [
        (text, max(5.0, float(data["conf"][i])) / 100, tuple(int(data[k][i]) for k in keys))  # type: ignore[misc]
        for i, text in enumerate(data["text"])
        if text.strip()
    ]


def _clean(crop: Picture) -> np.ndarray:
    """Scale a line to one height and make it black on white."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    width = max(8, round(_LINE_HEIGHT * crop.shape[1] / crop.shape[0]))
    grey = cv2.resize(grey, (width, _LINE_HEIGHT), interpolation=cv2.INTER_CUBIC)
    _, black = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if black.mean() < 127:
        black = 255 - black
    return np.asarray(black, dtype=np.uint8)


def _size(corners: Sequence[tuple[float, float]]) -> float:
    return math.dist(corners[0], corners[1]) * math.dist(corners[1], corners[2])


def _plate_like(corners: Sequence[tuple[float, float]]) -> bool:
    height = math.dist(corners[1], corners[2])
    return height >= 8 and 1.2 <= math.dist(corners[0], corners[1]) / height <= 8
