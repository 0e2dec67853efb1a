"""What is wrong with what was typed: where, a stable code, and the values behind the words.

``TEXTS`` has the English sentence of each code, with ``%(name)s`` places for the facts; pages
translate the sentence and fill the places, so that a code reads the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a problem means for the submission."""

    ERROR = "error"
    """Must be put right before the declaration can be submitted."""
    REVIEW = "review"
    """Does not stop the submission, but an officer looks before it is accepted."""
    ADVICE = "advice"
    """May stay as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem of one field. ``path`` is dotted: ``goods.0.hs_code``; empty: the whole."""

    path: str
    code: str
    facts: tuple[tuple[str, str], ...] = ()
    severity: Severity = Severity.ERROR


TEXTS: dict[str, str] = {
    # any field
    "required": "This is needed.",
    "unknown_field": "There is no such field.",
    "too_long": "At most %(longest)s characters fit here.",
    "unprintable": "This has characters that can't be printed; type it anew.",
    "not_a_number": "%(value)s is not a whole number.",
    "out_of_range": "%(value)s must lie between %(low)s and %(high)s.",
    "not_a_date": "%(value)s is not a date such as 2026-11-24.",
    "not_a_moment": "%(value)s is not a time with its zone such as 2026-11-24T08:00+07:00.",
    "not_a_choice": "%(value)s is none of: %(choices)s.",
    "not_a_text": "A text is wanted here.",
    "not_a_list": "A list is wanted here.",
    "too_many_lines": "At most %(most)s lines fit here.",
    "garbled": "%(value)s looks like text in an old font (TCVN3): type it in Unicode.",
    "row_differs": "This row says %(value)s, an earlier row of the same declaration %(before)s.",
    "not_filed": "This was not filed; upload it again.",
    # vehicles
    "plate_form": "%(value)s is not a plate of this country.",
    "plate_other_country": "%(value)s is a plate of %(country)s.",
    "plate_is_trailer": "%(value)s is a trailer's plate; a tractor or truck is wanted.",
    "plate_not_trailer": "%(value)s is not a trailer's plate.",
    "plate_motorbike": "%(value)s is a motorbike's plate.",
    "trailer_with_truck": "A truck without a coupling draws no trailer; choose a tractor.",
    "trailer_missing": "A tractor carries goods on a trailer; name the trailer.",
    "trailer_same_as_tractor": "Tractor and trailer can't have the same plate.",
    "permitted_unknown": "%(plate)s is new in your fleet: its permitted weight is needed.",
    "permit_over": "The transport permit of %(plate)s ended on %(until)s.",
    "permit_ends": "The transport permit of %(plate)s ends on %(until)s, before the crossing.",
    "insurance_over": "The insurance of %(plate)s ends on %(until)s, before the crossing.",
    # containers and seals
    "container_form": "%(value)s is not a container number (four letters, seven digits).",
    "container_digit": "The check digit of %(value)s is wrong; by its first ten characters it"
    " would be %(wanted)s.",
    "container_twice": "%(value)s stands here twice.",
    "size_type_form": "%(value)s is not a usual size and type code such as 22G1.",
    "seal_form": "%(value)s is not a seal number (4 to 20 letters and digits).",
    "seal_missing": "A container travels sealed: give the seal number.",
    # persons
    "citizen_number_form": "%(value)s is not a citizen number (12 digits).",
    "citizen_number_birth": "The citizen number says that the holder was born in %(year)s.",
    "document_number_form": "%(value)s is not a document number (5 to 20 letters and digits).",
    "passport_form": "%(value)s is not a passport number of this country.",
    "birth_future": "The date of birth lies in the future.",
    "too_young": "A driver is at least %(years)s years old.",
    "birth_too_early": "The date of birth is too long ago.",
    "document_over": "The document ended on %(until)s.",
    "document_ends": "The document ends on %(until)s, before the crossing.",
    "phone_form": "%(value)s is not a telephone number.",
    "nationality_form": "%(value)s is not a country code of three letters such as VNM.",
    "driver_missing": "No driver is named; the border guard will ask at the lane.",
    # goods
    "goods_missing": "At least one line of goods is needed.",
    "hs_form": "%(value)s is not an HS code: digits only, %(lengths)s of them.",
    "hs_chapter": "There is no HS chapter %(chapter)s.",
    "origin_form": "%(value)s is not a country code of two letters such as VN.",
    "unit_form": "%(value)s is not a unit code such as KGM.",
    "net_above_gross": "The net weight is above the gross weight.",
    "un_form": "%(value)s is not a UN number such as UN1202.",
    "un_range": "%(value)s is no dangerous goods' number: they begin at UN0004.",
    "dangerous": "Dangerous goods (%(value)s): an officer assigns lane and escort.",
    "gross_above_permitted": "%(gross)s kg is above the permitted %(permitted)s kg.",
    "gross_below_goods": "The goods alone weigh %(goods)s kg, more than the whole vehicle.",
    "gross_light": "With %(gross)s kg there is not enough for vehicle and goods (%(goods)s kg).",
    "certificate_wanted": "These goods need a quarantine certificate.",
    "certificate_form": "%(value)s is not a certificate number.",
    # papers and times
    "customs_form": "%(value)s is not a customs declaration number: Vietnam has 12 digits,"
    " China 18.",
    "customs_direction": "%(value)s is the number of an %(kind)s declaration.",
    "customs_year": "%(value)s names the year %(year)s.",
    "customs_missing": "Without a customs declaration number an officer must accept it.",
    "window_order": "The end must come after the beginning.",
    "window_past": "The time window is over.",
    "window_far": "The time window may begin at most %(days)s days from now.",
    "window_long": "The time window may last at most %(hours)s hours.",
    "gate_unknown": "There is no gate %(value)s.",
    "tax_form": "%(value)s is not a tax number: Vietnam has 10 or 10-3 digits, China 18"
    " characters.",
    "tax_digit": "The check digit of %(value)s is wrong.",
    "email_form": "%(value)s is not an e-mail address.",
    "sign_in_form": "A sign-in name has 2 to 80 of a-z, 0-9 and . @ _ + -",
    "url_form": "%(value)s is not an https address.",
    # the firm's standing, and machine checks that only an officer may settle
    "already_declared": "%(plate)s is declared already for this time, in %(number)s.",
    "firm_review": "An officer looks at this declaration before it is accepted.",
}


def text_of(problem: Problem) -> str:
    """The English sentence of a problem."""
    return TEXTS[problem.code] % dict(problem.facts)


def error(path: str, code: str, **facts: object) -> Problem:
    """A problem that must be put right."""
    return _made(path, code, Severity.ERROR, facts)


def review(path: str, code: str, **facts: object) -> Problem:
    """A problem that an officer looks at."""
    return _made(path, code, Severity.REVIEW, facts)


def advice(path: str, code: str, **facts: object) -> Problem:
    """Something to know."""
    return _made(path, code, Severity.ADVICE, facts)


def errors_in(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Those that stop a submission."""
    return tuple(p for p in problems if p.severity is Severity.ERROR)


def _made(path: str, code: str, severity: Severity, facts: dict[str, object]) -> Problem:
    if code not in TEXTS:
        raise KeyError(code)
    pairs = tuple((name, str(value)[:120]) for name, value in facts.items())
    return Problem(path=path, code=code, facts=pairs, severity=severity)
