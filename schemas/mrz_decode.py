"""Choose the characters of a zone from competing readings, by field type and check digits.

Input is, per line and column, what a recogniser offered with probabilities. The field's
alphabet decides first (a nationality holds no 0), then the check digit. A digit alone is weak
evidence: one text in ten passes by chance, and some look-alikes (6 and G, 1 and L, 2 and C)
leave it unchanged, so a field is verified only when no other likely text passes as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from schemas.mrz import FieldStatus, composite_digit, field_text, has_digit, long_number
from schemas.mrz_countries import COUNTRY_CODES
from schemas.mrz_layout import (
    ALLOWED,
    COMPOSITE,
    FIELDS,
    FILLER,
    SHAPES,
    Alphabet,
    FieldPlace,
    MrzFormat,
    check_digit,
)

Choices = tuple[tuple[str, float], ...]
"""Competing characters of one column, best first."""

LOOKALIKES: dict[str, str] = {
    "0": "ODQ", "1": "IL", "2": "Z", "3": "8B", "4": "A", "5": "S", "6": "G", "7": "ZT", "8": "B3",
    "9": "G", "A": "4", "B": "83", "C": "G<", "D": "0O", "E": "F", "F": "E", "G": "6C", "I": "1L",
    "K": "<X", "L": "1I", "M": "N", "N": "M", "O": "0DQ", "Q": "0O", "S": "5", "T": "7I", "U": "V",
    "V": "U", "X": "K", "Z": "2", "<": "KC",
}  # fmt: skip
"""Confusions in OCR-B print, likeliest first; K and C for the filler are the usual ones."""

_LETTERS = ALLOWED[Alphabet.LETTERS] - {FILLER}
_USUAL_ERRORS = frozenset(
    frozenset(pair)
    for pair in ("0O", "0D", "0Q", "1I", "1L", "2Z", "5S", "8B", "6G", "38", "UV", "MN", "<K", "<C")
)
_FLOOR = 0.004
# What a look-alike that was not offered may claim, by rank: beside a character that the field
# allows, and instead of one that it excludes.
_FLOORS = (_FLOOR, _FLOOR / 2, _FLOOR / 3)
_EXCLUDED_SHARES = (0.9, 0.06, 0.03)
# In small print these look the same; every check digit tells them apart.
_TWINS = frozenset({"0O", "O0", "1I", "I1"})
_TWIN = 0.02
_BEAM = 96
# The letter O is rare in document numbers, since issuers avoid it.
_PRIOR = {"O": 0.5}
_UNKNOWN_COUNTRY = 0.03
_RIVAL = 0.01
_CORRECTION_RIVAL = 0.25
_MOST_CORRECTED = 1
# Text that the recogniser itself thought this likely may differ in more places.
_OFFERED = 0.02
# A text less likely than this is not verified by its digit, whatever the digit says.
_LEAST_LIKELY = 0.1
# Fields with right digits that make up for rows of which none was read whole.
_ENOUGH = 3
_DOUBTED = FieldStatus.UNVERIFIED
# First letters that the layouts use, likeliest first.
_TYPES = {
    MrzFormat.TD1: "IAC",
    MrzFormat.TD2: "IACP",
    MrzFormat.TD3: "P",
    MrzFormat.MRV_A: "V",
    MrzFormat.MRV_B: "V",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedZone:
    """The chosen lines, the status of fields with digits, and how sure each character is.

    ``corrected`` lists (line, column) of characters that a check digit changed.
    """

    format: MrzFormat
    lines: tuple[str, ...]
    statuses: Mapping[str, FieldStatus]
    confidences: tuple[tuple[float, ...], ...]
    corrected: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    score: float  # log probability


@dataclass(frozen=True, slots=True)
class _Choice:
    """A field's text as read and as chosen (both with the check digit), and its status."""

    place: FieldPlace
    columns: list[Choices]
    read: str
    chosen: str
    status: FieldStatus | None
    changed: tuple[int, ...]

    @property
    def at(self) -> list[int]:
        """Columns of the text's characters."""
        return _columns_of(self.place)


def decode_zone(
    layout: MrzFormat, cells: tuple[tuple[Choices, ...], ...], *, aligned: bool = True
) -> DecodedZone:
    """Choose the text of a zone whose ``cells`` have the layout's shape.

    ``aligned`` is False when no row was read with all its characters, so that all places are
    guesses: digits that pass are believed then only when at least three do. A correction
    stands only where the composite digit agrees with it, or, on visas, where every other
    field is verified.
    """
    choices = [_choice(layout, place, cells) for place in FIELDS[layout]]
    zone = _assemble(layout, cells, choices)
    if zone.corrected and not _confirmed(zone):
        choices = [_as_read(choice) for choice in choices]
        zone = _assemble(layout, cells, choices)
    verified = [n for n, s in zone.statuses.items() if s is FieldStatus.VERIFIED]
    if not aligned and len(verified) < _ENOUGH:
        zone = replace(zone, statuses={**zone.statuses, **dict.fromkeys(verified, _DOUBTED)})
    return zone


def _choice(
    layout: MrzFormat, place: FieldPlace, cells: tuple[tuple[Choices, ...], ...]
) -> _Choice:
    columns = [cells[place.line][column] for column in _columns_of(place)]
    if place.name == "type":
        columns = [_type_choices(layout, columns[0]), _subtype_choices(columns[1])]
    read, chosen, status, changed = _choose(place, columns)
    return _Choice(place, columns, read, chosen, status, changed)


def _as_read(choice: _Choice) -> _Choice:
    if choice.status is not FieldStatus.CORRECTED:
        return choice
    return replace(choice, chosen=choice.read, status=FieldStatus.FAILED, changed=())


def _confirmed(zone: DecodedZone) -> bool:
    composite = composite_digit(zone.format, zone.lines)
    if composite is not None:
        return composite[0] == composite[1]
    doubtful = [s for s in zone.statuses.values() if s is not FieldStatus.VERIFIED]
    return len(doubtful) == 1


def _assemble(
    layout: MrzFormat, cells: tuple[tuple[Choices, ...], ...], choices: list[_Choice]
) -> DecodedZone:
    count, width = SHAPES[layout]
    grid = [[FILLER] * width for _ in range(count)]
    sure = [[0.99] * width for _ in range(count)]
    statuses: dict[str, FieldStatus] = {}
    corrected: list[tuple[int, int]] = []
    for choice in choices:
        place = choice.place
        for column, character, options in zip(
            choice.at, choice.chosen, choice.columns, strict=True
        ):
            grid[place.line][column] = character
            p = _weights(options, _alphabet(place, column)).get(character, 0.0)
            believed = choice.status is FieldStatus.VERIFIED
            sure[place.line][column] = max(p, 0.99) if believed else p
        if choice.status is not None:
            statuses[place.name] = choice.status
            corrected += [(place.line, choice.at[i]) for i in choice.changed]
        if choice.status is FieldStatus.FAILED and choice.columns[-1]:
            # Shown as read: a digit forced by type would hide what is wrong.
            seen = choice.columns[-1][0][0].upper()
            if seen in ALLOWED[Alphabet.MIXED]:
                grid[place.line][place.check] = seen
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


def _columns_of(place: FieldPlace) -> list[int]:
    return [*range(place.start, place.end), *([place.check] if place.check >= 0 else [])]


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
    top, p_top = (options[0][0].upper(), options[0][1]) if options else (FILLER, _FLOOR)
    shares = _FLOORS if top in allowed else tuple(p_top * share for share in _EXCLUDED_SHARES)
    for other, share in zip(LOOKALIKES.get(top, ""), shares, strict=False):
        if other in allowed:
            least = _TWIN if top + other in _TWINS else 0.0
            weights[other] = weights.get(other, 0.0) + max(share, least)
    if not weights:
        weights = dict.fromkeys(sorted(allowed), 1.0)
    total = sum(weights.values()) + _FLOOR
    return {c: p / total for c, p in weights.items()}


def _choose(
    place: FieldPlace, columns: list[Choices]
) -> tuple[str, str, FieldStatus | None, tuple[int, ...]]:
    """Text as read, text chosen (both with the digit), status, positions corrected."""
    beam = [_Text("", 0.0)]
    for column, options in zip(_columns_of(place), columns, strict=True):
        weights = _weights(options, _alphabet(place, column))
        grown = [_Text(t.text + c, t.score + math.log(p)) for t in beam for c, p in weights.items()]
        beam = sorted(grown, key=lambda t: t.score, reverse=True)[:_BEAM]
    if place.alphabet is Alphabet.CODE:
        beam = sorted(beam, key=_country_score, reverse=True)
    best = beam[0]
    if place.check < 0:
        return best.text, best.text, None, ()
    if place.name in ("birth", "expiry"):
        beam = [t for t in beam if _possible_date(t.text[:6])]
    passing = [t for t in beam if _passes(t.text)]
    if not passing:
        return best.text, best.text, FieldStatus.FAILED, ()
    first = passing[0]
    rival = math.exp(passing[1].score - first.score) if len(passing) > 1 else 0.0
    if first is beam[0]:
        believed = rival < _RIVAL and math.exp(first.score) > _LEAST_LIKELY
        status = FieldStatus.VERIFIED if believed else _DOUBTED
        return best.text, first.text, status, ()
    # Counted against what was seen, so that a replacement by type counts as an error too.
    seen = [options[0][0].upper() if options else FILLER for options in columns]
    changed = tuple(i for i, (a, b) in enumerate(zip(seen, first.text, strict=True)) if a != b)
    offered = math.exp(first.score - beam[0].score) > _OFFERED
    usual = len(changed) <= _MOST_CORRECTED and all(
        frozenset((seen[i], first.text[i])) in _USUAL_ERRORS for i in changed
    )
    if (offered or usual) and rival < _CORRECTION_RIVAL:
        return best.text, first.text, FieldStatus.CORRECTED, changed
    return best.text, best.text, FieldStatus.FAILED, ()


def _type_choices(layout: MrzFormat, options: Choices) -> Choices:
    """The first letter's options with the layout's usual ones likelier than the rest."""
    usual = _TYPES[layout]
    seen = {c.upper(): p for c, p in options}
    told = {c: seen.get(c, 0.0) + 0.1 / (rank + 1) ** 2 for rank, c in enumerate(usual)}
    others = {c: p * 0.3 for c, p in seen.items() if c not in told and c in _LETTERS}
    return tuple(sorted((told | others).items(), key=lambda item: item[1], reverse=True))


def _subtype_choices(options: Choices) -> Choices:
    """The second letter's options; ID is a usual type, IO is none."""
    if options[0][0] != "0":
        return options
    return (("D", options[0][1]), *(o for o in options if o[0] != "D"))


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
