"""Read one located plate: cut it out in a few ways, average what the network says, spell it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocr.plates.alphabet import COLOURS, LINE_CLASSES
from ocr.plates.locate import Located
from ocr.plates.recognise import SlotRecogniser, Slots
from ocr.plates.rectify import Corners, rectify, widen
from ocr.plates.spell import Spelling, spell
from ocr.ports import Picture

# Margins round the plate (share of its height, share of its width): as taught.
_MARGIN = (0.10, 0.03)
_OTHER_MARGINS = ((0.02, 0.0), (0.20, 0.06))
SURE = 0.98
"""A first look at least this likely needs no further ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A plate as read: where, what, how likely, and what it looked like."""

    located: Located
    spelling: Spelling
    probability: float
    lines: int
    colour: str


def look(picture: Picture, located: Located, recogniser: SlotRecogniser) -> Sight | None:
    """Read the plate at ``located``; a doubtful first look is averaged with three others.

    None when nothing there fits the grammar of plates.
    """
    (first,) = recogniser.read([rectify(picture, widen(located.corners, *_MARGIN))])
    sight = judge(located, [first])
    if sight is not None and sight.probability >= SURE:
        return sight
    views = [widen(located.corners, *margin) for margin in _OTHER_MARGINS]
    views.append(widen(upright(located.corners), 0.02, 0.01))
    more = recogniser.read([rectify(picture, view) for view in views])
    return judge(located, [first, *more])


def upright(corners: Corners) -> Corners:
    """The upright rectangle round ``corners``."""
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def judge(located: Located, views: list[Slots]) -> Sight | None:
    """Average the views' probabilities, slot by slot, and spell the result."""
    chars = np.log(np.mean([np.exp(v.chars) for v in views], axis=0) + 1e-9)
    spelling = spell(chars.astype(np.float32))
    if spelling is None:
        return None
    country = np.mean([v.country for v in views], axis=0)
    lines = np.mean([v.lines for v in views], axis=0)
    colour = np.mean([v.colour for v in views], axis=0)
    return Sight(
        located=located,
        spelling=spelling,
        probability=spelling.probability * float(1 - country[0]),
        lines=LINE_CLASSES[int(lines.argmax())],
        colour=COLOURS[int(colour.argmax())],
    )
