"""The readers that are compared, each built on demand: ours, the cascade, and installable ones."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np

from ocr.engines.assemble import FoundPlate, find_plates
from ocr.engines.lines import TextLine
from ocr.ports import Picture, PlateReader
from schemas.readings import Box, Reading, ReadingKind


class WholePicturePpocr:
    """PP-OCRv6 end to end as installed: its own pipeline on the whole picture, then the grammar."""

    name = "PP-OCRv6 end to end"

    def __init__(self) -> None:
        """Build ``rapidocr`` with its default settings on one thread."""
        from rapidocr import RapidOCR

        self._engine = RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.use_cls": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all text and keep what the grammar takes for plates."""
        height, width = picture.shape[:2]
        if width <= 480 and height <= 200:
            # A plate cut out already: finding text in it first would only lose it.
            return self._one_line(picture)
        # Said each time: the engine remembers the last call's choice.
        out = self._engine(picture, use_det=True, use_cls=False, use_rec=True)
        if out.boxes is None or out.txts is None:
            return ()
        lines = []
        for box, text, score in zip(out.boxes, out.txts, out.scores, strict=True):
            a, b, c, d = ((float(x), float(y)) for x, y in np.asarray(box))
            options = tuple(((char, float(score)),) for char in text)
            if options:
                lines.append(TextLine(characters=options, corners=(a, b, c, d)))
        return self._plates(lines)

    def _one_line(self, picture: Picture) -> tuple[Reading, ...]:
        out = self._engine(picture, use_det=False, use_cls=False, use_rec=True)
        if not out.txts:
            return ()
        options = tuple(((char, float(out.scores[0])),) for char in out.txts[0])
        corners = ((0.0, 0.0), (94.0, 0.0), (94.0, 24.0), (0.0, 24.0))
        return self._plates([TextLine(characters=options, corners=corners)] if options else [])

    def _plates(self, lines: list[TextLine]) -> tuple[Reading, ...]:
        return tuple(_as_reading(found, self.name) for found in find_plates(lines))


def _as_reading(found: FoundPlate, engine: str) -> Reading:
    xs, ys = [round(x) for x, _ in found.corners], [round(y) for _, y in found.corners]
    return Reading(
        kind=ReadingKind.PLATE,
        text=found.plate.text,
        raw=found.raw,
        confidence=found.confidence,
        confidences=found.confidences,
        box=Box(x=min(xs), y=min(ys), w=max(xs) - min(xs), h=max(ys) - min(ys)),
        engine=engine,
        model="",
        ms=0,
    )


def _slots() -> PlateReader:
    from ocr.plates.reader import SlotPlateReader

    return SlotPlateReader()


def _cascade() -> PlateReader:
    from ocr.plates.cascade import CascadePlateReader

    return CascadePlateReader()


def _rapid() -> PlateReader:
    from ocr.engines.rapid import RapidPlateReader

    return RapidPlateReader()


def _tesseract() -> PlateReader:
    from ocr.engines.tesseract import TesseractPlateReader

    return TesseractPlateReader()


def _simplelpr() -> PlateReader:
    from bench.accuracy.simplelpr import SimpleLprReader

    return SimpleLprReader()


ENGINES: dict[str, Callable[[], PlateReader]] = {
    "cascade": _cascade,
    "own": _slots,
    "rapid": _rapid,
    "ppocrv6": WholePicturePpocr,
    "tesseract": _tesseract,
    "simplelpr": _simplelpr,
}
"""By name; "simplelpr" only where it is installed (``bench.accuracy.simplelpr.installed``)."""


def cpu_seconds() -> float:
    """CPU time used so far by all threads of this process and by the programs it ran."""
    t = os.times()
    return time.process_time() + t.children_user + t.children_system


def timed(reader: PlateReader, picture: Picture) -> tuple[tuple[Reading, ...], float]:
    """Readings and the CPU milliseconds they took; steadier than the clock on a busy machine."""
    before = cpu_seconds()
    readings = reader.read(picture)
    return readings, (cpu_seconds() - before) * 1000
