"""Read documents at the booth: zone, bar codes, and the fields of printed papers.

``DocumentReader`` asks the zone and bar code readers first; a paper without a zone is read
with PP-OCR, and tesseract reads the lines of what was found a second time.
``TesseractDocumentReader`` reads the whole page with tesseract alone.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ocr.documents.barcode import BarcodeReader
from ocr.documents.fields import FieldKind, FoundField, PaperKind, find_fields, paper_kind
from ocr.documents.mrz import MrzReader
from ocr.documents.names import names_stand_in
from ocr.documents.tesseract_lines import tesseract_lines
from ocr.engines.detector import crop_line
from ocr.engines.lines import Corners, TextLine
from ocr.engines.models import EngineUnavailableError
from ocr.engines.ppocr import PpOcr, shared
from ocr.engines.tesseract import require_tesseract
from ocr.ports import Picture
from schemas.mrz_layout import FILLER
from schemas.readings import Box, Reading, ReadingKind

LANGUAGES = "vie+eng+chi_sim"
_AREA = 1_400_000
_NAMES_AREA = 550_000
_LINE_HEIGHT = 40
_MOST_LINES = 90
_MARGIN = 24
_MOST_CHECKED = 12
_PAGE_SIDE = 2_400
# What the second reader's word changes about what is left to doubt, or to believe.
_AGREED, _DIFFERED = 0.4, 0.7


class DocumentReader:
    """Zone, bar codes and printed fields of a document, on one thread."""

    name = "rapid"

    def __init__(self, models: PpOcr | None = None) -> None:
        """Take ``models`` or this process's; tesseract is asked only where it is installed.

        Raises EngineUnavailableError when a model file is missing.
        """
        self._models = models or shared()
        self._zones = MrzReader(self._models)
        self._codes = BarcodeReader()
        self.model = self._models.model
        try:
            require_tesseract("vie", "eng", "chi_sim")
        except EngineUnavailableError:
            self._second = False
        else:
            self._second = True

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read everything in ``picture`` (BGR, uint8): zone, then codes, then printed fields."""
        start = time.perf_counter()
        zones, codes = self._zones.read(picture), self._codes.read(picture)
        if zones:
            return (*(self._with_names(picture, zone) for zone in zones), *codes)
        lines = self._models.find_lines(picture, area=_AREA, most=_MOST_LINES)
        fields = find_fields(lines)
        checks = self._checked(picture, fields) if self._second else [""] * len(fields)
        ms = round((time.perf_counter() - start) * 1000)
        kind = paper_kind(lines)
        readings = [
            _reading(_reweighed(field, check), kind, check, self.name, self.model, ms)
            for field, check in zip(fields, checks, strict=True)
        ]
        return (*codes, *readings)

    def _with_names(self, picture: Picture, zone: Reading) -> Reading:
        """Say whether the zone's names stand in the print too: no digit covers them."""
        name = dict(zone.detail).get("name", "")
        lines = self._models.find_lines(picture, area=_NAMES_AREA, most=_MOST_LINES // 2)
        print_above = [line.text for line in lines if FILLER not in line.text]
        seen = "agrees" if names_stand_in(name, print_above) else "not_seen"
        return replace(zone, detail=(*zone.detail, ("name.visual", seen)))

    def _checked(self, picture: Picture, fields: Sequence[FoundField]) -> list[str]:
        """Tesseract's word on each field: agrees, differs, or nothing."""
        words = [""] * len(fields)
        some = fields[:_MOST_CHECKED]
        if not some:
            return words
        page = _stacked([crop_line(picture, _wider(field.corners)) for field in some])
        again = find_fields(tesseract_lines(page, LANGUAGES, layout=6))
        for i, field in enumerate(some):
            same = [f.text for f in again if f.kind is field.kind]
            words[i] = "agrees" if field.text in same else "differs" if same else ""
        return words


class TesseractDocumentReader:
    """Printed fields of a page read with tesseract alone (``vie``, ``eng``, ``chi_sim``)."""

    name = "tesseract"

    def __init__(self) -> None:
        """Check that tesseract and its language data are here, else EngineUnavailableError."""
        require_tesseract("vie", "eng", "chi_sim")
        self.model = f"tesseract-{LANGUAGES}"

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read the printed fields in ``picture`` (BGR, uint8), by kind, surest first."""
        start = time.perf_counter()
        scale = min(1.0, _PAGE_SIDE / max(picture.shape[:2]))
        page = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        lines = [_scaled(line, 1 / scale) for line in tesseract_lines(page, LANGUAGES)]
        ms = round((time.perf_counter() - start) * 1000)
        kind = paper_kind(lines)
        return tuple(
            _reading(field, kind, "", self.name, self.model, ms) for field in find_fields(lines)
        )


def _wider(corners: Corners) -> Corners:
    """The place of a field with half a character more at either end."""
    a, b, c, d = corners
    length = max(math.dist(a, b), 1.0)
    by = 0.4 * math.dist(b, c)
    dx, dy = (b[0] - a[0]) / length * by, (b[1] - a[1]) / length * by
    return (
        (a[0] - dx, a[1] - dy),
        (b[0] + dx, b[1] + dy),
        (c[0] + dx, c[1] + dy),
        (d[0] - dx, d[1] - dy),
    )


def _stacked(crops: Sequence[Picture]) -> np.ndarray:
    """The crops at one height under each other on a white page."""
    lines = []
    for crop in crops:
        width = max(8, round(_LINE_HEIGHT * crop.shape[1] / crop.shape[0]))
        grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
        lines.append(cv2.resize(grey, (width, _LINE_HEIGHT), interpolation=cv2.INTER_CUBIC))
    step = _LINE_HEIGHT + _MARGIN
    width = max(line.shape[1] for line in lines) + 2 * _MARGIN
    page = np.full((step * len(lines) + _MARGIN, width), 255, np.uint8)
    for i, line in enumerate(lines):
        top = _MARGIN + i * step
        page[top : top + _LINE_HEIGHT, _MARGIN : _MARGIN + line.shape[1]] = line
    return page


def _reweighed(field: FoundField, check: str) -> FoundField:
    if check == "agrees":
        raised = round(1 - (1 - field.confidence) * _AGREED, 4)
        confidences = tuple(max(c, raised) for c in field.confidences)
        return replace(field, confidence=raised, confidences=confidences)
    if check == "differs":
        return replace(field, confidence=round(field.confidence * _DIFFERED, 4))
    return field


def _scaled(line: TextLine, factor: float) -> TextLine:
    a, b, c, d = ((x * factor, y * factor) for x, y in line.corners)
    return replace(line, corners=(a, b, c, d))


def _reading(
    field: FoundField, paper: PaperKind, check: str, engine: str, model: str, ms: int
) -> Reading:
    xs, ys = [x for x, _ in field.corners], [y for _, y in field.corners]
    x, y = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
    detail = [
        ("field", str(field.kind)),
        ("paper", str(paper)),
        ("labelled", "yes" if field.labelled else "no"),
    ]
    if check:
        detail.append(("second_reader", check))
    country = ""
    if field.kind is FieldKind.DECLARATION:
        country = "VN" if len(field.text) == 12 else "CN"
    return Reading(
        kind=ReadingKind.DOCUMENT,
        text=field.text,
        raw=field.raw,
        confidence=field.confidence,
        confidences=field.confidences,
        box=Box(x=x, y=y, w=math.ceil(max(xs)) - x, h=math.ceil(max(ys)) - y),
        engine=engine,
        model=model,
        ms=ms,
        country=country,
        layout=str(field.kind),
        corners=tuple(field.corners),
        detail=tuple(detail),
    )
