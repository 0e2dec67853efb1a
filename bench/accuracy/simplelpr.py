"""SimpleLPR (commercial, a trial of 60 days; PyPI `simplelpr`) as a peer to measure against.

No part of the product and in no lock file: the bench uses it where somebody installed it. It knows
Vietnamese plates, not those of mainland China.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

from ocr.ports import Picture
from schemas.plates import normalise_plate, parse_plate
from schemas.readings import Box, Reading, ReadingKind

COUNTRY = "Vietnam"


def installed() -> bool:
    """Whether the package is there."""
    return find_spec("simplelpr") is not None


class SimpleLprReader:
    """Reads with one thread, without a graphics card, all countries but Vietnam left out."""

    name = "SimpleLPR"

    def __init__(self) -> None:
        """Start the engine; ImportError where it is not installed."""
        import simplelpr  # type: ignore[import-not-found,unused-ignore]

        # Its own threads would take cores that the others, measured on one, do not have.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        settings = simplelpr.EngineSetupParms()
        settings.cudaDeviceId = -1
        settings.enableImageProcessingWithGPU = False
        settings.enableClassificationWithGPU = False
        settings.maxConcurrentImageProcessingOps = 1
        self._engine: Any = simplelpr.SimpleLPR(settings)
        for number in range(self._engine.numSupportedCountries):
            wanted = self._engine.get_countryCode(number) == COUNTRY
            self._engine.set_countryWeight(number, float(wanted))
        self._engine.realizeCountryWeights()
        self._processor: Any = self._engine.createProcessor()

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Its best text of each plate that the grammar knows, the surest first."""
        found = []
        for place in self._processor.analyze(picture):
            for match in place.matches:
                plate = parse_plate(normalise_plate(match.text))
                if plate is not None:
                    found.append(_reading(plate.text, match))
                    break
        return tuple(sorted(found, key=lambda r: r.confidence, reverse=True))


def _reading(text: str, match: Any) -> Reading:
    box, confidence = match.boundingBox, min(max(float(match.confidence), 0.0), 1.0)
    return Reading(
        kind=ReadingKind.PLATE,
        text=text,
        raw=match.text,
        confidence=confidence,
        confidences=(confidence,) * len(text),
        box=Box(x=box.left, y=box.top, w=max(1, box.width), h=max(1, box.height)),
        engine=SimpleLprReader.name,
        model="",
        ms=0,
    )
