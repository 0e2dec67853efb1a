"""The gate's plate reader: our networks first, PP-OCR only where they are in doubt.

A sure reading of ours costs some ten milliseconds and ends the matter. A doubtful one is first
shown to PP-OCR's recognisers as straightened lines, then, if doubt remains, PP-OCR searches
round the place and at last in the whole picture. What the readers say is fused character by
character; where they disagree the confidence falls.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gate.core.fuse import Look, fuse
from ocr.plates.line_opinion import LineOpinion
from ocr.plates.locate import Located
from ocr.plates.reader import LEAST_SCORE, SlotPlateReader
from ocr.plates.second_opinion import SecondOpinion
from ocr.plates.sight import Sight
from ocr.ports import Picture
from schemas.plates import parse_plate
from schemas.readings import Box, Reading

SURE = 0.97
"""Our own reading at least this likely is not doubted."""
ENOUGH = 0.75
"""With a reading at least this likely, PP-OCR need not search."""
HINT = 0.06
"""Least score of the detector, anywhere, for a picture to be looked into at all."""
LEAST_FOREIGN = 0.45
"""Least confidence of PP-OCR where our own networks see no plate; it takes much text for one."""
DISAGREEMENT = 0.6
"""What is left of the confidence when two readers say two texts."""
_TWO_LINES_BELOW = 2.5
"""A place less than this many times as wide as high probably has two lines."""


class CascadePlateReader:
    """Reads every plate of a picture; fast when sure, thorough when not."""

    name = "cascade"

    def __init__(self, *, second_opinion: bool = True) -> None:
        """Load all models on one thread.

        Raises PlateModelMissingError, or EngineUnavailableError for PP-OCR's; with
        ``second_opinion`` false PP-OCR is neither loaded nor asked.
        """
        self._own = SlotPlateReader()
        self._lines = LineOpinion() if second_opinion else None
        self._second = SecondOpinion() if second_opinion else None
        self.model = self._own.model

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all plates in ``picture`` (BGR, uint8), best first."""
        start = time.perf_counter()
        hints = self._own.locate(picture, least=HINT)
        places = tuple(p for p in hints if p.score >= LEAST_SCORE)
        sights = self._own.sights(picture, places or hints[:1])
        found = tuple(self._own.reading(sight, picture, 0) for sight in sights)
        if self._second and hints and not (found and found[0].confidence >= SURE):
            found = self._doubt(picture, sights, found, hints)
        ms = round((time.perf_counter() - start) * 1000)
        return tuple(replace(r, ms=ms, engine=self.name) for r in found)

    def _doubt(
        self,
        picture: Picture,
        sights: Sequence[Sight],
        ours: tuple[Reading, ...],
        hints: Sequence[Located],
    ) -> tuple[Reading, ...]:
        """Ask PP-OCR about the first reading, or about the likeliest place if there is none."""
        assert self._second is not None
        looks = [Look(reading=r, source="own") for r in ours[:1]]
        place = sights[0].located if sights else hints[0]
        lines = self._as_lines(picture, place, sights[0] if sights else None)
        looks += [Look(reading=r, source="ppocr") for r in lines]
        best = together(looks)
        if best is None or best.confidence < ENOUGH:
            found = self._second.at(picture, place) or self._second.anywhere(picture)
            box = best.box if best else found[0].box if found else None
            same = [r for r in found if box and _same_place(r.box, box)]
            looks += [Look(reading=r, source="ppocr") for r in same[:1]]
            best = together(looks)
            others = [r for r in found if r not in same]
        else:
            others = []
        least = LEAST_FOREIGN if not ours else 0.0
        rest = (*ours[1:], *(r for r in others if r.confidence >= LEAST_FOREIGN))
        if best is None or best.confidence < least:
            return rest
        return (best, *rest)

    def _as_lines(self, picture: Picture, place: Located, sight: Sight | None) -> list[Reading]:
        """What PP-OCR's recognisers read at ``place``, by the layout seen or guessed there."""
        assert self._lines is not None
        if sight is not None:
            guesses = [(sight.spelling.country, sight.lines)]
        else:
            a, b, _, d = place.corners
            ratio = float(np.linalg.norm(b - a)) / max(float(np.linalg.norm(d - a)), 1.0)
            lines = 2 if ratio < _TWO_LINES_BELOW else 1
            guesses = [("VN", lines), ("CN", lines)]
        read = (self._lines.read(picture, place, country, n) for country, n in guesses)
        best = max((r for r in read if r), key=lambda r: r.confidence, default=None)
        return [best] if best else []


def together(looks: Sequence[Look]) -> Reading | None:
    """One reading from several of one plate; None when there is none.

    Texts that agree make each other surer, as independent readers do. Where they differ the
    fused text counts if it is a plate, else the surest reader's, at a lower confidence.
    """
    if not looks:
        return None
    readings = [k.reading for k in looks]
    best = max(readings, key=lambda r: r.confidence)
    if len({r.text for r in readings}) == 1:
        return _agreed(readings) if len(readings) > 1 else best
    fused = fuse(looks)
    said = ("disagree", " ".join(dict.fromkeys(r.text for r in readings)))
    if fused is None or parse_plate(fused.text) is None:
        return replace(
            best,
            confidence=round(best.confidence * DISAGREEMENT, 5),
            detail=(*best.detail, said),
        )
    model = next((r for r in readings if r.text == fused.text), best)
    keep = DISAGREEMENT if fused.agreeing < 2 else 1.0
    return replace(
        model,
        text=fused.text,
        confidence=round(fused.confidence * keep, 5),
        confidences=fused.confidences,
        posterior=fused.posterior,
        detail=(*model.detail, said),
    )


def _agreed(readings: Sequence[Reading]) -> Reading:
    """Readers that say one text: wrong only if all are."""
    sure = tuple(
        1 - math.prod(1 - c for c in column)
        for column in zip(*(r.confidences for r in readings), strict=True)
    )
    joint = 1 - math.prod(1 - r.confidence for r in readings)
    return replace(readings[0], confidence=round(min(joint, *sure), 5), confidences=sure)


def _same_place(a: Box, b: Box) -> bool:
    """Whether the centre of one box lies in the other."""
    ax, ay, bx, by = a.x + a.w / 2, a.y + a.h / 2, b.x + b.w / 2, b.y + b.h / 2
    a_in_b = b.x <= ax <= b.x + b.w and b.y <= ay <= b.y + b.h
    return a_in_b or (a.x <= bx <= a.x + a.w and a.y <= by <= a.y + a.h)
