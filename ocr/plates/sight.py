"""Read one located plate: cut it out, look closer when in doubt, spell what the network says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocr.plates.alphabet import COLOURS, COUNTRIES, LINE_CLASSES
from ocr.plates.locate import Located, PlateLocator
from ocr.plates.recognise import SlotRecogniser, Slots
from ocr.plates.rectify import Corners, rectify, widen
from ocr.plates.spell import Spelling, spell
from ocr.ports import Picture

# Margins round the plate (share of its height, share of its width): as taught.
_MARGIN = (0.10, 0.03)
_OTHER_MARGINS = ((0.02, 0.0), (0.20, 0.06))
SURE = 0.965
"""A first look at least this likely needs no further ones."""


LEAST_LIKENESS = 0.5
"""Least probability, by the network's layout head, that a place is a plate at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A place as seen by the recogniser: what it looks like, and what it says, if anything.

    ``likeness`` is the probability that it is a plate; ``probability`` that the spelling is the
    whole truth (0 without a spelling). ``views`` is what the network said of each cut.
    """

    located: Located
    likeness: float
    country: str
    lines: int
    colour: str
    spelling: Spelling | None
    probability: float
    views: tuple[Slots, ...]


def glance(picture: Picture, located: Located, recogniser: SlotRecogniser) -> Sight | None:
    """The first look at ``located``; None where the network sees no plate."""
    sight = judge(located, _views(picture, recogniser, [widen(located.corners, *_MARGIN)]))
    return sight if sight.likeness >= LEAST_LIKENESS else None


def closer(
    picture: Picture, sight: Sight, locator: PlateLocator, recogniser: SlotRecogniser
) -> Sight:
    """Look again at a doubtful ``sight``, with corners found from near.

    If that is doubtful too, what it, the first look and three cuts round the better of their
    corners show is averaged.
    """
    near = locator.refine(picture, sight.located)
    again = _views(picture, recogniser, [widen(near.corners, *_MARGIN)])
    nearer = judge(near, again)
    if nearer.probability >= SURE:
        return nearer
    better = near if nearer.probability >= sight.probability else sight.located
    cuts = [widen(better.corners, *margin) for margin in _OTHER_MARGINS]
    cuts.append(widen(upright(better.corners), 0.02, 0.01))
    return judge(better, [*sight.views, *again, *_views(picture, recogniser, cuts)])


def _views(picture: Picture, recogniser: SlotRecogniser, cuts: list[Corners]) -> list[Slots]:
    return recogniser.read([rectify(picture, cut) for cut in cuts])


def upright(corners: Corners) -> Corners:
    """The upright rectangle round ``corners``."""
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def judge(located: Located, views: list[Slots]) -> Sight:
    """Average the views' probabilities, slot by slot, and spell the result."""
    chars = np.log(np.mean([np.exp(v.chars) for v in views], axis=0) + 1e-9)
    spelling = spell(chars.astype(np.float32))
    country = np.mean([v.country for v in views], axis=0)
    lines = np.mean([v.lines for v in views], axis=0)
    colour = np.mean([v.colour for v in views], axis=0)
    likeness = float(1 - country[0])
    return Sight(
        located=located,
        likeness=likeness,
        country=COUNTRIES[1 + int(country[1:].argmax())],
        lines=LINE_CLASSES[int(lines.argmax())],
        colour=COLOURS[int(colour.argmax())],
        spelling=spelling,
        probability=spelling.probability * likeness if spelling else 0.0,
        views=tuple(views),
    )
