"""Find the fields of printed papers in lines of text, with where and how surely each was read.

Pure functions over what a recogniser said: declaration numbers, dates, plates, container
numbers, and what kind of paper it is by its title.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ocr.engines.lines import Corners, Point, TextLine
from schemas.containers import parse_container
from schemas.documents import dates_in, declaration_numbers, plates_in


class FieldKind(StrEnum):
    """What a field of a paper is."""

    DECLARATION = "declaration_number"
    DATE = "date"
    PLATE = "plate"
    CONTAINER = "container"


class PaperKind(StrEnum):
    """What a paper is, told by its title."""

    LAISSEZ_PASSER = "laissez_passer"
    CUSTOMS_DECLARATION = "customs_declaration"
    OTHER = "other"


_TITLES = {
    PaperKind.LAISSEZ_PASSER: ("giay thong hanh", "laissez-passer", "通行证", "通行證"),
    PaperKind.CUSTOMS_DECLARATION: (
        "to khai hang hoa", "to khai hai quan", "to khai hang", "customs declaration", "报关单",
        "報關單",
    ),
}  # fmt: skip
"""Words of titles without accents, in lower case. [k]"""

_LABELS = {
    FieldKind.DECLARATION: ("so to khai", "declaration no", "报关单号", "海关编号", "to khai so"),
    FieldKind.DATE: ("ngay", "date", "日期"),
    FieldKind.PLATE: ("bien so", "bks", "bien kiem soat", "plate", "车牌", "xe so"),
    FieldKind.CONTAINER: ("container", "cont", "集装箱"),
}
_DIGIT_OF = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2"}
_NUMBER_LIKE = re.compile(r"(?<![0-9A-Za-z])[0-9OQDILSBZ]{12}(?:[0-9OQDILSBZ]{6})?(?![0-9A-Za-z])")
_CONTAINER_LIKE = re.compile(r"[A-Z]{3}[UJZ][ -]?\d{6}[ -]?\d")
_LEAST_DIGITS = 0.8
_UNLABELLED = 0.85
_REPAIRED = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundField:
    """A field: its normal form, what was read, the reader's confidence, and its place."""

    kind: FieldKind
    text: str
    raw: str
    confidence: float
    confidences: tuple[float, ...]
    corners: Corners
    labelled: bool


def find_fields(lines: Sequence[TextLine]) -> tuple[FoundField, ...]:
    """Return the fields in ``lines``, each text once per kind, surest first."""
    best: dict[tuple[FieldKind, str], FoundField] = {}
    for line in lines:
        for field in _fields_of(line, lines):
            known = best.get((field.kind, field.text))
            if known is None or known.confidence < field.confidence:
                best[field.kind, field.text] = field
    order = list(FieldKind)
    return tuple(sorted(best.values(), key=lambda f: (order.index(f.kind), -f.confidence)))


def paper_kind(lines: Sequence[TextLine]) -> PaperKind:
    """Tell what paper it is from the words of its title."""
    text = " ".join(plain(line.text) for line in lines)
    for kind, titles in _TITLES.items():
        if any(title in text for title in titles):
            return kind
    return PaperKind.OTHER


def plain(text: str) -> str:
    """Lower case without accents, spaces reduced to one: for comparing words."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("đ", "d")
    bare = unicodedata.normalize("NFD", folded)
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def _fields_of(line: TextLine, lines: Sequence[TextLine]) -> Iterator[FoundField]:
    text = line.text
    repaired = _NUMBER_LIKE.sub(lambda match: _as_digits(match.group()), text)
    for number in declaration_numbers(repaired):
        start = repaired.index(number)
        factor = 1.0 if number in text else _REPAIRED
        place = (start, start + len(number))
        yield _field(FieldKind.DECLARATION, number, line, place, lines, factor)
    for match in _CONTAINER_LIKE.finditer(text.upper()):
        container = parse_container(match.group())
        if container is not None and container.valid:
            yield _field(FieldKind.CONTAINER, container.text, line, match.span(), lines)
    for plate, start, end in plates_in(text):
        yield _field(FieldKind.PLATE, plate.text, line, (start, end), lines)
    for day, start, end in dates_in(text):
        yield _field(FieldKind.DATE, day.isoformat(), line, (start, end), lines)


def _as_digits(token: str) -> str:
    digits = sum(c.isdigit() for c in token)
    if digits < _LEAST_DIGITS * len(token):
        return token
    return "".join(_DIGIT_OF.get(c, c) for c in token)


def _field(
    kind: FieldKind,
    text: str,
    line: TextLine,
    place: tuple[int, int],
    lines: Sequence[TextLine],
    factor: float = 1.0,
) -> FoundField:
    start, end = place
    sure = [options[0][1] for options in line.characters[start:end]]
    # Separators are dropped and dates re-ordered, so the weakest character stands for all.
    least = min(sure, default=0.0)
    labelled = _labelled(kind, line, lines)
    factor *= 1.0 if labelled else _UNLABELLED
    return FoundField(
        kind=kind,
        text=text,
        raw=line.text[start:end],
        confidence=round(min(math.prod(sure) * factor, least), 4),
        confidences=tuple(sure) if len(sure) == len(text) else (least,) * len(text),
        corners=_part_of(line, start, end),
        labelled=labelled,
    )


def _part_of(line: TextLine, start: int, end: int) -> Corners:
    """Corners of some characters of a line, where the recogniser told their places."""
    if not line.spans or end > len(line.spans) or start >= end:
        return line.corners
    a, b, c, d = line.corners
    left, right = line.spans[start][0], line.spans[end - 1][1]

    def between(p: Point, q: Point, share: float) -> Point:
        return (p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share)

    return (between(a, b, left), between(a, b, right), between(d, c, right), between(d, c, left))


def _labelled(kind: FieldKind, line: TextLine, lines: Sequence[TextLine]) -> bool:
    """Whether the field's name stands in its line, or left of it or over it."""
    for other in lines:
        dx = line.corners[0][0] - other.corners[0][0]
        dy = line.centre[1] - other.centre[1]
        reach = -line.height < dx < 40 * line.height
        near = other is line or (reach and -0.6 * line.height < dy < 2.2 * line.height)
        if near and any(label in plain(other.text) for label in _LABELS[kind]):
            return True
    return False
