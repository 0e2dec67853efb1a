"""What is wrong with a driver's data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from gate.core.filing.content import Content, date_at, text_at
from gate.core.filing.numbers import citizen, document_form, is_adult, phone_form
from gate.core.filing.problems import Problem, advice, error
from gate.core.filing.vehicle_rules import day_after

_OLDEST = 100
_COUNTRY = re.compile(r"[A-Z]{3}")
NEEDED = ("name", "nationality", "document_kind", "document_number", "birth_date", "document_until")


def driver(content: Content, prefix: str, crossing: date, now: date) -> Iterator[Problem]:
    """All of a driver's fields below ``prefix`` (``driver.``, or empty for a person alone)."""
    for name in NEEDED:
        if not text_at(content, f"{prefix}{name}"):
            yield error(f"{prefix}{name}", "required")
    nationality = text_at(content, f"{prefix}nationality")
    if nationality and _COUNTRY.fullmatch(nationality) is None:
        yield error(f"{prefix}nationality", "nationality_form", value=nationality)
    yield from _document(content, prefix, nationality)
    yield from _dates(content, prefix, crossing, now)
    phone = text_at(content, f"{prefix}phone")
    if phone and not phone_form(phone):
        yield error(f"{prefix}phone", "phone_form", value=phone)


def _document(content: Content, prefix: str, nationality: str) -> Iterator[Problem]:
    number = text_at(content, f"{prefix}document_number")
    kind = text_at(content, f"{prefix}document_kind")
    if not number or not kind:
        return
    wrong = document_form(number, kind, nationality)
    if wrong:
        yield error(f"{prefix}document_number", wrong, value=number)
        return
    born = date_at(content, f"{prefix}birth_date")
    says = citizen(number) if kind == "identity_card" and nationality == "VNM" else None
    if says is not None and born is not None and says.born != born.year:
        yield error(f"{prefix}document_number", "citizen_number_birth", year=says.born)


def _dates(content: Content, prefix: str, crossing: date, now: date) -> Iterator[Problem]:
    born = date_at(content, f"{prefix}birth_date")
    if born is not None:
        if born > now:
            yield error(f"{prefix}birth_date", "birth_future")
        elif not is_adult(born, crossing):
            yield error(f"{prefix}birth_date", "too_young", years=18)
        elif now.year - born.year > _OLDEST:
            yield error(f"{prefix}birth_date", "birth_too_early")
    until = date_at(content, f"{prefix}document_until")
    if until is not None:
        yield from day_after(until, crossing, now, f"{prefix}document_until")


def nobody(prefix: str) -> Problem:
    """No driver is named at all."""
    return advice(prefix.rstrip("."), "driver_missing")
