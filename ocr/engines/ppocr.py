"""The installed PP-OCR models, loaded once a process and shared by every reader."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, cached_property

from ocr.engines.detector import LineDetector, crop_line
from ocr.engines.lines import Corners, TextLine
from ocr.engines.models import DETECTOR_V6, RECOGNISER_V4, RECOGNISER_V6, digest
from ocr.engines.recogniser import LineRecogniser, Recognised
from ocr.ports import Picture


class PpOcr:
    """Line detector and the two recognisers, each loaded when first used."""

    @cached_property
    def detector(self) -> LineDetector:
        """PP-OCRv6 small detector."""
        return LineDetector()

    @cached_property
    def v6(self) -> LineRecogniser:
        """PP-OCRv6 small recogniser: Latin text, Vietnamese, most others."""
        return LineRecogniser(RECOGNISER_V6)

    @cached_property
    def v4(self) -> LineRecogniser:
        """PP-OCRv4 recogniser: better on the province characters of Chinese plates."""
        return LineRecogniser(RECOGNISER_V4)

    @cached_property
    def model(self) -> str:
        """SHA-256 over the three model files."""
        return digest(DETECTOR_V6, RECOGNISER_V6, RECOGNISER_V4)

    @cached_property
    def model_v6(self) -> str:
        """SHA-256 over the two files of PP-OCRv6."""
        return digest(DETECTOR_V6, RECOGNISER_V6)

    def find_lines(
        self, picture: Picture, *, area: int, most: int, zoom: float = 2.5
    ) -> list[TextLine]:
        """Find and read lines, with the detector working at ``area`` pixels.

        The picture is enlarged at most ``zoom`` times for that; of more than ``most`` lines
        the tallest are read.
        """
        height, width = picture.shape[:2]
        scale = min(math.sqrt(area / (height * width)), zoom)
        corners = tallest(self.detector.find(picture, scale=scale), most)
        return read_lines(self.v6, [crop_line(picture, c) for c in corners], corners)


@cache
def shared() -> PpOcr:
    """Return this process's models."""
    return PpOcr()


def tallest(corners: Sequence[Corners], most: int) -> list[Corners]:
    """The ``most`` lines with the largest print, in the order given.

    A picture full of text must not take longer than its deadline.
    """
    if len(corners) <= most:
        return list(corners)
    heights = [min(math.dist(c[0], c[1]), math.dist(c[1], c[2])) for c in corners]
    least = sorted(heights, reverse=True)[most - 1]
    return [c for c, height in zip(corners, heights, strict=True) if height >= least][:most]


def read_lines(
    recogniser: LineRecogniser,
    crops: Sequence[Picture],
    corners: Sequence[Corners],
    *,
    stretch: float = 1.0,
) -> list[TextLine]:
    """Read crops whose places are known; order is kept, an unread crop gives an empty line."""
    return text_lines(recogniser.read(crops, stretch=stretch), corners)


def text_lines(read: Sequence[Recognised], corners: Sequence[Corners]) -> list[TextLine]:
    """What was read, with the places it was read at."""
    return [
        TextLine(characters=characters, corners=where, spans=spans)
        for (characters, spans), where in zip(read, corners, strict=True)
    ]
