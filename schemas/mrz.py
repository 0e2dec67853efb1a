"""Machine-readable zones of travel documents: fields, their digits, names and dates.

Layouts are in ``schemas.mrz_layout``. Pure: today's date is passed in. Text of a zone is data
from a document: callers show it escaped like any other input.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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
from schemas.readings import Reading, ReadingKind


class FieldStatus(StrEnum):
    """How far a field can be believed.

    ``verified``: its check digit is right and no other likely reading has a right one.
    ``corrected``: the digit was wrong as read, and one reading error explains it.
    ``failed``: the digit is wrong. ``unverified``: the standard gives it no digit.
    """

    VERIFIED = "verified"
    CORRECTED = "corrected"
    FAILED = "failed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class MrzField:
    """One field: its raw characters, its value without fillers, and how far to believe it."""

    name: str
    raw: str
    value: str
    status: FieldStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Mrz:
    """A parsed zone.

    ``composite`` is None where the layout has no composite digit. ``birth`` and ``expiry``
    are None when their digits are no date; a birth date may be partly unknown by the standard.
    """

    format: MrzFormat
    lines: tuple[str, ...]
    fields: tuple[MrzField, ...]
    composite: FieldStatus | None
    birth: date | None
    expiry: date | None

    def field(self, name: str) -> MrzField:
        """Return the field ``name``; KeyError when the layout has none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def surname(self) -> str:
        """Primary identifier, words separated by spaces. Never verified by a digit."""
        return names_of(self.field("name").raw)[0]

    @property
    def given_names(self) -> str:
        """Secondary identifier, words separated by spaces. Never verified by a digit."""
        return names_of(self.field("name").raw)[1]

    @property
    def verified(self) -> bool:
        """Number, birth and expiry verified, and no digit wrong or corrected anywhere."""
        checked: list[FieldStatus] = [
            f.status
            for f in self.fields
            if f.name in _ESSENTIAL or f.status is not FieldStatus.UNVERIFIED
        ]
        if self.composite is not None:
            checked.append(self.composite)
        return all(status is FieldStatus.VERIFIED for status in checked)

    def problems(self, today: date) -> tuple[str, ...]:
        """What an officer should know, worst first; empty when nothing is wrong."""
        found = [
            f"check digit of the {_WORDS[f.name]} is wrong"
            for f in self.fields
            if f.status is FieldStatus.FAILED
        ]
        if self.composite is FieldStatus.FAILED:
            found.append("composite check digit is wrong")
        if self.expiry is not None and self.expiry < today:
            found.append(f"expired on {self.expiry.isoformat()}")
        if self.expiry is None:
            found.append("the expiry date is not legible")
        found += [
            f"{_WORDS[f.name]} was corrected with its check digit: compare it with the document"
            for f in self.fields
            if f.status is FieldStatus.CORRECTED
        ]
        found += [
            f"{_WORDS[f.name]} is not certain: compare it with the document"
            for f in self.fields
            if f.name in _ESSENTIAL and f.status is FieldStatus.UNVERIFIED
        ]
        return tuple(found)


_ESSENTIAL = ("number", "birth", "expiry")
_WORDS = {
    "number": "document number",
    "birth": "date of birth",
    "expiry": "date of expiry",
    "optional": "optional data",
    "optional_2": "optional data",
    "type": "document type",
    "issuer": "issuing state",
    "nationality": "nationality",
    "sex": "sex",
    "name": "name",
}


def format_of(lines: tuple[str, ...]) -> MrzFormat | None:
    """Tell the layout from the number of lines, their length, and V for visas."""
    lengths = {len(line) for line in lines}
    if len(lengths) != 1:
        return None
    shape = (len(lines), lengths.pop())
    visa = lines[0][:1] == "V"
    for layout, expected in SHAPES.items():
        if shape == expected and visa == layout.startswith("MRV"):
            return layout
    return None


def parse_mrz(lines: tuple[str, ...], today: date) -> Mrz | None:
    """Parse the lines of a zone; None when they fit no layout.

    Statuses here are ``verified`` or ``failed`` by the digits alone. A reader that knows how
    sure it is of each character sets them more carefully (``ocr.documents``).
    """
    layout = format_of(lines)
    allowed = ALLOWED[Alphabet.MIXED]
    if layout is None or any(c not in allowed for line in lines for c in line):
        return None
    statuses = {
        place.name: status_by_digit(lines, place)
        for place in FIELDS[layout]
        if has_digit(lines, layout, place)
    }
    return build_mrz(layout, lines, statuses, today)


def build_mrz(
    layout: MrzFormat,
    lines: tuple[str, ...],
    statuses: dict[str, FieldStatus],
    today: date,
) -> Mrz:
    """Make a Mrz of ``lines``; fields without an entry in ``statuses`` are unverified."""
    fields = tuple(
        MrzField(
            name=place.name,
            raw=(raw := field_text(lines, place)),
            value=_number(lines, place) if place.name == "number" else raw.strip(FILLER),
            status=statuses.get(place.name, FieldStatus.UNVERIFIED),
        )
        for place in FIELDS[layout]
    )
    raws = {field.name: field.raw for field in fields}
    composite = composite_digit(layout, lines)
    status: FieldStatus | None = None
    if composite is not None:
        right = composite[0] == composite[1]
        status = FieldStatus.VERIFIED if right else FieldStatus.FAILED
    return Mrz(
        format=layout,
        lines=lines,
        fields=fields,
        composite=status,
        birth=birth_date(raws["birth"], today),
        expiry=expiry_date(raws["expiry"], today),
    )


def mrz_of_reading(reading: Reading, today: date) -> Mrz | None:
    """The zone that a reader of kind MRZ read, with the statuses that it gave.

    None when the reading is not of a zone.
    """
    lines = tuple(reading.text.split("|"))
    layout = format_of(lines)
    if reading.kind is not ReadingKind.MRZ or layout is None:
        return None
    told = dict(reading.detail)
    statuses = {
        place.name: FieldStatus(status)
        for place in FIELDS[layout]
        if (status := told.get(f"{place.name}.status"))
    }
    return build_mrz(layout, lines, statuses, today)


def field_text(lines: tuple[str, ...], place: FieldPlace) -> str:
    """The raw characters of the field at ``place``."""
    return lines[place.line][place.start : place.end]


def has_digit(lines: tuple[str, ...], layout: MrzFormat, place: FieldPlace) -> bool:
    """Whether the field has a check digit of its own in this document.

    The digit of empty optional data may be a filler or 0, and is then no evidence.
    """
    if place.check < 0:
        return False
    if place.name == "optional":
        return layout is MrzFormat.TD3 and bool(field_text(lines, place).strip(FILLER))
    return True


def status_by_digit(lines: tuple[str, ...], place: FieldPlace) -> FieldStatus:
    """Verified when the check digit of the field is right, else failed."""
    digit = lines[place.line][place.check]
    text = field_text(lines, place)
    if place.name == "number" and place.line == 0 and digit == FILLER:
        long = long_number(lines[0])
        right = long is not None and check_digit(long[0]) == long[1]
    else:
        right = check_digit(text) == digit
    return FieldStatus.VERIFIED if right else FieldStatus.FAILED


def long_number(line: str) -> tuple[str, str] | None:
    """Number and digit of a TD1 document whose number has more than nine characters.

    A filler stands in the digit's place then, and the number goes on at the start of the
    optional data, ending with its check digit.
    """
    rest = line[15:30].split(FILLER)[0]
    if line[14] != FILLER or len(rest) < 2:
        return None
    return line[5:14] + rest[:-1], rest[-1]


def composite_digit(layout: MrzFormat, lines: tuple[str, ...]) -> tuple[str, str] | None:
    """The composite digit as it should be and as it is; None for visas."""
    if layout not in COMPOSITE:
        return None
    pieces, (line, column) = COMPOSITE[layout]
    text = "".join(lines[i][a:b] for i, a, b in pieces)
    return check_digit(text), lines[line][column]


def _number(lines: tuple[str, ...], place: FieldPlace) -> str:
    long = long_number(lines[0]) if place.line == 0 else None
    return long[0] if long else field_text(lines, place).strip(FILLER)


def names_of(raw: str) -> tuple[str, str]:
    """Surname and given names of a name field, fillers as spaces."""
    surname, _, given = raw.strip(FILLER).partition(FILLER * 2)
    words = surname.split(FILLER), given.split(FILLER)
    return " ".join(w for w in words[0] if w), " ".join(w for w in words[1] if w)


def birth_date(raw: str, today: date) -> date | None:
    """Date of ``YYMMDD``, in the last hundred years: a birth is never in the future."""
    return _date(raw, latest=today)


def expiry_date(raw: str, today: date) -> date | None:
    """Date of ``YYMMDD``, at most 50 years ahead.

    Issuers stay within 20 years back and 50 ahead; what is neither is taken for the past, so
    that a doubtful document counts as expired.
    """
    return _date(raw, latest=_years_later(today, 50))


def _date(raw: str, *, latest: date) -> date | None:
    if len(raw) != 6 or not (raw.isascii() and raw.isdigit()):
        return None
    year, month, day = int(raw[:2]), int(raw[2:4]), int(raw[4:])
    for century in (latest.year // 100, latest.year // 100 - 1):
        try:
            found = date(century * 100 + year, month, day)
        except ValueError:
            continue
        if found <= latest:
            return found
    return None


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)
