"""Choose the characters of a zone from competing readings, by field type and check digits.

Input is, per line and column, what a recogniser offered with probabilities. The field's
alphabet decides first (a nationality holds no 0), then the check digit. A digit alone is weak
evidence: one text in ten passes by chance, and some look-alikes (6 and G, 1 and L, 2 and C)
leave it unchanged, so a field is verified only when no other likely text passes as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from schemas.mrz import (
    ALLOWED,
    COMPOSITE,
    FIELDS,
    FILLER,
    SHAPES,
    Alphabet,
    FieldPlace,
    FieldStatus,
    MrzFormat,
    check_digit,
    field_text,
    has_digit,
    long_number,
)
from schemas.mrz_countries import COUNTRY_CODES

Choices = tuple[tuple[str, float], ...]
"""Competing characters of one column, best first."""

LOOKALIKES: dict[str, str] = {
    "0": "ODQ", "1": "IL", "2": "Z", "3": "8B", "4": "A", "5": "S", "6": "G", "7": "ZT", "8": "B3",
    "9": "G", "A": "4", "B": "83", "C": "G<", "D": "0O", "E": "F", "F": "E", "G": "6C", "I": "1L",
    "K": "<X", "L": "1I", "M": "N", "N": "M", "O": "0DQ", "Q": "0O", "S": "5", "T": "7I", "U": "V",
    "V": "U", "X": "K", "Z": "2", "<": "KC",
}  # fmt: skip
"""Confusions in OCR-B print, likeliest first; K and C for the filler are the usual ones."""

_FLOOR = 0.004
_BEAM = 96
# The letter O is rare in document numbers, since issuers avoid it.
_PRIOR = {"O": 0.5}
_UNKNOWN_COUNTRY = 0.03
_RIVAL = 0.05
_CORRECTION_RIVAL = 0.25
_MOST_CORRECTED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedZone:
    """The chosen lines, the status of fields with digits, and how sure each character is.

    ``corrected`` lists (line, column) of characters that a check digit changed.
    """

    format: MrzFormat
    lines: tuple[str, ...]
    statuses: dict[str, FieldStatus]
    confidences: tuple[tuple[float, ...], ...]
    corrected: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    score: float  # log probability


def decode_zone(layout: MrzFormat, cells: tuple[tuple[Choices, ...], ...]) -> DecodedZone:
    """Choose the text of a zone whose ``cells`` have the layout's shape."""
    count, width = SHAPES[layout]
    grid = [[FILLER] * width for _ in range(count)]
    sure = [[0.0] * width for _ in range(count)]
    statuses: dict[str, FieldStatus] = {}
    corrected: list[tuple[int, int]] = []
    for place in FIELDS[layout]:
        columns = [cells[place.line][i] for i in range(place.start, place.end)]
        if place.check >= 0:
            columns.append(cells[place.line][place.check])
        chosen, status, changed = _choose(place, columns)
        at = [*range(place.start, place.end), *([place.check] if place.check >= 0 else [])]
        for column, character, options in zip(at, chosen.text, columns, strict=True):
            grid[place.line][column] = character
            weights = _weights(options, _alphabet(place, column))
            sure[place.line][column] = weights.get(character, 0.0)
        if status is not None:
            statuses[place.name] = status
            corrected += [(place.line, at[i]) for i in changed]
            if status is FieldStatus.VERIFIED:
                for column in at:
                    sure[place.line][column] = max(sure[place.line][column], 0.99)
    _end_names(grid, layout)
    if layout in COMPOSITE:
        line, column = COMPOSITE[layout][1]
        weights = _weights(cells[line][column], ALLOWED[Alphabet.DIGITS] - {FILLER})
        grid[line][column] = max(weights, key=lambda c: weights[c])
        sure[line][column] = weights[grid[line][column]]
    lines = tuple("".join(row) for row in grid)
    for place in FIELDS[layout]:
        if not has_digit(lines, layout, place):
            statuses.pop(place.name, None)
    _settle_long_number(layout, lines, statuses)
    return DecodedZone(
        format=layout,
        lines=lines,
        statuses=statuses,
        confidences=tuple(tuple(round(p, 4) for p in row) for row in sure),
        corrected=tuple(corrected),
    )


def _alphabet(place: FieldPlace, column: int) -> frozenset[str]:
    if column == place.check:
        optional = place.name in ("optional", "number")
        digits = ALLOWED[Alphabet.DIGITS]
        return digits if optional else digits - {FILLER}
    if place.name == "expiry":
        return ALLOWED[Alphabet.DIGITS] - {FILLER}
    if place.name == "type" and column == place.start:
        return ALLOWED[Alphabet.LETTERS] - {FILLER}
    return ALLOWED[place.alphabet]


def _weights(options: Choices, allowed: frozenset[str]) -> dict[str, float]:
    """Normalised probability of each allowed character, look-alikes of the best included."""
    weights: dict[str, float] = {}
    for character, p in options:
        upper = character.upper()
        if upper in allowed and p > 0:
            weights[upper] = weights.get(upper, 0.0) + p * _PRIOR.get(upper, 1.0)
    top = options[0][0].upper() if options else FILLER
    for rank, other in enumerate(LOOKALIKES.get(top, ""), start=1):
        if other in allowed:
            weights[other] = weights.get(other, 0.0) + _FLOOR / rank
    if not weights:
        weights = dict.fromkeys(sorted(allowed), 1.0)
    total = sum(weights.values()) + _FLOOR
    return {c: p / total for c, p in weights.items()}


def _choose(
    place: FieldPlace, columns: list[Choices]
) -> tuple[_Text, FieldStatus | None, tuple[int, ...]]:
    """Best text of a field (with its digit at the end), its status, positions corrected."""
    columns_of = [*range(place.start, place.end), *([place.check] if place.check >= 0 else [])]
    beam = [_Text("", 0.0)]
    for column, options in zip(columns_of, columns, strict=True):
        weights = _weights(options, _alphabet(place, column))
        grown = [_Text(t.text + c, t.score + math.log(p)) for t in beam for c, p in weights.items()]
        beam = sorted(grown, key=lambda t: t.score, reverse=True)[:_BEAM]
    if place.alphabet is Alphabet.CODE:
        beam = sorted(beam, key=_country_score, reverse=True)
    if place.check < 0:
        return beam[0], None, ()
    if place.name in ("birth", "expiry"):
        beam = [t for t in beam if _possible_date(t.text[:6])] or beam[:1]
    best = beam[0]
    passing = [t for t in beam if _passes(t.text)]
    if not passing:
        return best, FieldStatus.FAILED, ()
    first = passing[0]
    rival = math.exp(passing[1].score - first.score) if len(passing) > 1 else 0.0
    if first is best:
        status = FieldStatus.VERIFIED if rival < _RIVAL else FieldStatus.UNVERIFIED
        return best, status, ()
    changed = tuple(i for i, (a, b) in enumerate(zip(best.text, first.text, strict=True)) if a != b)
    if len(changed) <= _MOST_CORRECTED and rival < _CORRECTION_RIVAL:
        return first, FieldStatus.CORRECTED, changed
    return best, FieldStatus.FAILED, ()


def _country_score(text: _Text) -> float:
    return text.score + (0.0 if text.text in COUNTRY_CODES else math.log(_UNKNOWN_COUNTRY))


def _passes(text: str) -> bool:
    digit = text[-1]
    if digit == FILLER:
        return not text.strip(FILLER)
    return check_digit(text[:-1]) == digit


def _possible_date(raw: str) -> bool:
    """Whether YYMMDD can be a date in some century; fillers stand for what is unknown."""
    if FILLER in raw:
        return raw.strip(FILLER).isdigit() or not raw.strip(FILLER)
    try:
        date(2000 + int(raw[:2]), int(raw[2:4]), int(raw[4:]))
    except ValueError:
        return raw[2:] == "0229"
    return True


def _end_names(grid: list[list[str]], layout: MrzFormat) -> None:
    """After three fillers a name is over: what follows is a filler read as a letter."""
    place = next(p for p in FIELDS[layout] if p.name == "name")
    row = grid[place.line]
    text = "".join(row[place.start : place.end])
    end = text.find(FILLER * 3)
    if end >= 0:
        row[place.start + end : place.end] = [FILLER] * (place.end - place.start - end)


def _settle_long_number(
    layout: MrzFormat, lines: tuple[str, ...], statuses: dict[str, FieldStatus]
) -> None:
    """A TD1 number of more than nine characters has its digit in the optional data."""
    if layout is not MrzFormat.TD1:
        return
    place = next(p for p in FIELDS[layout] if p.name == "number")
    if lines[0][place.check] != FILLER:
        return
    long = long_number(lines[0])
    right = long is not None and check_digit(long[0]) == long[1]
    statuses["number"] = FieldStatus.VERIFIED if right else FieldStatus.FAILED
    if not field_text(lines, place).strip(FILLER):
        statuses["number"] = FieldStatus.FAILED
