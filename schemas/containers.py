"""Container numbers (ISO 6346): check digit, parsing, size and type codes, look-alikes.

Owner code of three letters, a category letter (U freight, J equipment, Z trailer), six digits
and a check digit; beside it usually a size and type code of four characters. Size and type
codes are a table of the usual ones [k]: an unknown one is read, only less believed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

CATEGORIES = frozenset("UJZ")
LENGTH = 11

_SIZES = {"1": 10, "2": 20, "3": 30, "4": 40, "L": 45, "M": 48}
_LENGTHS = frozenset(_SIZES)
_HEIGHTS = frozenset("0245689CDEFLMNP")
_TYPES: dict[str, str] = {
    "G": "0123P", "V": "024H", "B": "013456UK", "S": "012", "R": "012359ETS", "H": "01256RI",
    "U": "0123456T", "P": "012345LFCS", "T": "0123456789NDG", "A": "0",
}  # fmt: skip
"""First letter of the type -> its second characters in use. [k]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container number in normal form (11 characters) with its parts."""

    text: str
    owner: str
    category: str
    serial: str
    check: str

    @property
    def valid(self) -> bool:
        """Whether the check digit is right; by chance it is once in about eleven times."""
        return str(check_digit(self.text[:10])) == self.check

    @property
    def display(self) -> str:
        """As painted: ``CSQU 305438 3``."""
        return f"{self.owner}{self.category} {self.serial} {self.check}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeType:
    """A size and type code; ``feet`` is the nominal length, 0 when it is not a usual one."""

    code: str
    feet: int
    high: bool
    kind: str


_KINDS = {
    "G": "general", "V": "ventilated", "B": "bulk", "S": "named cargo", "R": "refrigerated",
    "H": "insulated", "U": "open top", "P": "platform", "T": "tank", "A": "air and surface",
}  # fmt: skip


def check_digit(body: str) -> int:
    """Check digit of ten characters: letters are 10..38 without 11, 22, 33; weights 2^n.

    >>> check_digit("CSQU305438")
    3
    """
    total = 0
    for at, char in enumerate(body):
        value = int(char) if char.isdigit() else ord(char) - 55
        if not char.isdigit():
            value += (value - 1) // 10
        total += value << at
    return total % 11 % 10


def normalise_container(text: str) -> str:
    """Upper case, compatibility forms folded, nothing but A-Z and 0-9."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded if c.isascii() and c.isalnum())


def parse_container(text: str) -> Container | None:
    """Parse a number in any usual spelling; None when it has not the form.

    The check digit may be wrong: see ``Container.valid``.
    """
    normal = normalise_container(text)
    owner, category, serial, check = normal[:3], normal[3:4], normal[4:10], normal[10:]
    if len(normal) != LENGTH or not owner.isalpha() or category not in CATEGORIES:
        return None
    if not (serial + check).isdigit():
        return None
    return Container(text=normal, owner=owner, category=category, serial=serial, check=check)


def parse_size_type(text: str) -> SizeType | None:
    """Parse a size and type code such as ``45G1``; None when it is not a usual one."""
    code = normalise_container(text)
    if len(code) != 4 or code[0] not in _LENGTHS or code[1] not in _HEIGHTS:
        return None
    if code[3] not in _TYPES.get(code[2], ""):
        return None
    return SizeType(
        code=code, feet=_SIZES.get(code[0], 0), high=code[1] in "456", kind=_KINDS[code[2]]
    )
