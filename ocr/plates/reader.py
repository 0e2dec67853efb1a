"""Our own plate reader: detector, rectification, recogniser, grammar. The fast path of a gate."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ocr.plates.calibrate import calibrated
from ocr.plates.locate import LARGE, Located, PlateLocator
from ocr.plates.recognise import TEMPERATURE, SlotRecogniser
from ocr.plates.sight import SURE, Sight, closer, glance
from ocr.plates.spell import Spelling
from ocr.ports import Picture
from schemas.plates import parse_plate
from schemas.readings import Box, Reading, ReadingKind

LEAST_SCORE = 0.25
"""Least score of the detector for a place to be read."""
HINT, FINER = 0.4, 1.8
"""Least score of a place for a second search where nothing was read, and its scale."""
CERTAIN = 0.99
"""Likeness above which a place is taken for a plate without more ado."""
PROMISING = 0.6
"""A reading of the coarse search this likely is looked at closer before the finer search."""
COARSE = 0.6
"""The scale of the first search beside the usual one: a third of the time."""
LEAST_BESIDE = 0.5
"""Least score of a place beside a plate that was read surely: a trailer's, a second truck's."""
AT_ONCE = 0.99
"""Least calibrated probability for one look at a cut-out picture as a whole to be enough."""
CLOSER_LOOKS, LEAST_PROMISE = 2, 0.02
"""How many doubtful places are looked at closely, whatever they say; others must say this much."""
LEAST_CONFIDENCE = 0.05
"""A reading less likely than this is not reported: it is not a plate, or says nothing."""

# A picture no larger than this may be a plate already cut out by a camera.
_CUT_OUT_WIDTH, _CUT_OUT_HEIGHT = 480, 200
_SMALL = 0.6
"""Plates below this share of a cut-out picture's width are other plates than the one cut out."""
_WHOLE_SCORE = 0.45


class SlotPlateReader:
    """Finds and reads Vietnamese and Chinese plates with the project's own models."""

    name = "plates"

    def __init__(self, *, temperature: float = TEMPERATURE) -> None:
        """Load both models on one thread; raises PlateModelMissingError."""
        self._locator = PlateLocator()
        self._recogniser = SlotRecogniser(temperature)
        self.model = self._recogniser.sha256

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all plates in ``picture`` (BGR, uint8), the most prominent sure one first."""
        start = time.perf_counter()
        _, sights = self.survey(picture)
        readings = self.readings(sights, picture)
        ms = round((time.perf_counter() - start) * 1000)
        return tuple(replace(r, ms=ms) for r in readings)

    def survey(self, picture: Picture) -> tuple[tuple[Located, ...], tuple[Sight, ...]]:
        """Where plates may be in ``picture``, and all that are seen there, best first.

        A coarse search, its corners found again from near, is enough where it leads to a sure
        reading, as at a gate it mostly does.
        Frames above 1400 pixels are searched at one scale only: their plates may be small. A
        cut-out picture is first read as a whole, which needs no search.
        """
        whole = cut_out(picture)
        if whole is not None:
            seen = self._glances(picture, (whole,))
            if any(calibrated(s.probability) >= AT_ONCE for s in seen):
                return (whole,), tuple(seen)
        elif max(picture.shape[:2]) <= LARGE:
            coarse = self._locator.find(picture, least=LEAST_BESIDE, finer=COARSE)
            places = tuple(self._locator.refine(picture, place) for place in coarse)
            seen = self._glances(picture, places)
            if any(s.probability >= SURE for s in seen):
                return places, _distinct(seen)
            if any(s.probability >= PROMISING for s in seen):
                near = self._closer(picture, seen)
                if near[0].probability >= SURE:
                    return places, near
        places = self.locate(picture)
        return places, self.look(picture, places)

    def look(self, picture: Picture, places: Sequence[Located]) -> tuple[Sight, ...]:
        """All plates seen in ``picture``, best first, given what ``locate`` found in it.

        Where nothing can be read though something looks like a plate, the picture is searched
        once more at a finer scale.
        """
        sights = self.sights(picture, places)
        if not hinted(places) or any(s.probability >= LEAST_CONFIDENCE for s in sights):
            return sights
        return self.sights(picture, self.locate(picture, finer=FINER)) or sights

    def locate(self, picture: Picture, *, finer: float = 1.0) -> tuple[Located, ...]:
        """Places that may hold a plate, best first.

        In a small picture these are the plate that fills it, by its corners as seen from near
        and by the picture's own, and plates much smaller than the picture.
        """
        found = self._locator.find(picture, least=LEAST_SCORE, finer=finer)
        whole = cut_out(picture)
        if whole is None:
            return found
        small = (place for place in found if place.width < _SMALL * whole.width)
        return (self._locator.refine(picture, whole), *small, whole)

    def sights(self, picture: Picture, places: Sequence[Located]) -> tuple[Sight, ...]:
        """Look at each place; what is no plate or seen better elsewhere is dropped, best first.

        A sight may be unreadable: a plate, but no text that the grammar allows. Doubtful ones
        are looked at more closely: those that say something, and where none is sure the two
        most promising ones in any case.
        """
        return self._closer(picture, self._glances(picture, places))

    def _closer(self, picture: Picture, glances: Sequence[Sight]) -> tuple[Sight, ...]:
        """Look again at what was doubtful at a glance."""
        seen = sorted(_gathered(glances), key=_promise, reverse=True)
        tries = 0 if any(s.probability >= SURE for s in seen) else CLOSER_LOOKS
        for i, sight in enumerate(seen):
            if sight.probability < SURE and (i < tries or sight.probability >= LEAST_PROMISE):
                seen[i] = closer(picture, sight, self._locator, self._recogniser)
        return _distinct(seen)

    def _glances(self, picture: Picture, places: Sequence[Located]) -> list[Sight]:
        """The first look at each place; beside a sure plate only at what is likely one."""
        seen: list[Sight] = []
        for place in places:
            if place.score < LEAST_BESIDE and any(s.probability >= SURE for s in seen):
                continue
            sight = glance(picture, place, self._recogniser)
            if sight is not None:
                seen.append(sight)
        return seen

    def readings(self, sights: Sequence[Sight], picture: Picture) -> tuple[Reading, ...]:
        """The readings of those ``sights`` that say something likely enough, in their order."""
        likely = (s for s in sights if s.probability >= LEAST_CONFIDENCE)
        return tuple(
            self.reading(s, s.spelling, calibrated(s.probability), picture)
            for s in likely
            if s.spelling
        )

    def reading(
        self, sight: Sight, spelling: Spelling, confidence: float, picture: Picture
    ) -> Reading:
        """``spelling`` as the reading of ``sight`` in ``picture``, as sure as ``confidence``."""
        height, width = picture.shape[:2]
        corners = sight.located.corners
        x0, y0 = np.clip(np.floor(corners.min(axis=0)), 0, [width - 1, height - 1]).astype(int)
        high = np.ceil(corners.max(axis=0))
        x1, y1 = np.clip(high, [x0 + 1, y0 + 1], [width, height]).astype(int)
        # The line of the calibration may lie above the weakest character; the port forbids that.
        confidence = min(confidence, *spelling.chars)
        plate = parse_plate(spelling.text)
        display = plate.display if plate else spelling.text
        style = "two-line" if sight.lines == 2 else "one-line"
        return Reading(
            kind=ReadingKind.PLATE,
            text=spelling.text,
            raw=spelling.raw,
            confidence=round(confidence, 5),
            confidences=tuple(round(p, 5) for p in spelling.chars),
            box=Box(x=int(x0), y=int(y0), w=int(x1 - x0), h=int(y1 - y0)),
            engine=self.name,
            model=self.model,
            ms=0,
            country=spelling.country,
            layout=f"{spelling.country} {style} {sight.colour}",
            lines=sight.lines,
            corners=tuple((round(float(x), 1), round(float(y), 1)) for x, y in corners),
            posterior=spelling.posterior,
            detail=(
                ("kind", str(spelling.kind)),
                ("display", display),
                ("colour", sight.colour),
                ("found", f"{sight.located.score:.2f}"),
            ),
        )


def hinted(places: Sequence[Located]) -> bool:
    """Whether the detector saw something that real plates often look like."""
    return any(place.score >= HINT for place in places)


def cut_out(picture: Picture) -> Located | None:
    """The whole picture as a place, where it is so small that a camera may have cut it out."""
    height, width = picture.shape[:2]
    if height > _CUT_OUT_HEIGHT or width > _CUT_OUT_WIDTH or width <= 1.1 * height:
        return None
    whole = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return Located(corners=whole, score=_WHOLE_SCORE)


def _promise(sight: Sight) -> float:
    """How much a first look promises: what it reads, else how much it looks like a plate."""
    return sight.probability + 0.01 * sight.likeness * sight.located.score


def prominence(sight: Sight) -> float:
    """How much a sight counts: likely first, then large; nearer vehicles look larger."""
    likely = min(sight.probability, 0.9) + 0.01 * sight.likeness * sight.located.score
    return likely * math.sqrt(max(sight.located.width, 1.0))


def _gathered(sights: Sequence[Sight]) -> list[Sight]:
    """One sight a place, with what the others of the same place showed among its views."""
    kept: list[Sight] = []
    for sight in sorted(sights, key=lambda s: s.probability, reverse=True):
        same = next((i for i, k in enumerate(kept) if _covers(k, sight)), None)
        if same is None:
            kept.append(sight)
        else:
            kept[same] = replace(kept[same], views=(*kept[same].views, *sight.views))
    return kept


def _covers(one: Sight, other: Sight) -> bool:
    """Whether the middle of ``other`` lies in the upright box of ``one``."""
    low, high = one.located.corners.min(axis=0), one.located.corners.max(axis=0)
    middle = other.located.corners.mean(axis=0)
    return bool((low <= middle).all() and (middle <= high).all())


def _distinct(sights: Sequence[Sight]) -> tuple[Sight, ...]:
    """Keep one reading a place, the likelier; the most prominent first."""
    return tuple(sorted(_gathered(sights), key=prominence, reverse=True))
