"""Assemble container numbers from lines of text: owner code, serial number, check digit.

Pure functions over what the recogniser said. One number in eleven has a right check digit by
chance, so pieces are joined only where containers carry them: in one line, in one row, or
the owner code over the serial number; and each character must be what its place can hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr.engines.lines import Corners, Options, TextLine
from schemas.containers import (
    CATEGORIES,
    LENGTH,
    Container,
    check_digit,
    normalise_container,
    parse_container,
    parse_size_type,
)

DIGITS = frozenset("0123456789")
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
PLACES: tuple[frozenset[str], ...] = (LETTERS,) * 3 + (CATEGORIES,) + (DIGITS,) * 7

LOOKALIKES: dict[str, str] = {
    "0": "ODUQ", "1": "ILJT", "2": "Z", "3": "J", "4": "A", "5": "S", "6": "GC", "7": "TZ",
    "8": "BS", "9": "G", "A": "4", "B": "8", "C": "G60", "D": "0O", "G": "6C", "I": "1", "J": "U1",
    "L": "1", "O": "0D", "Q": "0O", "S": "5", "T": "17", "U": "JV0", "V": "U", "Z": "27",
}  # fmt: skip
CHECK_ORDER = {"read": 4, "disputed": 3, "corrected": 2, "computed": 1, "wrong": 0}
"""What a check digit can be (see FoundContainer), best highest."""

_FLOOR = 0.003
_NONE = 0.003
_BEAM = 24
_MOST_REPAIRS = 2
_OFFERED = 0.02
_SURE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContainer:
    """A container number with its evidence.

    ``check`` tells where its last digit comes from: ``read`` (seen and right), ``corrected``
    (a character was changed to make it right), ``computed`` (not seen), ``wrong``, or
    ``disputed`` (another recogniser makes another valid number of it).
    ``verified`` holds only for a read digit and characters that are all fairly sure.
    """

    container: Container
    confidence: float
    confidences: tuple[float, ...]
    posterior: tuple[Options, ...]
    check: str
    corners: Corners
    members: frozenset[int]
    size_type: str
    raw: str

    @property
    def verified(self) -> bool:
        """Whether the digit was seen and right, and no character is doubtful."""
        return self.check == "read" and min(self.confidences) >= _SURE


def options_of(line: TextLine) -> tuple[Options, ...]:
    """The line's positions in normal form, separators left out."""
    kept: list[Options] = []
    for options in line.characters:
        total: dict[str, float] = {}
        for character, p in options:
            normal = normalise_container(character)
            if len(normal) == 1:
                total[normal] = total.get(normal, 0.0) + p
        if total and normalise_container(options[0][0]):
            kept.append(tuple(sorted(total.items(), key=lambda item: item[1], reverse=True)))
    return tuple(kept)


def find_containers(lines: Sequence[TextLine]) -> tuple[FoundContainer, ...]:
    """Return the container numbers in ``lines``, best first; no line is used twice."""
    options = [options_of(line) for line in lines]
    found = [
        container
        for members in _groups(lines, options)
        if (container := _fit(lines, options, members)) is not None
    ]
    found.sort(key=_rank, reverse=True)
    chosen: list[FoundContainer] = []
    for candidate in found:
        if all(candidate.members.isdisjoint(other.members) for other in chosen):
            chosen.append(candidate)
    return tuple(chosen)


def decode_number(options: tuple[Options, ...]) -> tuple[str, str] | None:
    """Best number for 10 or 11 positions and what its check digit is (see FoundContainer).

    None when the positions cannot hold a number.
    """
    beam: list[tuple[str, float, int]] = [("", 0.0, 0)]
    for choices, allowed in zip(options, PLACES, strict=False):
        weights = weights_of(choices, allowed)
        top = choices[0][0]
        grown = [
            (text + c, score + math.log(p), n + (c != top))
            for text, score, n in beam
            for c, p in weights.items()
            if n + (c != top) <= _MOST_REPAIRS
        ]
        beam = sorted(grown, key=lambda item: item[1], reverse=True)[:_BEAM]
    if not beam:
        return None
    best, score, _ = beam[0]
    if len(options) == LENGTH - 1:
        return best + str(check_digit(best)), "computed"
    passing = [item for item in beam if str(check_digit(item[0][:10])) == item[0][10]]
    if passing and passing[0][0] == best:
        return best, "read"
    if passing and math.exp(passing[0][1] - score) > _OFFERED:
        rival = math.exp(passing[1][1] - passing[0][1]) if len(passing) > 1 else 0.0
        if rival < _OFFERED * 10:
            return passing[0][0], "corrected"
    return best, "wrong"


def weights_of(choices: Options, allowed: frozenset[str]) -> dict[str, float]:
    """Probability of each allowed character: what was offered, and look-alikes of the best."""
    weights = {c: p for c, p in choices if c in allowed and p > 0}
    for rank, other in enumerate(LOOKALIKES.get(choices[0][0], ""), start=1):
        if other in allowed:
            weights[other] = weights.get(other, 0.0) + _FLOOR / rank
    return weights


def owner_like(options: Sequence[Options]) -> bool:
    """Whether four positions can be an owner code: three letters and U, J or Z."""
    return len(options) == 4 and _repairs(options, PLACES[:4]) <= 1


def serial_like(options: Sequence[Options]) -> bool:
    """Whether positions can be a serial number, with or without its check digit."""
    return len(options) in (6, 7) and _repairs(options, (DIGITS,) * 7) <= 1


def _repairs(options: Sequence[Options], places: Sequence[frozenset[str]]) -> float:
    """How many best characters their places forbid; infinite when nothing allowed is near."""
    total = 0.0
    for choices, allowed in zip(options, places, strict=False):
        if choices[0][0] not in allowed:
            total += 1.0 if weights_of(choices, allowed) else math.inf
    return total


def _groups(
    lines: Sequence[TextLine], options: Sequence[tuple[Options, ...]]
) -> Iterator[tuple[int, ...]]:
    owners = [i for i, o in enumerate(options) if owner_like(o)]
    serials = [i for i, o in enumerate(options) if serial_like(o)]
    digits = [i for i, o in enumerate(options) if len(o) == 1 and _repairs(o, (DIGITS,)) == 0]
    whole = [i for i, o in enumerate(options) if len(o) in (10, 11) and _repairs(o, PLACES) <= 1]
    starts: list[tuple[int, ...]] = [(i,) for i in whole]
    starts += [(i, j) for i in owners for j in serials if _joined(lines[i], lines[j])]
    for start in starts:
        yield start
        if sum(len(options[i]) for i in start) == LENGTH - 1:
            last = lines[start[-1]]
            yield from ((*start, d) for d in digits if d not in start and _next(last, lines[d]))


def _frame(first: TextLine, second: TextLine) -> tuple[float, float, float, float]:
    """Second's centre seen from first, along and across first's direction, in heights.

    Then the gap between the facing ends, and the ratio of the heights.
    """
    (x0, y0), (x1, y1) = first.corners[0], first.corners[1]
    length = max(math.dist((x0, y0), (x1, y1)), 1e-6)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    dx, dy = second.centre[0] - first.centre[0], second.centre[1] - first.centre[1]
    height = (first.height + second.height) / 2
    along, across = (dx * ux + dy * uy) / height, (dy * ux - dx * uy) / height
    gap = along - (first.width + second.width) / 2 / height
    return along, across, gap, first.height / second.height


def _joined(owner: TextLine, serial: TextLine) -> bool:
    """The serial number follows in the row, or stands right under the owner code."""
    along, across, gap, ratio = _frame(owner, serial)
    if not 0.55 < ratio < 1.8:
        return False
    in_row = abs(across) < 0.6 and -0.5 < gap < 2.5
    below = 0.6 < across < 2.0 and abs(along) < (owner.width + serial.width) / 2 / owner.height
    return in_row or below


def _next(last: TextLine, digit: TextLine) -> bool:
    """The check digit, often in a frame, follows in the row."""
    _, across, gap, ratio = _frame(last, digit)
    return abs(across) < 0.6 and -0.6 < gap < 2.0 and 0.5 < ratio < 2.0


def _fit(
    lines: Sequence[TextLine], options: Sequence[tuple[Options, ...]], members: tuple[int, ...]
) -> FoundContainer | None:
    whole = tuple(o for i in members for o in options[i])
    decoded = decode_number(whole) if len(whole) in (LENGTH - 1, LENGTH) else None
    if decoded is None:
        return None
    text, check = decoded
    container = parse_container(text)
    if container is None:
        return None
    confidences, posterior = _sureness(whole, text)
    factor = {"read": 1.0, "corrected": 0.6, "computed": 0.7, "wrong": 0.2}[check]
    return FoundContainer(
        container=container,
        confidence=round(min(math.prod(confidences) * factor, *confidences), 4),
        confidences=confidences,
        posterior=posterior,
        check=check,
        corners=around([lines[i] for i in members]),
        members=frozenset(members),
        size_type=_size_type(lines, members[-1]),
        raw=" ".join(lines[i].text for i in members),
    )


def _sureness(
    options: tuple[Options, ...], text: str
) -> tuple[tuple[float, ...], tuple[Options, ...]]:
    confidences: list[float] = []
    posterior: list[Options] = []
    for character, allowed, choices in zip(text, PLACES, options, strict=False):
        weights = weights_of(choices, allowed)
        total = sum(weights.values()) + _NONE
        ranked = sorted(weights.items(), key=lambda item: item[1], reverse=True)
        posterior.append(tuple((c, round(p / total, 5)) for c, p in ranked[:5]))
        confidences.append(round(weights.get(character, 0.0) / total, 5))
    if len(options) < LENGTH:  # a computed digit is as sure as all that it was computed from
        confidences.append(round(math.prod(confidences), 5))
        posterior.append(((text[-1], confidences[-1]),))
    return tuple(confidences), tuple(posterior)


def _rank(found: FoundContainer) -> tuple[int, float]:
    return CHECK_ORDER[found.check], found.confidence


def _size_type(lines: Sequence[TextLine], serial: int) -> str:
    """The size and type code under or beside the number, when one is legible."""
    for i, line in enumerate(lines):
        code = parse_size_type(line.text)
        if i == serial or code is None:
            continue
        along, across, _, ratio = _frame(lines[serial], line)
        if abs(across) < 3 and abs(along) < 12 and 0.4 < ratio < 2.5:
            return code.code
    return ""


def around(lines: Sequence[TextLine]) -> Corners:
    """Corners round all lines: exact for one, their upright box for several."""
    if len(lines) == 1:
        return lines[0].corners
    xs = [x for line in lines for x, _ in line.corners]
    ys = [y for line in lines for _, y in line.corners]
    return ((min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys)))
