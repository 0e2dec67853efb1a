"""The fields of a declaration: path, kind and bounds. ``*`` stands for a line's number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a field holds, and how it is tidied."""

    TEXT = "text"
    CODE = "code"
    """Letters and digits in upper case, without spaces and marks: numbers of papers."""
    PLATE = "plate"
    INTEGER = "integer"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. ``longest`` bounds texts, ``low`` and ``high`` integers."""

    kind: Kind
    longest: int = 100
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 1_000_000


def _text(longest: int = 100) -> Field:
    return Field(kind=Kind.TEXT, longest=longest)


def _code(longest: int = 20) -> Field:
    return Field(kind=Kind.CODE, longest=longest)


def _integer(low: int, high: int) -> Field:
    return Field(kind=Kind.INTEGER, low=low, high=high)


def _choice(*choices: str) -> Field:
    return Field(kind=Kind.CHOICE, choices=choices)


_PLATE = Field(kind=Kind.PLATE, longest=16)
_DATE = Field(kind=Kind.DATE, longest=10)
_MOMENT = Field(kind=Kind.MOMENT, longest=35)
_COUNTRY = _choice("VN", "CN")
_HEAVIEST = 200_000
"""Kilograms; no road vehicle of the field comes near."""

FIELDS: dict[str, Field] = {
    "direction": _choice("export", "import"),
    "gate": _text(32),
    "window_from": _MOMENT,
    "window_to": _MOMENT,
    "contact_name": _text(),
    "contact_phone": _text(30),
    "tractor.plate": _PLATE,
    "tractor.country": _COUNTRY,
    "tractor.kind": _choice("tractor", "truck"),
    "tractor.permitted_kg": _integer(500, _HEAVIEST),
    "trailer.plate": _PLATE,
    "trailer.country": _COUNTRY,
    "trailer.permitted_kg": _integer(500, _HEAVIEST),
    "driver.name": _text(),
    "driver.nationality": _code(3),
    "driver.document_kind": _choice("passport", "identity_card", "border_pass"),
    "driver.document_number": _code(),
    "driver.birth_date": _DATE,
    "driver.document_until": _DATE,
    "driver.phone": _text(30),
    "containers.*.number": _code(16),
    "containers.*.size_type": _code(4),
    "seals.*": _code(24),
    "gross_kg": _integer(1, _HEAVIEST),
    "goods.*.description": _text(300),
    "goods.*.hs_code": _code(),
    "goods.*.quantity": _integer(1, 1_000_000_000),
    "goods.*.unit": _code(4),
    "goods.*.net_kg": _integer(1, _HEAVIEST),
    "goods.*.gross_kg": _integer(1, _HEAVIEST),
    "goods.*.packages": _integer(1, 10_000_000),
    "goods.*.origin": _code(2),
    "goods.*.un_number": _code(8),
    "goods.*.temperature_c": _integer(-80, 80),
    "customs_number": _code(24),
    "customs_kind": _choice("export", "import", "transit"),
    "quarantine_certificates.*": _text(40),
    "counterpart_name": _text(),
    "counterpart_tax_number": _text(24),
    "counterpart_plate": _PLATE,
    "counterpart_country": _COUNTRY,
    "note": _text(1000),
}

LISTS: dict[str, int] = {
    "containers": 2,
    "seals": 8,
    "goods": 99,
    "quarantine_certificates": 20,
}
"""List -> the most lines it may have. Two twenty-foot containers fit on a trailer."""

GROUPS = ("tractor", "trailer", "driver")
"""Fields that stand together in one object."""


def field_of(path: str) -> Field | None:
    """The field at a path such as ``goods.3.hs_code``; None where there is none."""
    parts = path.split(".")
    if "*" in parts:
        return None
    pattern = ".".join("*" if _is_line(part) else part for part in parts)
    return FIELDS.get(pattern)


def _is_line(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) < 6
