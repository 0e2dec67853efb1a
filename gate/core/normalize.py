"""Forms in which what was read is held against what was declared: plates' keys, seals."""

from __future__ import annotations

from functools import lru_cache

from schemas.plates import plate_key

SHORTEST_KEY = 4
"""Below this length a key says nothing and would select half the table."""


@lru_cache(maxsize=4096)
def search_keys(plate: str) -> tuple[str, ...]:
    """Return the look-alike key of ``plate`` and all its one-character deletions, sorted.

    Two plates whose key sets overlap differ by at most one replaced, lost or added
    character on each side, beyond any number of look-alikes: the symmetric-delete index
    of spelling correction (W. Garbe, SymSpell, 2012). Overlap means candidate, not match.
    """
    key = plate_key(plate)
    if len(key) < SHORTEST_KEY:
        return ()
    return tuple(sorted({key} | {key[:i] + key[i + 1 :] for i in range(len(key))}))


def near(one: str, other: str) -> bool:
    """True where one plate could be a misreading of the other (and also where equal)."""
    return not set(search_keys(one)).isdisjoint(search_keys(other))


def seal_form(text: str) -> str:
    """A seal number as it is compared: capital letters and digits alone (``VN-123 456``)."""
    return "".join(char for char in text.upper() if char.isascii() and char.isalnum())
