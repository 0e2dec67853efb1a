"""Assemble plates from lines of text: which lines belong together, and which plate fits best.

Pure functions over what the recogniser said. A plate is one line, two pieces side by side,
or two lines one above the other split where the grammar splits them. Each character is
chosen among its competing readings by what the plate's form allows at that position.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr.engines.lines import Corners, Options, TextLine
from schemas.plate_series import PATTERNS, Pattern, PlateKind
from schemas.plates import MAX_PLATE, Plate, lookalikes, normalise_plate, parse_plate

_BEAM = 6
_MOST_REPAIRS = 2
_MOST_TRIMMED = 2
# Probability left to a look-alike that the recogniser did not offer, and to "none of these".
_UNSEEN = 0.003
_NONE = 0.003
_TRIM_FACTOR = 0.6
# A plate's border reads as a 1 or I; more digits left out would make plates of phone numbers.
_MOST_DIGITS_TRIMMED = 1
# Forms that much other text fits, or that are rare at a gate for trucks.
RARE = {PlateKind.ARMY: 0.5, PlateKind.MOTORBIKE: 0.4}


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlate:
    """A plate with its evidence.

    ``confidences`` and ``posterior`` are by position of ``plate.text``, after the plate's
    form was applied; ``confidence`` is their product times a factor for characters left out
    at the ends and for forms that fit much else. ``raw`` is what was read, lines joined by a space;
    ``repaired`` the positions where the likeliest character was not the one written.
    """

    plate: Plate
    confidence: float
    confidences: tuple[float, ...]
    posterior: tuple[Options, ...]
    corners: Corners
    lines: int
    raw: str
    repaired: tuple[int, ...]
    members: frozenset[int]


def find_plates(lines: Sequence[TextLine]) -> tuple[FoundPlate, ...]:
    """Return the plates in ``lines``, best first; no line is used twice."""
    found = [plate for group in _groups(lines) for plate in _fit_group(lines, group)]
    found.sort(key=lambda f: f.confidence, reverse=True)
    chosen: list[FoundPlate] = []
    for candidate in found:
        if all(candidate.members.isdisjoint(other.members) for other in chosen):
            chosen.append(candidate)
    return tuple(chosen)


def plate_options(line: TextLine) -> tuple[Options, ...]:
    """The line's positions with separators gone and each option in normal form."""
    kept = (_normal(options) for options in line.characters)
    return tuple(options for options in kept if options)


@dataclass(frozen=True, slots=True)
class _Group:
    members: tuple[int, ...]
    stacked: bool


def _groups(lines: Sequence[TextLine]) -> Iterator[_Group]:
    for i, first in enumerate(lines):
        yield _Group((i,), stacked=False)
        for j, second in enumerate(lines):
            if i == j:
                continue
            if _above(first, second):
                yield _Group((i, j), stacked=True)
            elif _beside(first, second):
                yield _Group((i, j), stacked=False)


def _offset(first: TextLine, second: TextLine) -> tuple[float, float, float]:
    """Centre of ``second`` seen from ``first`` along and across ``second``'s direction.

    Both in units of the mean line height; the third value is the ratio of the heights.
    """
    (x0, y0), (x1, y1) = second.corners[0], second.corners[1]
    length = max(math.dist((x0, y0), (x1, y1)), 1e-6)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    dx = second.centre[0] - first.centre[0]
    dy = second.centre[1] - first.centre[1]
    height = (first.height + second.height) / 2
    return (dx * ux + dy * uy) / height, (dy * ux - dx * uy) / height, first.height / second.height


def _above(first: TextLine, second: TextLine) -> bool:
    along, across, ratio = _offset(first, second)
    reach = second.width / (first.height + second.height)
    # Boxes of small text reach into each other, hence less than one height apart.
    return 0.45 < across < 2.0 and abs(along) < reach and 0.4 < ratio < 2.2


def _beside(first: TextLine, second: TextLine) -> bool:
    along, across, ratio = _offset(first, second)
    height = (first.height + second.height) / 2
    gap = along - (first.width + second.width) / 2 / height
    return abs(across) < 0.4 and -0.6 < gap < 1.2 and 0.6 < ratio < 1.6


def _normal(options: Options) -> Options:
    """Options in normal form, equal ones added up; empty when the likeliest is a separator."""
    total: dict[str, float] = {}
    for character, p in options:
        normal = normalise_plate(character)
        if len(normal) == 1:
            total[normal] = total.get(normal, 0.0) + p
        elif not character.isascii() and character.isalpha():
            total["?"] = total.get("?", 0.0) + p
    top = normalise_plate(options[0][0])
    if not top and "?" not in total:
        return ()
    if not top and options[0][0] in "·.-•:, '":
        return ()
    return tuple(sorted(total.items(), key=lambda item: item[1], reverse=True))


def _fit_group(lines: Sequence[TextLine], group: _Group) -> Iterator[FoundPlate]:
    pieces = [plate_options(lines[i]) for i in group.members]
    whole = tuple(options for piece in pieces for options in piece)
    if not 6 <= len(whole) <= 14:
        return
    cut = len(pieces[0]) if group.stacked else None
    raw = " ".join(lines[i].text for i in group.members)
    corners = _around([lines[i] for i in group.members])
    for start, end in _windows(len(whole), trim=not group.stacked):
        options = whole[start:end]
        left_out = (*whole[:start], *whole[end:])
        if sum(o[0][0].isdigit() for o in left_out) > _MOST_DIGITS_TRIMMED:
            continue
        only_digits = all(o[0][0].isdigit() for o in options)
        if only_digits and (left_out or len(options) > 8):
            continue  # a telephone number, a date
        factor = _TRIM_FACTOR ** len(left_out)
        best = _best_fit(options, cut)
        if best is None:
            continue
        pattern, text = best
        plate = parse_plate(text)
        if plate is None:
            continue
        factor *= RARE.get(pattern.kind, 1.0)
        yield _found(plate, pattern, options, factor, corners, group, raw)


def _windows(length: int, *, trim: bool) -> Iterator[tuple[int, int]]:
    for left in range(_MOST_TRIMMED + 1 if trim else 1):
        for right in range(_MOST_TRIMMED + 1 - left if trim else 1):
            if length - left - right >= 6:
                yield left, length - right


def _best_fit(options: tuple[Options, ...], cut: int | None) -> tuple[Pattern, str] | None:
    best: tuple[float, Pattern, str] | None = None
    for pattern in PATTERNS:
        if len(pattern.positions) != len(options) or (cut is not None and cut != pattern.head):
            continue
        for text, score in _beam(options, pattern):
            better = best is None or score > best[0]
            if better and pattern.accepts(text) and normalise_plate(text) == text:
                best = (score, pattern, text)
    return (best[1], best[2]) if best else None


def _beam(options: tuple[Options, ...], pattern: Pattern) -> list[tuple[str, float]]:
    """Likeliest texts of the pattern with at most ``_MOST_REPAIRS`` second choices."""
    beam: list[tuple[str, float, int]] = [("", 0.0, 0)]
    for choices, allowed in zip(options, pattern.positions, strict=True):
        weights = _weights(choices, allowed)
        if not weights:
            return []
        top = choices[0][0]
        grown = [
            (text + c, score + math.log(p), n + (_bare(c) != top))
            for text, score, n in beam
            for c, p in weights.items()
            if n + (_bare(c) != top) <= _MOST_REPAIRS
        ]
        beam = sorted(grown, key=lambda item: item[1], reverse=True)[:_BEAM]
    return [(text, score) for text, score, _ in beam]


def _weights(choices: Options, allowed: frozenset[str]) -> dict[str, float]:
    """Probability of each allowed character: what was offered, and look-alikes of the best."""
    weights = {c: p for c, p in choices if c in allowed and p > 0}
    top, p_top = choices[0]
    if top == "D" and "Đ" in allowed:  # readers drop the bar, and no form allows both
        return {"Đ": max(p_top, _UNSEEN)}
    for rank, other in enumerate(lookalikes(top), start=1):
        if other in allowed:
            weights[other] = weights.get(other, 0.0) + _UNSEEN / rank
    return weights


def _found(
    plate: Plate,
    pattern: Pattern,
    options: tuple[Options, ...],
    factor: float,
    corners: Corners,
    group: _Group,
    raw: str,
) -> FoundPlate:
    posterior: list[Options] = []
    confidences: list[float] = []
    repaired: list[int] = []
    for i, (choices, allowed) in enumerate(zip(options, pattern.positions, strict=True)):
        weights = _weights(choices, allowed)
        total = sum(weights.values()) + _NONE
        ranked = sorted(weights.items(), key=lambda item: item[1], reverse=True)
        posterior.append(tuple((c, round(p / total, 5)) for c, p in ranked[:5]))
        confidences.append(round(weights[plate.text[i]] / total, 5))
        if _bare(plate.text[i]) != choices[0][0]:
            repaired.append(i)
    whole = math.prod(confidences) * factor
    return FoundPlate(
        plate=plate,
        confidence=round(min(whole, *confidences), 5),
        confidences=tuple(confidences),
        posterior=tuple(posterior),
        corners=corners,
        lines=2 if group.stacked else 1,
        raw=raw,
        repaired=tuple(repaired),
        members=frozenset(group.members),
    )


def _around(lines: Sequence[TextLine]) -> Corners:
    """Corners round all lines: exact for one, the hull's upright box for several."""
    if len(lines) == 1:
        return lines[0].corners
    xs = [x for line in lines for x, _ in line.corners]
    ys = [y for line in lines for _, y in line.corners]
    return (
        (min(xs), min(ys)),
        (max(xs), min(ys)),
        (max(xs), max(ys)),
        (min(xs), max(ys)),
    )


def looks_like_plate(line: TextLine) -> bool:
    """Tell whether a line is worth a second look: the length of a plate or of its part."""
    text = "".join(options[0][0] for options in plate_options(line))
    if len(text) <= 4:
        return any(c.isdigit() or not c.isascii() or c == "?" for c in text)
    return len(text) <= MAX_PLATE + _MOST_TRIMMED and sum(c.isdigit() for c in text) >= 2


def _bare(character: str) -> str:
    return "D" if character == "Đ" else character
