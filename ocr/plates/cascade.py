"""The gate's plate reader: our networks first, PP-OCR only where they are in doubt.

A sure reading of ours costs a few milliseconds and ends the matter. A doubtful one is shown to
PP-OCR, cut out and enlarged; the two are fused character by character, and where they disagree
the confidence falls. Where ours finds nothing but a hint, PP-OCR sees the whole picture.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from gate.core.fuse import Look, fuse
from ocr.plates.locate import Located
from ocr.plates.reader import LEAST_SCORE, SlotPlateReader
from ocr.plates.second_opinion import SecondOpinion
from ocr.ports import Picture
from schemas.plates import parse_plate
from schemas.readings import Box, Reading

SURE = 0.97
"""Our own reading at least this likely is not doubted."""
HINT = 0.06
"""Least score of the detector, anywhere, for the whole picture to be shown to PP-OCR."""
DISAGREEMENT = 0.6
"""What is left of the confidence when two readers say two texts."""


class CascadePlateReader:
    """Reads every plate of a picture; fast when sure, thorough when not."""

    name = "cascade"

    def __init__(self, *, second_opinion: bool = True) -> None:
        """Load all models on one thread.

        Raises PlateModelMissingError, or EngineUnavailableError for PP-OCR's; with
        ``second_opinion`` false PP-OCR is neither loaded nor asked.
        """
        self._own = SlotPlateReader()
        self._second = SecondOpinion() if second_opinion else None
        self.model = self._own.model

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all plates in ``picture`` (BGR, uint8), best first."""
        start = time.perf_counter()
        hints = self._own.locate(picture, least=HINT)
        places = tuple(p for p in hints if p.score >= LEAST_SCORE)
        sights = self._own.sights(picture, places)
        ours = tuple(self._own.reading(sight, picture, 0) for sight in sights)
        found = ours
        if self._second and hints and not (ours and ours[0].confidence >= SURE):
            found = self._doubt(picture, ours, sights[0].located if sights else None, hints)
        ms = round((time.perf_counter() - start) * 1000)
        return tuple(replace(r, ms=ms, engine=self.name) for r in found)

    def _doubt(
        self,
        picture: Picture,
        ours: tuple[Reading, ...],
        place: Located | None,
        hints: Sequence[Located],
    ) -> tuple[Reading, ...]:
        """Ask PP-OCR at the likeliest place, then, if that gives nothing, everywhere."""
        assert self._second is not None
        theirs = self._second.at(picture, place or hints[0])
        if not theirs:
            theirs = self._second.anywhere(picture)
        if not theirs:
            return ours
        if not ours:
            return theirs
        best = next((r for r in theirs if _same_place(r.box, ours[0].box)), None)
        if best is None:
            both = (*ours, *theirs)
            return tuple(sorted(both, key=lambda r: r.confidence, reverse=True))
        return (together(ours[0], best), *ours[1:])


def together(ours: Reading, theirs: Reading) -> Reading:
    """One reading from two readers of one plate."""
    if ours.text == theirs.text:
        joint = 1 - (1 - ours.confidence) * (1 - theirs.confidence)
        sure = tuple(
            1 - (1 - a) * (1 - b) for a, b in zip(ours.confidences, theirs.confidences, strict=True)
        )
        return replace(ours, confidence=min(joint, *sure), confidences=sure)
    fused = fuse([Look(reading=ours, source="own"), Look(reading=theirs, source="ppocr")])
    better = max((ours, theirs), key=lambda r: r.confidence)
    if fused is None or parse_plate(fused.text) is None:
        return replace(better, confidence=better.confidence * DISAGREEMENT)
    if fused.text in (ours.text, theirs.text):
        better = ours if fused.text == ours.text else theirs
    return replace(
        better,
        text=fused.text,
        confidence=round(fused.confidence * DISAGREEMENT, 5),
        confidences=fused.confidences,
        posterior=fused.posterior,
        detail=(*better.detail, ("disagree", f"{ours.text} {theirs.text}")),
    )


def _same_place(a: Box, b: Box) -> bool:
    """Whether the centre of one box lies in the other."""
    ax, ay, bx, by = a.x + a.w / 2, a.y + a.h / 2, b.x + b.w / 2, b.y + b.h / 2
    a_in_b = b.x <= ax <= b.x + b.w and b.y <= ay <= b.y + b.h
    return a_in_b or (a.x <= bx <= a.x + a.w and a.y <= by <= a.y + a.h)
