"""Numbers of firms, persons and papers: their forms and check digits.

Forms are general knowledge of the field (docs/domain.md), kept as data where they vary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_TAX_VN = re.compile(r"\d{10}(-\d{3})?")
_TAX_CN = re.compile(r"[0-9A-HJ-NP-RT-UW-Y]{18}")
_TAX_VN_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_CN_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CITIZEN = re.compile(r"\d{12}")
_DOCUMENT = re.compile(r"[0-9A-Z]{5,20}")
_SEAL = re.compile(r"[0-9A-Z]{4,20}")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{5,24}[0-9]")
_EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_ADULT = 18
PASSPORTS = {
    "VNM": re.compile(r"[A-Z]\d{7,8}"),
    "CHN": re.compile(r"(E[0-9A-HJ-NP-Z]\d{7}|[A-Z]\d{8}|\d{9})"),
}
"""Forms of passport numbers by country [k]; other countries: letters and digits."""


def tidy_tax_number(text: str) -> str:
    """Without spaces, in upper case; a Vietnamese branch number with its hyphen."""
    bare = re.sub(r"[\s.]", "", text).upper()
    return f"{bare[:10]}-{bare[10:]}" if re.fullmatch(r"\d{13}", bare) else bare


def tax_form(number: str, country: str) -> bool:
    """Whether the text has the form of a tax number: Vietnam 10 or 10-3, China 18."""
    pattern = _TAX_VN if country == "VN" else _TAX_CN
    return pattern.fullmatch(number) is not None and number.isascii()


def tax_digit(number: str, country: str) -> bool:
    """Whether the check digit of a well-formed tax number is right.

    Vietnam: the tenth digit is ten less the weighted sum of the first nine mod 11. China: the
    last character by GB 32100-2015, powers of three mod 31.
    """
    if country == "VN":
        total = sum(int(d) * w for d, w in zip(number[:9], _TAX_VN_WEIGHTS, strict=True))
        return 10 - total % 11 == int(number[9])
    total = sum(_CN_ALPHABET.index(c) * pow(3, n, 31) for n, c in enumerate(number[:17]))
    return _CN_ALPHABET[(31 - total % 31) % 31] == number[17]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """What a Vietnamese citizen number says of its holder."""

    province: str
    born: int
    """The year of birth."""


def citizen(number: str) -> Citizen | None:
    """Parse twelve digits: 3 of the province, 1 of century and sex, 2 of the birth year, 6 free."""
    if _CITIZEN.fullmatch(number) is None or not number.isascii():
        return None
    century = 1900 + int(number[3]) // 2 * 100
    return Citizen(province=number[:3], born=century + int(number[4:6]))


def document_form(number: str, kind: str, nationality: str) -> str:
    """The code of what is wrong with a document's number, or empty."""
    if kind == "identity_card" and nationality == "VNM":
        return "" if citizen(number) is not None else "citizen_number_form"
    pattern = PASSPORTS.get(nationality) if kind == "passport" else None
    if pattern is not None:
        return "" if pattern.fullmatch(number) and number.isascii() else "passport_form"
    right = _DOCUMENT.fullmatch(number) and number.isascii()
    return "" if right else "document_number_form"


def seal_form(number: str) -> bool:
    """Whether a seal number has 4 to 20 letters and digits, at least one of them a digit."""
    return bool(_SEAL.fullmatch(number)) and any(c in "0123456789" for c in number)


def phone_form(text: str) -> bool:
    """Whether the text can be a telephone number: 7 to 15 digits (ITU-T E.164) and marks."""
    digits = sum(c in "0123456789" for c in text)
    return _PHONE.fullmatch(text) is not None and 7 <= digits <= 15


def email_form(text: str) -> bool:
    """Whether a letter may be sent there: one plain address, nothing that a header could hide."""
    return len(text) <= 200 and text.isprintable() and _EMAIL.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomsNumber:
    """A customs declaration's number; ``kind`` is export, import, or empty where it says none."""

    country: str
    kind: str
    year: int | None


def customs_number(number: str) -> CustomsNumber | None:
    """Vietnam: 12 digits, 1.. import, 3.. export. China: 18: district, year, direction, serial."""
    if not number.isascii() or not number.isdigit():
        return None
    if len(number) == 12:
        kind = {"1": "import", "3": "export"}.get(number[0], "")
        return CustomsNumber(country="VN", kind=kind, year=None)
    if len(number) == 18:
        kind = {"0": "export", "1": "import"}.get(number[8], "")
        return CustomsNumber(country="CN", kind=kind, year=int(number[4:8]))
    return None


def is_adult(born: date, on: date) -> bool:
    """Whether somebody of this birth date may drive a truck at that day."""
    return (on.year - born.year, (on.month, on.day) >= (born.month, born.day)) >= (_ADULT, True)


def numbered(prefix: str, serial: int) -> str:
    """A declaration's number: prefix, seven or more digits, check digit (ISO 7064 mod 11,10).

    The check digit finds every wrong digit and nearly every swap when it is read out.
    """
    digits = f"{serial:07d}"
    return f"{prefix}{digits}{_mod_11_10(digits)}"


def _mod_11_10(digits: str) -> int:
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10
