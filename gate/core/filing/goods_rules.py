"""What is wrong with the goods, the containers, the seals and the weights."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gate.core.filing.content import Content, lines, number_at, text_at, value_at
from gate.core.filing.numbers import seal_form
from gate.core.filing.problems import Problem, advice, error, review
from schemas.containers import check_digit, parse_container, parse_size_type

HS_LENGTHS: dict[str, tuple[int, ...]] = {"VN": (6, 8), "CN": (6, 8, 10, 13)}
"""Country of origin -> lengths of its HS codes; elsewhere the international six, or national
eight or ten [k]."""
_OTHER_LENGTHS = (6, 8, 10)
HS_CHAPTERS = frozenset(f"{n:02d}" for n in range(1, 98)) - {"77"}
"""Chapters of the Harmonized System; 77 is kept free."""
QUARANTINE_CHAPTERS = frozenset(f"{n:02d}" for n in (*range(1, 15), 44))
"""Animals, plants and what comes of them without being prepared: quarantine looks. [k]"""
LIGHTEST_VEHICLE_KG = 1_000
_COUNTRY = re.compile(r"[A-Z]{2}")
_UNIT = re.compile(r"[A-Z0-9]{2,3}")
_UN = re.compile(r"UN\d{4}")
_NEEDED = ("description", "hs_code", "quantity", "unit", "net_kg", "origin")


def goods(content: Content) -> Iterator[Problem]:
    """Every line of goods, and that there is one."""
    if not lines(content, "goods"):
        yield error("goods", "goods_missing")
    for n in lines(content, "goods"):
        yield from _line(content, f"goods.{n}")
    if needs_quarantine(content) and not lines(content, "quarantine_certificates"):
        yield advice("quarantine_certificates", "certificate_wanted")


def needs_quarantine(content: Content) -> bool:
    """Whether a line is of a chapter that quarantine looks at."""
    chapters = {text_at(content, f"goods.{n}.hs_code")[:2] for n in lines(content, "goods")}
    return not chapters.isdisjoint(QUARANTINE_CHAPTERS)


def un_number(content: Content) -> str:
    """The first dangerous goods' number of the lines, or empty."""
    found = (text_at(content, f"goods.{n}.un_number") for n in lines(content, "goods"))
    return next((number for number in found if _UN.fullmatch(number)), "")


def _line(content: Content, line: str) -> Iterator[Problem]:
    for name in _NEEDED:
        if value_at(content, f"{line}.{name}") is None:
            yield error(f"{line}.{name}", "required")
    origin = text_at(content, f"{line}.origin")
    if origin and _COUNTRY.fullmatch(origin) is None:
        yield error(f"{line}.origin", "origin_form", value=origin)
    yield from _hs_code(f"{line}.hs_code", text_at(content, f"{line}.hs_code"), origin)
    unit = text_at(content, f"{line}.unit")
    if unit and _UNIT.fullmatch(unit) is None:
        yield error(f"{line}.unit", "unit_form", value=unit)
    net, gross = number_at(content, f"{line}.net_kg"), number_at(content, f"{line}.gross_kg")
    if net is not None and gross is not None and net > gross:
        yield error(f"{line}.net_kg", "net_above_gross")
    number = text_at(content, f"{line}.un_number")
    if number:
        yield from _dangerous(f"{line}.un_number", number)


def _hs_code(path: str, code: str, origin: str) -> Iterator[Problem]:
    if not code:
        return
    lengths = HS_LENGTHS.get(origin, _OTHER_LENGTHS)
    if not code.isascii() or not code.isdigit() or len(code) not in lengths:
        yield error(path, "hs_form", value=code, lengths=", ".join(map(str, lengths)))
    elif code[:2] not in HS_CHAPTERS:
        yield error(path, "hs_chapter", chapter=code[:2])


def _dangerous(path: str, number: str) -> Iterator[Problem]:
    """UN numbers run from UN0004 (ADR, table A); an officer always looks."""
    if _UN.fullmatch(number) is None:
        yield error(path, "un_form", value=number)
    elif int(number[2:]) < 4:
        yield error(path, "un_range", value=number)
    else:
        yield review(path, "dangerous", value=number)


def containers(content: Content) -> Iterator[Problem]:
    """Container numbers, their sizes, and the seals."""
    seen: set[str] = set()
    for n in lines(content, "containers"):
        path = f"containers.{n}.number"
        number = text_at(content, path)
        yield from container(path, number)
        if number in seen:
            yield error(path, "container_twice", value=number)
        seen.add(number)
        size = text_at(content, f"containers.{n}.size_type")
        if size and parse_size_type(size) is None:
            yield advice(f"containers.{n}.size_type", "size_type_form", value=size)
    seals = [text_at(content, f"seals.{n}") for n in lines(content, "seals")]
    for n, seal in enumerate(seals):
        if seal and not seal_form(seal):
            yield error(f"seals.{n}", "seal_form", value=seal)
    if lines(content, "containers") and not any(seals):
        yield error("seals.0", "seal_missing")


def container(path: str, number: str) -> Iterator[Problem]:
    """The form and the check digit (ISO 6346) of one container number."""
    if not number:
        yield error(path, "required")
        return
    found = parse_container(number)
    if found is None:
        yield error(path, "container_form", value=number)
    elif not found.valid:
        wanted = f"{found.text[:10]}{check_digit(found.text[:10])}"
        yield error(path, "container_digit", value=number, wanted=wanted)


def weights(content: Content, permitted_kg: int) -> Iterator[Problem]:
    """The loaded vehicle against what it may weigh (0: unknown) and what the goods weigh."""
    gross = number_at(content, "gross_kg")
    if gross is None:
        if value_at(content, "gross_kg") is None:
            yield error("gross_kg", "required")
        return
    if permitted_kg and gross > permitted_kg:
        yield error("gross_kg", "gross_above_permitted", gross=gross, permitted=permitted_kg)
    load = sum(
        number_at(content, f"goods.{n}.gross_kg") or number_at(content, f"goods.{n}.net_kg") or 0
        for n in lines(content, "goods")
    )
    if gross < load:
        yield error("gross_kg", "gross_below_goods", goods=load)
    elif gross < load + LIGHTEST_VEHICLE_KG:
        yield error("gross_kg", "gross_light", gross=gross, goods=load)
