"""Layouts of machine-readable zones as data, and the check digit.

After ICAO Doc 9303 parts 3 to 7: where each field stands, what it may hold, which pieces the
composite digit covers, and the weights 7, 3, 1 modulo 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FILLER = "<"
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class MrzFormat(StrEnum):
    """The five layouts; visas are named MRV."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"
    MRV_A = "MRV-A"
    MRV_B = "MRV-B"


SHAPES: dict[MrzFormat, tuple[int, int]] = {
    MrzFormat.TD1: (3, 30),
    MrzFormat.TD2: (2, 36),
    MrzFormat.TD3: (2, 44),
    MrzFormat.MRV_A: (2, 44),
    MrzFormat.MRV_B: (2, 36),
}
"""Lines and characters a line."""


class Alphabet(StrEnum):
    """What a field may hold, besides fillers."""

    LETTERS = "letters"
    DIGITS = "digits"
    MIXED = "mixed"
    SEX = "sex"
    CODE = "code"


ALLOWED: dict[Alphabet, frozenset[str]] = {
    Alphabet.LETTERS: _LETTERS | {FILLER},
    Alphabet.DIGITS: _DIGITS | {FILLER},
    Alphabet.MIXED: _LETTERS | _DIGITS | {FILLER},
    Alphabet.SEX: frozenset("MFX<"),
    Alphabet.CODE: _LETTERS | {FILLER},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlace:
    """Where a field stands: line, first column, column after the last; and its check digit.

    ``check`` is the column of the check digit in the same line, or -1 when it has none.
    """

    name: str
    line: int
    start: int
    end: int
    alphabet: Alphabet
    check: int = -1


def _place(
    name: str, line: int, start: int, end: int, alphabet: Alphabet, check: int = -1
) -> FieldPlace:
    return FieldPlace(name=name, line=line, start=start, end=end, alphabet=alphabet, check=check)


def _head(name_end: int) -> tuple[FieldPlace, ...]:
    """The first line of the two-line layouts."""
    return (
        _place("type", 0, 0, 2, Alphabet.LETTERS),
        _place("issuer", 0, 2, 5, Alphabet.CODE),
        _place("name", 0, 5, name_end, Alphabet.LETTERS),
    )


def _second(optional_end: int, optional_check: int = -1) -> tuple[FieldPlace, ...]:
    """The second line of the two-line layouts."""
    return (
        _place("number", 1, 0, 9, Alphabet.MIXED, 9),
        _place("nationality", 1, 10, 13, Alphabet.CODE),
        _place("birth", 1, 13, 19, Alphabet.DIGITS, 19),
        _place("sex", 1, 20, 21, Alphabet.SEX),
        _place("expiry", 1, 21, 27, Alphabet.DIGITS, 27),
        _place("optional", 1, 28, optional_end, Alphabet.MIXED, optional_check),
    )


FIELDS: dict[MrzFormat, tuple[FieldPlace, ...]] = {
    MrzFormat.TD1: (
        _place("type", 0, 0, 2, Alphabet.LETTERS),
        _place("issuer", 0, 2, 5, Alphabet.CODE),
        _place("number", 0, 5, 14, Alphabet.MIXED, 14),
        _place("optional", 0, 15, 30, Alphabet.MIXED),
        _place("birth", 1, 0, 6, Alphabet.DIGITS, 6),
        _place("sex", 1, 7, 8, Alphabet.SEX),
        _place("expiry", 1, 8, 14, Alphabet.DIGITS, 14),
        _place("nationality", 1, 15, 18, Alphabet.CODE),
        _place("optional_2", 1, 18, 29, Alphabet.MIXED),
        _place("name", 2, 0, 30, Alphabet.LETTERS),
    ),
    MrzFormat.TD2: (*_head(36), *_second(35)),
    MrzFormat.TD3: (*_head(44), *_second(42, 42)),
    MrzFormat.MRV_A: (*_head(44), *_second(44)),
    MrzFormat.MRV_B: (*_head(36), *_second(36)),
}
"""The fields of each layout, in reading order."""

COMPOSITE: dict[MrzFormat, tuple[tuple[tuple[int, int, int], ...], tuple[int, int]]] = {
    MrzFormat.TD1: (((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), (1, 29)),
    MrzFormat.TD2: (((1, 0, 10), (1, 13, 20), (1, 21, 35)), (1, 35)),
    MrzFormat.TD3: (((1, 0, 10), (1, 13, 20), (1, 21, 43)), (1, 43)),
}
"""Pieces (line, start, end) under the composite digit, and its place; visas have none."""


def check_digit(text: str) -> str:
    """Check digit of ``text``: digits count as they are, A is 10, Z is 35, a filler 0.

    Raises ValueError for any other character.

    >>> check_digit("L898902C3")
    '6'
    """
    return str(sum(_value(c) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10)


def _value(character: str) -> int:
    if character == FILLER:
        return 0
    if character in _DIGITS:
        return int(character)
    if character in _LETTERS:
        return ord(character) - ord("A") + 10
    raise ValueError(f"{character!r} does not occur in a machine-readable zone")
