"""The gate's plate reader: our networks first, PP-OCR only where they are in doubt.

A sure reading of ours ends the matter. A doubtful one is first shown to PP-OCR's recognisers as
straightened lines; if doubt remains, PP-OCR searches round the place, and then the whole
picture, but only where our own networks see a hint of a plate. What the readers say is fused
character by character; where they disagree the confidence falls.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeGuard

import numpy as np

from gate.core.fuse import Look, fuse
from ocr.engines.rapid import RapidPlateReader
from ocr.plates.candidates import candidate, candidates
from ocr.plates.locate import Located
from ocr.plates.reader import CERTAIN, LEAST_CONFIDENCE, SlotPlateReader, cut_out, hinted
from ocr.plates.second_opinion import SecondOpinion, Straightened, straighten
from ocr.plates.sight import Sight
from ocr.plates.weigh import seen, weighed
from ocr.ports import Picture
from schemas.plates import parse_plate
from schemas.readings import Reading

SURE = 0.99
"""Our own reading at least this likely is not doubted, or PP-OCR is asked too."""
ENOUGH = 0.75
"""With a reading at least this likely, PP-OCR need not search, near the place or everywhere."""
LEAST_TOLD = 0.2
"""A reading less likely than this is not reported where our own network is not sure that there
is a plate: it is mostly text that is none."""
SURE_ENOUGH = 0.9
"""What PP-OCR says of the whole picture this surely is believed (none of its readings above 0.9
was wrong on the dev split)."""
LEAST_FOREIGN = 0.45
"""Least confidence of PP-OCR where our own networks see no plate; it takes much text for one."""
LIKELY = 0.8
"""Least likeness, by our recogniser, of a place for PP-OCR to be asked about it or to search."""
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
        self._whole = RapidPlateReader() if second_opinion else None
        self.model = self._own.model

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all plates in ``picture`` (BGR, uint8), best first."""
        start = time.perf_counter()
        places, sights = self._own.survey(picture)
        found = self._own.readings(sights, picture)
        if self._second and not _at_least(found, SURE):
            whole = cut_out(picture)
            likely = [s for s in sights if s.likeness >= LIKELY]
            if likely:
                readable = [s for s in likely if s.probability >= LEAST_CONFIDENCE]
                found = self._doubt(picture, (readable or likely)[0], found)
            elif whole:
                said = self._second.straight(picture, whole, "CN", 1)
                found = (said, *found) if said and not _invented(said) else found
        worth = cut_out(picture) or hinted(places) or any(s.likeness >= LIKELY for s in sights)
        if self._whole and worth and not _at_least(found, ENOUGH):
            found = self._search(picture, found)
        ms = round((time.perf_counter() - start) * 1000)
        # Of what is a plate for certain, even a poor reading narrows down which one it is.
        plate = any(s.likeness >= CERTAIN for s in sights)
        told = (r for r in found if r.confidence >= (LEAST_CONFIDENCE if plate else LEAST_TOLD))
        return tuple(replace(r, ms=ms, engine=self.name) for r in told)

    def _search(self, picture: Picture, found: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """Let PP-OCR read the whole picture where all else left doubt; the surer one counts.

        Text that is no plate is everywhere (container walls, papers): what only PP-OCR reads
        must look like a plate to our own network, or be very sure.
        """
        assert self._whole is not None
        read = self._whole.read(picture)
        theirs = tuple(
            r for r in read if (found or not _invented(r)) and self._believed(picture, r)
        )
        if not theirs or not found:
            return theirs or found
        ours, best = found[0], theirs[0]
        if best.text == ours.text:
            surer = max(ours, best, key=lambda r: r.confidence)
            return (surer, *found[1:])
        if best.confidence <= ours.confidence:
            return found
        said = ("disagree", f"{ours.text} {best.text}")
        return (replace(best, detail=(*best.detail, said)), *found[1:])

    def _believed(self, picture: Picture, reading: Reading) -> bool:
        if reading.confidence >= SURE_ENOUGH:
            return True
        if reading.confidence < LEAST_FOREIGN:
            return False
        return bool(self._own.sights(picture, (place_of(reading),)))

    def _doubt(
        self, picture: Picture, sight: Sight, ours: tuple[Reading, ...]
    ) -> tuple[Reading, ...]:
        """Ask PP-OCR about ``sight``; ``ours`` begins with its reading, if it has one."""
        assert self._second is not None
        place, country = sight.located, sight.country
        plate = straighten(picture, place, country, sight.lines)
        straight = self._second.plain(plate)
        # Where our slots hold no plate, the likeliest of their candidates is mostly none at all.
        both = self._weigh(picture, sight, plate, straight) if ours else None
        looks = [Look(reading=r, source="own") for r in (both,) if r is not None]
        if both is None and _usable(straight, ours):
            looks.append(Look(reading=straight, source="ppocr"))
        best = together(looks)
        if best is None or best.confidence < ENOUGH:
            whole = cut_out(picture)
            again = (
                self._second.straight(picture, whole, country, sight.lines)
                if whole
                else self._second.search(picture, place, country)
            )
            looks += [Look(reading=r, source="ppocr") for r in (again,) if _usable(r, ours)]
            best = together(looks)
        least = LEAST_CONFIDENCE if ours else LEAST_FOREIGN
        if best is None or best.confidence < least:
            return ours[1:]
        asked = ("asked", self._second.name)
        return (replace(best, detail=(*best.detail, asked)), *ours[1:])

    def _weigh(
        self, picture: Picture, sight: Sight, plate: Straightened, straight: Reading | None
    ) -> Reading | None:
        """What ours and PP-OCR together find likeliest at ``sight``; None if no plate fits.

        What PP-OCR reads by itself is one of the candidates.
        """
        assert self._second is not None
        chars = seen(sight)
        choices = list(candidates(chars))
        if straight is not None and all(c.text != straight.text for c in choices):
            other = candidate(chars, straight.text)
            choices += [other] if other else []
        if not choices:
            return None
        spelling, probability = weighed(sight, choices, self._second.weigh(plate, choices))
        reading = self._own.reading(sight, spelling, probability, picture)
        texts = [r.text for r in (sight.spelling, straight) if r is not None]
        if len(set(texts)) == 1:
            return reading
        return replace(reading, detail=(*reading.detail, ("disagree", " ".join(texts))))


def place_of(reading: Reading) -> Located:
    """Where a reading lies, as a place to look at."""
    box = reading.box
    upright = [
        (box.x, box.y),
        (box.x + box.w, box.y),
        (box.x + box.w, box.y + box.h),
        (box.x, box.y + box.h),
    ]
    corners = np.array(reading.corners or upright, np.float32)
    return Located(corners=corners, score=reading.confidence)


def _at_least(found: Sequence[Reading], confidence: float) -> bool:
    """Whether the best reading is at least that likely."""
    return bool(found) and found[0].confidence >= confidence


def _invented(reading: Reading) -> bool:
    """Whether PP-OCR's text was made to fit by look-alikes, as rows of digits on walls are."""
    return any(key == "repaired" for key, _ in reading.detail)


def _usable(reading: Reading | None, ours: Sequence[Reading]) -> TypeGuard[Reading]:
    """Whether PP-OCR's reading may count: one made to fit needs a reading of ours beside it."""
    return reading is not None and bool(ours or not _invented(reading))


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
        return _agreed(looks)
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


def _agreed(looks: Sequence[Look]) -> Reading:
    """Readers that say one text: wrong only if all are. One reader's two looks count once."""
    by_source: dict[str, Reading] = {}
    for look in sorted(looks, key=lambda k: k.reading.confidence):
        by_source[look.source] = look.reading
    readings = list(by_source.values())
    if len(readings) == 1:
        return readings[0]
    sure = tuple(
        1 - math.prod(1 - c for c in column)
        for column in zip(*(r.confidences for r in readings), strict=True)
    )
    joint = 1 - math.prod(1 - r.confidence for r in readings)
    first = looks[0].reading
    return replace(first, confidence=round(min(joint, *sure), 5), confidences=sure)
