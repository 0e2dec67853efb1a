"""What the texts of bar codes and papers mean: citizen cards, customs lists, declaration numbers.

Pure functions over text that somebody else's code or print holds; everything they return is
data, to be shown escaped. Formats are general knowledge of the field [k].
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from schemas.containers import parse_container
from schemas.plates import Plate, parse_plate


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenCard:
    """What the QR code of a Vietnamese citizen card says; empty where it says nothing.

    ``consistent`` tells whether the number agrees with birth year, century and sex: a card
    whose own data differ is misread or false.
    """

    number: str
    old_number: str
    name: str
    birth: date | None
    sex: str
    address: str
    issued: date | None
    consistent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomsList:
    """Declaration and container numbers found in a code of a customs list."""

    declarations: tuple[str, ...]
    containers: tuple[str, ...]


_CITIZEN = re.compile(r"\d{12}")
_VN_DECLARATION = re.compile(r"(?<!\d)[13]\d{11}(?!\d)")
_CN_DECLARATION = re.compile(r"(?<!\d)\d{4}20\d{2}[01]\d{9}(?!\d)")
_CONTAINER = re.compile(r"(?<![A-Z0-9])[A-Z]{3}[UJZ][ -]?\d{6}[ -]?\d(?![A-Z0-9])")
_PLATE = re.compile(
    r"(?<![A-Z0-9])(?:\d{2}[ -]?[A-ZĐ]{1,2}\d?[ -.]{0,3}\d{3}[. ]?\d{1,2}"
    r"|[\u4e00-\u9fff] ?[A-Z][ ·.-]?[A-Z0-9]{4,5}[A-Z0-9\u4e00-\u9fff])(?![A-Z0-9])"
)
_DATES = re.compile(
    r"(?<!\d)(?:(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})[/.年-](\d{1,2})[/.月-](\d{1,2})日?)(?!\d)"
)


def parse_citizen_qr(text: str) -> CitizenCard | None:
    """Parse ``number|old number|name|ddMMyyyy|sex|address|ddMMyyyy issued[|...]``.

    Read by position, further fields are ignored. None when the text is not of that form.
    """
    fields = [field.strip() for field in text.split("|")]
    if len(fields) < 6 or not _CITIZEN.fullmatch(fields[0]):
        return None
    fields += [""] * (7 - len(fields))
    number, old, name, birth_text, sex, address, issued = fields[:7]
    birth = _compact_date(birth_text)
    return CitizenCard(
        number=number,
        old_number=old,
        name=name,
        birth=birth,
        sex=sex,
        address=address,
        issued=_compact_date(issued),
        consistent=_number_agrees(number, birth, sex),
    )


def _compact_date(text: str) -> date | None:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    return _date_of(int(text[4:]), int(text[2:4]), int(text[:2]))


def _date_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number_agrees(number: str, birth: date | None, sex: str) -> bool:
    """The fourth digit tells century and sex, the next two the birth year."""
    if birth is None:
        return False
    century = (birth.year // 100 - 19) * 2
    digit = int(number[3])
    right_sex = {"nam": 0, "nữ": 1}.get(sex.lower())
    if number[4:6] != f"{birth.year % 100:02}" or digit - century not in (0, 1):
        return False
    return right_sex is None or digit - century == right_sex


def parse_customs_list(text: str) -> CustomsList | None:
    """Find declaration and container numbers in a code's text; None when there is neither.

    A container number counts only when its check digit is right.
    """
    upper = text.upper()
    containers = tuple(
        dict.fromkeys(
            found.text
            for match in _CONTAINER.findall(upper)
            if (found := parse_container(match)) is not None and found.valid
        )
    )
    declarations = declaration_numbers(upper)
    if not containers and not declarations:
        return None
    return CustomsList(declarations=declarations, containers=containers)


def declaration_numbers(text: str) -> tuple[str, ...]:
    """Vietnamese (12 digits, 1 import or 3 export) and Chinese (18 digits) numbers in ``text``."""
    found = [*_CN_DECLARATION.finditer(text), *_VN_DECLARATION.finditer(text)]
    found.sort(key=lambda match: match.start())
    return tuple(dict.fromkeys(match.group() for match in found))


def plates_in(text: str) -> tuple[tuple[Plate, int, int], ...]:
    """Plates that stand in running text, in order, with where each begins and ends."""
    upper = text.upper() if len(text.upper()) == len(text) else text
    found = ((parse_plate(m.group()), m.start(), m.end()) for m in _PLATE.finditer(upper))
    return tuple((plate, start, end) for plate, start, end in found if plate is not None)


def dates_in(text: str) -> tuple[tuple[date, int, int], ...]:
    """Dates in running text, in order, with where each begins and ends.

    Day first with a four-digit year last, or year first.
    """
    found: list[tuple[date, int, int]] = []
    for match in _DATES.finditer(text):
        d, m, y, year, month, day = match.groups()
        when = _date_of(int(y), int(m), int(d)) if y else _date_of(int(year), int(month), int(day))
        if when is not None:
            found.append((when, match.start(), match.end()))
    return tuple(found)
