"""Ask PP-OCR about a doubtful plate: first its recognisers alone, then with a search for lines.

Chinese plates go to PP-OCRv4, which keeps the province character, Vietnamese ones to PP-OCRv6.
Reading the straightened plate costs a tenth of the whole engine, whose detector is left out; the
search looks only at the piece of the picture round the plate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.assemble import FoundPlate, find_plates
from ocr.engines.detector import crop_line
from ocr.engines.likelihood import text_logs
from ocr.engines.lines import Corners as LineCorners
from ocr.engines.ppocr import PpOcr, read_lines, shared, text_lines
from ocr.engines.recogniser import Seen
from ocr.plates.candidates import Candidate
from ocr.plates.locate import Located
from ocr.plates.rectify import rectify, widen
from ocr.ports import Picture
from schemas.readings import Box, Reading, ReadingKind

_LINE_WIDTH, _LINE_HEIGHT = 224, 48
# Where the upper line ends and the lower begins, as shares of the height; they overlap a
# little because the split is not known exactly.
_SPLITS = {"VN": (0.53, 0.46), "CN": (0.43, 0.36)}
# The search: share of the plate's width seen on every side, width in pixels that the plate is
# brought to, and how much wider lines are made (narrow ones lose one of two equal characters).
_ROOM, _WORK_WIDTH, _MOST_ZOOM = 0.45, 320, 4.0
_STRETCHES = (1.0, 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Straightened:
    """A plate cut out line by line, with what each recogniser has seen in the lines so far."""

    place: Located
    country: str
    pieces: list[Picture]
    seen: dict[str, list[Seen]] = field(default_factory=dict)


class SecondOpinion:
    """PP-OCR as an independent reader of one place."""

    name = "ppocr"

    def __init__(self, models: PpOcr | None = None) -> None:
        """Take ``models`` or this process's; EngineUnavailableError when a file is missing."""
        models = models or shared()
        self._detector = models.detector
        self._readers = {"VN": models.v6, "CN": models.v4}
        self.model = models.model

    def straight(
        self, picture: Picture, place: Located, country: str, lines: int
    ) -> Reading | None:
        """Read the plate at ``place`` as ``lines`` lines of ``country``; None if none is there."""
        return self.plain(straighten(picture, place, country, lines))

    def plain(self, plate: Straightened) -> Reading | None:
        """What the recogniser of the plate's country writes; None if that is no plate."""
        recogniser = self._readers[plate.country]
        read = [recogniser.characters(seen) for seen in self._see(plate, plate.country)]
        rows = [_row(i) for i in range(len(read))]
        return self._reading(find_plates(text_lines(read, rows)), plate.place)

    def weigh(self, plate: Straightened, choices: Sequence[Candidate]) -> NDArray[np.float64]:
        """The log-likelihood of each of ``choices``, by both recognisers on the mean.

        v4 keeps the province character that v6 loses, v6 keeps Latin ones better: what both
        find possible counts.
        """
        texts = [[c.text for c in choices]]
        if len(plate.pieces) == 2:
            texts = [[c.text[: c.head] for c in choices], [c.text[c.head :] for c in choices]]
        logs = np.zeros(len(choices))
        for name, reader in self._readers.items():
            for seen, part in zip(self._see(plate, name), texts, strict=True):
                logs += text_logs(seen.columns, reader.classes, part)
        return logs / len(self._readers)

    def _see(self, plate: Straightened, name: str) -> list[Seen]:
        """What the recogniser ``name`` sees in the lines of ``plate``; it looks once only."""
        if name not in plate.seen:
            plate.seen[name] = [self._readers[name].see(piece) for piece in plate.pieces]
        return plate.seen[name]

    def search(self, picture: Picture, place: Located, country: str) -> Reading | None:
        """Find lines round ``place`` and read them as a plate; None if they are none."""
        piece = _piece(picture, place)
        if piece is None:
            return None
        corners = self._detector.find(piece)
        crops = [crop_line(piece, c) for c in corners]
        found: list[FoundPlate] = []
        for stretch in _STRETCHES:
            lines = read_lines(self._readers[country], crops, corners, stretch=stretch)
            found += find_plates(lines)[:1]
        # A narrow line can lose a character and never gains one: the longer text is better.
        found.sort(key=lambda f: (len(f.plate.text), f.confidence), reverse=True)
        return self._reading(found, place)

    def _reading(self, found: Sequence[FoundPlate], place: Located) -> Reading | None:
        if not found:
            return None
        best = found[0]
        low, high = np.floor(place.corners.min(axis=0)), np.ceil(place.corners.max(axis=0))
        x, y = (max(0, int(v)) for v in low)
        return Reading(
            kind=ReadingKind.PLATE,
            text=best.plate.text,
            raw=best.raw,
            confidence=best.confidence,
            confidences=best.confidences,
            box=Box(x=x, y=y, w=max(1, int(high[0]) - x), h=max(1, int(high[1]) - y)),
            engine=self.name,
            model=self.model,
            ms=0,
            country=best.plate.country,
            layout=f"{best.plate.country} {'two' if best.lines == 2 else 'one'}-line",
            lines=best.lines,
            corners=tuple((round(float(cx), 1), round(float(cy), 1)) for cx, cy in place.corners),
            posterior=best.posterior,
            detail=(("repaired", str(len(best.repaired))),) if best.repaired else (),
        )


def straighten(picture: Picture, place: Located, country: str, lines: int) -> Straightened:
    """The plate at ``place`` cut into its one or two lines."""
    whole_picture = place.width >= 0.99 * picture.shape[1]
    quad = place.corners if whole_picture else widen(place.corners, 0.06, 0.02)
    if lines == 1:
        pieces = [rectify(picture, quad, _LINE_WIDTH, _LINE_HEIGHT)]
    else:
        whole = rectify(picture, quad, _LINE_WIDTH * 2 // 3, _LINE_HEIGHT * 2)
        end, start = (round(s * whole.shape[0]) for s in _SPLITS[country])
        pieces = [whole[:end], whole[start:]]
    return Straightened(place=place, country=country, pieces=pieces)


def _row(index: int) -> LineCorners:
    """Corners of the ``index``-th line of a plate of its own, for the assembly of lines."""
    top = float(index * _LINE_HEIGHT)
    right, bottom = float(_LINE_WIDTH), top + _LINE_HEIGHT
    return ((0.0, top), (right, top), (right, bottom), (0.0, bottom))


def _piece(picture: Picture, place: Located) -> Picture | None:
    """The surroundings of ``place`` at the size to search; None outside the picture."""
    height, width = picture.shape[:2]
    low, high = place.corners.min(axis=0), place.corners.max(axis=0)
    room = place.width * _ROOM + 4
    x0, y0 = np.floor(np.maximum(low - room, 0)).astype(int)
    x1, y1 = np.ceil(np.minimum(high + room, [width, height])).astype(int)
    piece = picture[y0:y1, x0:x1]
    if piece.size == 0:
        return None
    zoom = float(np.clip(_WORK_WIDTH / max(place.width, 1.0), 0.25, _MOST_ZOOM))
    size = (max(8, round(piece.shape[1] * zoom)), max(8, round(piece.shape[0] * zoom)))
    smooth = cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(piece, size, interpolation=smooth), np.uint8)
