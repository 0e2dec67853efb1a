"""Plate reader from installed PP-OCR models: find text, read it, fit the plate grammar.

PP-OCRv6 finds lines and reads Vietnamese plates; PP-OCRv4 reads Chinese ones, since v6 often
loses the province character. Chosen by measurement on real pictures, per country.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from ocr.engines.assemble import RARE, FoundPlate, find_plates, looks_like_plate
from ocr.engines.colour import ground_colour
from ocr.engines.detector import crop_line
from ocr.engines.lines import Corners
from ocr.engines.ppocr import PpOcr, read_lines, shared
from ocr.ports import Picture
from schemas.plate_series import PlateKind
from schemas.readings import Box, Reading, ReadingKind

# Working sizes of the detector in pixels of area: the first is fast, the second is tried
# when the first finds no plate that is fairly sure.
_AREAS = (550_000, 1_600_000)
_SURE = 0.5
_LARGEST_ZOOM = 2.5
# The second look at a line: how much wider, and what a disagreement leaves of the confidence.
_STRETCH = 1.5
_DISAGREE = 0.7
# A picture not larger than this may be a plate cut out by the camera.
_CUT_OUT = (480, 200)


class RapidPlateReader:
    """Reads Vietnamese and Chinese plates anywhere in a picture, on one thread."""

    name = "rapid"

    def __init__(self, models: PpOcr | None = None) -> None:
        """Take ``models`` or this process's; EngineUnavailableError when a file is missing."""
        self._models = models or shared()
        self.model = self._models.model

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all plates in ``picture`` (BGR, uint8), best first.

        Among plates that are fairly sure the largest is first: the vehicle in the lane is
        nearer than the one behind it.
        """
        start = time.perf_counter()
        found = self._cut_out(picture)
        height, width = picture.shape[:2]
        tried = 0.0
        for area in _AREAS:
            if found and found[0].confidence >= _SURE:
                break
            scale = min(math.sqrt(area / (height * width)), _LARGEST_ZOOM)
            if tried and scale < tried * 1.3:
                break
            tried = scale
            found = _best_first((*found, *self._at_scale(picture, scale)))
        found = tuple(sorted(found, key=_prominence, reverse=True))
        ms = round((time.perf_counter() - start) * 1000)
        return tuple(self._reading(picture, plate, ms) for plate in found)

    def _at_scale(self, picture: Picture, scale: float) -> tuple[FoundPlate, ...]:
        corners = self._models.detector.find(picture, scale=scale)
        crops = [crop_line(picture, c) for c in corners]
        lines = read_lines(self._models.v6, crops, corners)
        plain = find_plates(lines)
        again = [i for i, line in enumerate(lines) if looks_like_plate(line)]
        if not again:
            return plain
        some = [crops[i] for i in again], [corners[i] for i in again]
        wide = find_plates(read_lines(self._models.v6, *some, stretch=_STRETCH))
        found = _reconcile(plain, wide)
        if found and found[0].plate.country == "VN" and found[0].confidence >= _SURE:
            return found
        return _best_first((*find_plates(read_lines(self._models.v4, *some)), *found))

    def _cut_out(self, picture: Picture) -> tuple[FoundPlate, ...]:
        """Read a small wide picture as one line: a plate cut out by the camera."""
        height, width = picture.shape[:2]
        if width > _CUT_OUT[0] or height > _CUT_OUT[1] or width < 2 * height:
            return ()
        whole: Corners = ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
        return find_plates(read_lines(self._models.v4, [picture], [whole]))

    def _reading(self, picture: Picture, found: FoundPlate, ms: int) -> Reading:
        xs = [x for x, _ in found.corners]
        ys = [y for _, y in found.corners]
        x, y = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        box = Box(x=x, y=y, w=math.ceil(max(xs)) - x, h=math.ceil(max(ys)) - y)
        colour = ground_colour(crop_line(picture, found.corners))
        plate = found.plate
        confidence, confidences = found.confidence, found.confidences
        if plate.kind is PlateKind.ARMY and plate.country == "VN":
            # The form is short and fits much else, but only army plates are red.
            whole = confidence / RARE[PlateKind.ARMY] if colour == "red" else confidence * 0.2
            confidence = round(min(whole, *confidences), 5)
        style = "two-line" if found.lines == 2 else "one-line"
        detail = [("kind", str(plate.kind)), ("display", plate.display), ("colour", colour)]
        if found.repaired:
            detail.append(("repaired", ",".join(str(i) for i in found.repaired)))
        return Reading(
            kind=ReadingKind.PLATE,
            text=plate.text,
            raw=found.raw,
            confidence=confidence,
            confidences=confidences,
            box=box,
            engine=self.name,
            model=self.model,
            ms=ms,
            country=plate.country,
            layout=f"{plate.country} {style} {colour}",
            lines=found.lines,
            corners=tuple(found.corners),
            posterior=found.posterior,
            detail=tuple(detail),
        )


def _reconcile(plain: Sequence[FoundPlate], wide: Sequence[FoundPlate]) -> tuple[FoundPlate, ...]:
    """Merge two looks at the same lines.

    Where they differ at one place the longer text is the better one, since a narrow line
    can lose one of two equal characters and never gains one; either way it is less sure.
    """
    merged: list[FoundPlate] = []
    rest = list(wide)
    for one in plain:
        other = next((w for w in rest if _overlap(one, w) > 0.5), None)
        if other is None:
            merged.append(one)
            continue
        rest.remove(other)
        better = max((one, other), key=lambda f: (len(f.plate.text), f.confidence))
        if len(one.plate.text) == len(other.plate.text):
            better = max((one, other), key=lambda f: f.confidence)
        if one.plate.text != other.plate.text:
            better = replace(better, confidence=round(better.confidence * _DISAGREE, 5))
        merged.append(better)
    return _best_first((*merged, *rest))


def _best_first(found: Sequence[FoundPlate]) -> tuple[FoundPlate, ...]:
    """Sort by confidence and drop plates that overlap a better one."""
    chosen: list[FoundPlate] = []
    for candidate in sorted(found, key=lambda f: f.confidence, reverse=True):
        if all(_overlap(candidate, other) < 0.3 for other in chosen):
            chosen.append(candidate)
    return tuple(chosen)


def _prominence(found: FoundPlate) -> tuple[bool, float]:
    sure = found.confidence >= _SURE
    a, b, c, _ = found.corners
    area = math.dist(a, b) * math.dist(b, c)
    return sure, found.confidence * (area if sure else 1.0)


def _overlap(a: FoundPlate, b: FoundPlate) -> float:
    """Intersection over the smaller of the two upright boxes."""
    ax, ay = [x for x, _ in a.corners], [y for _, y in a.corners]
    bx, by = [x for x, _ in b.corners], [y for _, y in b.corners]
    w = min(max(ax), max(bx)) - max(min(ax), min(bx))
    h = min(max(ay), max(by)) - max(min(ay), min(by))
    if w <= 0 or h <= 0:
        return 0.0
    smaller = min(
        (max(ax) - min(ax)) * (max(ay) - min(ay)), (max(bx) - min(bx)) * (max(by) - min(by))
    )
    return w * h / max(smaller, 1.0)
