"""What is wrong with the customs number, the counterpart, the contact and the time window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from gate.core.filing.content import Content, lines, moment_at, text_at, value_at
from gate.core.filing.numbers import customs_number, phone_form, tax_form, tidy_tax_number
from gate.core.filing.problems import Problem, error, review
from gate.core.filing.vehicle_rules import plate

FARTHEST = timedelta(days=30)
"""A window may begin at most this far ahead. [k]"""
LONGEST = timedelta(hours=72)
"""A window may last at most this long. [k]"""


def window(content: Content, now: datetime) -> Iterator[Problem]:
    """Both ends are there, in order, not over, not too far away and not too long."""
    for name in ("window_from", "window_to"):
        if value_at(content, name) is None:
            yield error(name, "required")
    begin, end = moment_at(content, "window_from"), moment_at(content, "window_to")
    if begin is not None and begin > now + FARTHEST:
        yield error("window_from", "window_far", days=FARTHEST.days)
    if end is not None and end <= now:
        yield error("window_to", "window_past")
    if begin is None or end is None:
        return
    if end <= begin:
        yield error("window_to", "window_order")
    elif end - begin > LONGEST:
        yield error("window_to", "window_long", hours=int(LONGEST.total_seconds() // 3600))


def customs(content: Content, now: datetime) -> Iterator[Problem]:
    """The customs declaration's number: 12 digits in Vietnam, 18 in China."""
    number = text_at(content, "customs_number")
    if not number:
        yield review("customs_number", "customs_missing")
        return
    found = customs_number(number)
    if found is None:
        yield error("customs_number", "customs_form", value=number)
        return
    if found.year is not None and not now.year - 1 <= found.year <= now.year:
        yield error("customs_number", "customs_year", value=number, year=found.year)
    kind = text_at(content, "customs_kind") or _expected(
        text_at(content, "direction"), found.country
    )
    if found.kind and kind in ("export", "import") and kind != found.kind:
        yield review("customs_number", "customs_direction", value=number, kind=found.kind)


def _expected(direction: str, country: str) -> str:
    """Directions are Vietnam's: what leaves Vietnam is imported into China."""
    if country == "VN" or not direction:
        return direction
    return "import" if direction == "export" else "export"


def counterpart(content: Content) -> Iterator[Problem]:
    """The firm and vehicle on the other side, where they are named."""
    country = text_at(content, "counterpart_country")
    number = text_at(content, "counterpart_plate")
    if number:
        yield from plate("counterpart_plate", number, country, trailer=False)
    tax = tidy_tax_number(text_at(content, "counterpart_tax_number"))
    if tax and not any(tax_form(tax, c) for c in ((country,) if country else ("VN", "CN"))):
        yield error("counterpart_tax_number", "tax_form", value=tax)


def rest(content: Content, gates: frozenset[str]) -> Iterator[Problem]:
    """Direction, gate, contact and certificates."""
    if not text_at(content, "direction"):
        yield error("direction", "required")
    gate = text_at(content, "gate")
    if not gate:
        yield error("gate", "required")
    elif gate not in gates:
        yield error("gate", "gate_unknown", value=gate)
    phone = text_at(content, "contact_phone")
    if phone and not phone_form(phone):
        yield error("contact_phone", "phone_form", value=phone)
    for n in lines(content, "quarantine_certificates"):
        text = text_at(content, f"quarantine_certificates.{n}")
        if text and (len(text) < 4 or not any(c.isalnum() for c in text)):
            yield error(f"quarantine_certificates.{n}", "certificate_form", value=text)
