"""Plate grammar of Vietnam and China: normal form, parsing, display, repair and match keys.

The forms come from the tables in ``schemas.plate_series``; nothing here knows a province
or a series by name. Functions are pure and total: any string is allowed as input.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from schemas.plate_series import (
    CN_MARKS,
    CN_PROVINCES,
    PATTERNS,
    VN_PROVINCES,
    Pattern,
    PlateKind,
)

MAX_PLATE = 10
"""No plate of either country has more characters than this."""

LOOKALIKES: dict[str, str] = {
    "0": "ODQUC", "1": "ILJT7", "2": "Z7", "3": "BJ", "4": "A", "5": "S", "6": "GCB", "7": "TZ1Y",
    "8": "BS", "9": "PG", "A": "4", "B": "83E", "C": "G06", "D": "0OP", "E": "FB", "F": "EP",
    "G": "6C", "H": "MN", "I": "1", "J": "13", "K": "XH", "L": "1", "M": "NH", "N": "MH",
    "O": "0D", "P": "F9R", "Q": "0", "R": "PK", "S": "5", "T": "71", "U": "V0", "V": "UY",
    "W": "M", "X": "K", "Y": "V", "Z": "27", "Đ": "D",
}  # fmt: skip
"""Character -> characters that readers take it for or mistake for it, likeliest first.

From the confusions that users of plate readers report most (0/O/D/Q, 1/I, 8/B, 2/Z, 5/S,
6/G, 4/A) and from letter shapes; a table so that measured confusions can replace it.
"""

_KEY_CLASSES = (
    "0ODQ",
    "1ILJ",
    "2Z",
    "4A",
    "5S",
    "6GC",
    "7T",
    "8B",
    "EF",
    "HMNW",
    "KX",
    "PR",
    "UVY",
)
_KEY = {ord(c): group[0] for group in _KEY_CLASSES for c in group} | dict.fromkeys(
    map(ord, CN_PROVINCES)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A text that has the form of a plate.

    ``text`` is the normal form. ``country`` is ``VN`` or ``CN``. ``province`` is the code
    or character of the place, ``province_name`` its name (both empty on army plates);
    ``series`` follows it (``C``, ``LD``; in China the office's letter); ``number`` is the
    rest.
    """

    text: str
    country: str
    kind: PlateKind
    province: str
    province_name: str
    series: str
    number: str

    @property
    def display(self) -> str:
        """The plate as people write it: ``14C-123.45``, ``桂F·12345``, ``TM 12-34``."""
        if self.country == "CN":
            return f"{self.province}{self.series}·{self.number}" if self.series else self.text
        number = self.number
        if self.kind is PlateKind.ARMY:
            return f"{self.series} {number[:2]}-{number[2:]}"
        if self.kind is PlateKind.DIPLOMATIC and len(number) == 5:
            return f"{self.province}-{self.series}-{number[:3]}-{number[3:]}"
        if len(number) == 5:
            number = f"{number[:3]}.{number[3:]}"
        return f"{self.province}{self.series}-{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One character replaced because its position cannot hold what was seen."""

    position: int
    seen: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedPlate:
    """A plate found behind a text, with what had to be changed (nothing: ``repairs`` empty)."""

    plate: Plate
    repairs: tuple[Repair, ...]


def normalise_plate(text: str) -> str:
    """Return the normal form of ``text``: what two spellings of one plate have in common.

    Compatibility forms are folded (NFKC), case is raised, accents go, everything but
    A-Z, 0-9 and the Chinese characters of plates is dropped. ``Đ`` becomes ``D``, except in
    the two series that are written with it (``TĐ`` trial, ``MĐ``), whichever way they
    were typed. Text that is no plate is normalised all the same; parsing judges it.
    """
    folded = unicodedata.normalize("NFKC", text).upper().replace("Đ", "D").replace("Ð", "D")
    bare = unicodedata.normalize("NFD", folded)
    kept = "".join(c for c in bare if (c.isascii() and c.isalnum()) or c in CN_MARKS)
    if kept[2:4] in ("TD", "MD") and len(kept) > 4 and (kept[:2] + kept[4:]).isdigit():
        return f"{kept[:3]}Đ{kept[4:]}"
    return kept


def parse_plate(text: str) -> Plate | None:
    """Parse ``text`` in any usual spelling; None when it has the form of no known plate.

    >>> parse_plate("14c-123.45").text
    '14C12345'
    """
    normal = normalise_plate(text)
    for pattern in PATTERNS:
        if pattern.accepts(normal):
            return _plate(normal, pattern)
    return None


@lru_cache(maxsize=4096)
def written_plate(text: str) -> str:
    """A plate as people write it; a text that is no plate stays as it is.

    >>> written_plate("14C12345")
    '14C-123.45'
    """
    plate = parse_plate(text) if text else None
    return text if plate is None else plate.display


def repair_plate(text: str, *, most: int = 2) -> tuple[RepairedPlate, ...]:
    """Return every plate that ``text`` may be a misreading of, fewest repairs first.

    A character is replaced only where the grammar forbids it at its position, and only by
    a look-alike that the grammar allows there; at most ``most`` characters change. A text
    that is a plate already yields just itself. Among several results with equally many
    repairs none is certain: a caller that needs one must have other evidence
    or call the text doubtful; the order among them (commonest look-alikes first) is only a
    guess. Length never changes.
    """
    normal = normalise_plate(text)
    exact = parse_plate(normal)
    if exact is not None:
        return (RepairedPlate(plate=exact, repairs=()),)
    if len(normal) > MAX_PLATE:
        return ()
    found: dict[str, RepairedPlate] = {}
    for pattern in PATTERNS:
        for candidate in _fit(normal, pattern, most):
            if candidate not in found and pattern.accepts(candidate):
                changes = tuple(
                    Repair(position=i, seen=a, written=b)
                    for i, (a, b) in enumerate(zip(normal, candidate, strict=True))
                    if a != b
                )
                found[candidate] = RepairedPlate(plate=_plate(candidate, pattern), repairs=changes)
    return tuple(sorted(found.values(), key=_cost))


def plate_key(text: str) -> str:
    """Return the key under which a plate and its likely misreadings are the same.

    Look-alike characters fold to one of their class and the Chinese province character,
    the one most often lost or wrong, is left out. Equal keys mean "candidate", never
    "match": the caller compares the full texts.
    """
    return normalise_plate(text).replace("Đ", "D").translate(_KEY)


def lookalikes(char: str) -> str:
    """Return the characters that ``char`` (normal form) is confused with, likeliest first."""
    return LOOKALIKES.get(char, "")


def _cost(result: RepairedPlate) -> tuple[int, int, str]:
    """Order of repaired plates: fewest repairs, then commonest look-alikes."""
    rarity = sum(lookalikes(r.seen).index(r.written) for r in result.repairs)
    return len(result.repairs), rarity, result.plate.text


def _fit(text: str, pattern: Pattern, most: int) -> list[str]:
    """Texts of the pattern within ``most`` look-alike replacements at forbidden positions."""
    if len(text) != len(pattern.positions):
        return []
    made = [("", 0)]
    for seen, allowed in zip(text, pattern.positions, strict=True):
        if seen in allowed:
            made = [(done + seen, n) for done, n in made]
            continue
        options = [c for c in lookalikes(seen) if c in allowed]
        made = [(done + c, n + 1) for done, n in made for c in options if n < most]
    return [done for done, _ in made]


def _plate(text: str, pattern: Pattern) -> Plate:
    head = text[: pattern.head]
    if pattern.country == "VN":
        cut = 0 if pattern.kind is PlateKind.ARMY else 2
        names = VN_PROVINCES
    else:
        cut = 1 if head[:1] in CN_PROVINCES else 0
        names = CN_PROVINCES
    return Plate(
        text=text,
        country=pattern.country,
        kind=pattern.kind,
        province=head[:cut],
        province_name=names.get(head[:cut], ""),
        series=head[cut:],
        number=text[pattern.head :],
    )
