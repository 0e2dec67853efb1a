"""Let PP-OCR's recognisers read a plate that we located and straightened: no search for text.

A tenth of the cost of the whole engine, since its detector is left out. Chinese plates go to
PP-OCRv4, which keeps the province character, Vietnamese ones to PP-OCRv6.
"""

from __future__ import annotations

import numpy as np

from ocr.engines.assemble import FoundPlate, find_plates
from ocr.engines.lines import Corners as LineCorners
from ocr.engines.lines import TextLine
from ocr.engines.ppocr import PpOcr, shared
from ocr.plates.locate import Located
from ocr.plates.rectify import rectify, widen
from ocr.ports import Picture
from schemas.readings import Box, Reading, ReadingKind

_LINE_WIDTH, _LINE_HEIGHT = 224, 48
# Where the upper line ends and the lower begins, as shares of the height; they overlap a
# little because the split is not known exactly.
_SPLITS = {"VN": (0.53, 0.46), "CN": (0.43, 0.36)}


class LineOpinion:
    """PP-OCR's two recognisers on one thread."""

    name = "ppocr-lines"

    def __init__(self, models: PpOcr | None = None) -> None:
        """Take ``models`` or this process's; EngineUnavailableError when a file is missing."""
        models = models or shared()
        self._readers = {"CN": models.v4, "VN": models.v6}
        self.model = models.model

    def read(self, picture: Picture, place: Located, country: str, lines: int) -> Reading | None:
        """Read the plate at ``place`` as ``lines`` lines of ``country``; None if none is there."""
        quad = widen(place.corners, 0.06, 0.02)
        if lines == 1:
            pieces = [rectify(picture, quad, _LINE_WIDTH, _LINE_HEIGHT)]
        else:
            whole = rectify(picture, quad, _LINE_WIDTH * 2 // 3, _LINE_HEIGHT * 2)
            ends, starts = (round(s * whole.shape[0]) for s in _SPLITS[country])
            pieces = [whole[:ends], whole[starts:]]
        read = self._readers[country].read(pieces)
        texts = [
            TextLine(characters=characters, corners=_row(i), spans=spans)
            for i, (characters, spans) in enumerate(read)
        ]
        found = find_plates(texts)
        return self._reading(found[0], place) if found else None

    def _reading(self, found: FoundPlate, place: Located) -> Reading:
        low, high = np.floor(place.corners.min(axis=0)), np.ceil(place.corners.max(axis=0))
        x, y = (max(0, int(v)) for v in low)
        return Reading(
            kind=ReadingKind.PLATE,
            text=found.plate.text,
            raw=found.raw,
            confidence=found.confidence,
            confidences=found.confidences,
            box=Box(x=x, y=y, w=max(1, int(high[0]) - x), h=max(1, int(high[1]) - y)),
            engine=self.name,
            model=self.model,
            ms=0,
            country=found.plate.country,
            layout=f"{found.plate.country} {'two' if found.lines == 2 else 'one'}-line",
            lines=found.lines,
            corners=tuple((float(cx), float(cy)) for cx, cy in place.corners),
            posterior=found.posterior,
        )


def _row(index: int) -> LineCorners:
    """Corners of the ``index``-th line of a plate of its own, for the assembly of lines."""
    top = float(index * _LINE_HEIGHT)
    right, bottom = float(_LINE_WIDTH), top + _LINE_HEIGHT
    return ((0.0, top), (right, top), (right, bottom), (0.0, bottom))
