"""Ask PP-OCR about a doubtful plate, on the piece of the picture where it is thought to be."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocr.engines.rapid import RapidPlateReader
from ocr.plates.locate import Located
from ocr.ports import Picture
from schemas.readings import Box, Reading

_ROOM = 0.45
"""Share of the plate's width that is left on every side, so that its lines are found whole."""
_WORK_WIDTH = 320
"""Width in pixels that a small plate is enlarged to before PP-OCR sees it."""
_MOST_ZOOM = 4.0


class SecondOpinion:
    """PP-OCR as an independent reader; built once, slow to build and to ask."""

    def __init__(self) -> None:
        """Load the engines; raises EngineUnavailableError when a model file is missing."""
        self._engine = RapidPlateReader()
        self.model = self._engine.model

    def at(self, picture: Picture, place: Located) -> tuple[Reading, ...]:
        """Read round ``place`` only; corners and boxes come back in ``picture``'s pixels."""
        height, width = picture.shape[:2]
        low, high = place.corners.min(axis=0), place.corners.max(axis=0)
        room = place.width * _ROOM + 4
        x0, y0 = np.floor(np.maximum(low - room, 0)).astype(int)
        x1, y1 = np.ceil(np.minimum(high + room, [width, height])).astype(int)
        piece = picture[y0:y1, x0:x1]
        if piece.size == 0:
            return ()
        zoom = float(np.clip(_WORK_WIDTH / max(place.width, 1.0), 0.25, _MOST_ZOOM))
        size = (max(8, round(piece.shape[1] * zoom)), max(8, round(piece.shape[0] * zoom)))
        smooth = cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA
        piece = np.asarray(cv2.resize(piece, size, interpolation=smooth), np.uint8)
        return tuple(_moved(r, int(x0), int(y0), zoom) for r in self._engine.read(piece))


def _moved(reading: Reading, x: int, y: int, zoom: float) -> Reading:
    box = reading.box
    return replace(
        reading,
        box=Box(
            x=x + round(box.x / zoom),
            y=y + round(box.y / zoom),
            w=max(1, round(box.w / zoom)),
            h=max(1, round(box.h / zoom)),
        ),
        corners=tuple((x + cx / zoom, y + cy / zoom) for cx, cy in reading.corners),
    )
