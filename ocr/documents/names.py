"""Compare the names of a zone with the print above it, which spells them with accents."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from ocr.documents.fields import plain
from schemas.mrz import names_of

# The longer spellings that ICAO Doc 9303 part 3, section 6 allows for some letters.
_EXPANDED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe"}
)
_ALIKE = 0.8


def names_stand_in(name_field: str, printed: Sequence[str]) -> bool:
    """Whether surname and given names of a zone's name field are among the ``printed`` lines.

    Accents are ignored and a misread letter is forgiven. A name that the zone cut off at its
    end need only begin alike.
    """
    surname, given = (plain(part) for part in names_of(name_field))
    words = [word for line in printed for word in _spellings(line)]
    if not surname:
        return False
    wanted = surname.split() + given.split()
    return all(any(_alike(part, word) for word in words) for part in wanted)


def _spellings(line: str) -> list[str]:
    lowered = line.lower()
    both = plain(lowered), plain(lowered.translate(_EXPANDED))
    separated = (text.translate(str.maketrans("/,.-:;()'", " " * 9)) for text in both)
    return [word for text in separated for word in text.split()]


def _alike(part: str, word: str) -> bool:
    if part == word or (len(part) >= 4 and word.startswith(part)):
        return True
    return len(part) >= 4 and SequenceMatcher(None, part, word).ratio() >= _ALIKE
