"""Read container numbers on doors, sides and tanks, horizontal or vertical."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

from ocr.documents.column import columns, side_by_side
from ocr.documents.container_assembly import (
    CHECK_ORDER,
    FoundContainer,
    find_containers,
    options_of,
)
from ocr.engines.detector import crop_line
from ocr.engines.lines import Corners, TextLine
from ocr.engines.ppocr import PpOcr, read_lines, shared, tallest
from ocr.ports import Picture
from schemas.containers import LENGTH, parse_size_type
from schemas.readings import Box, Reading, ReadingKind

_AREAS = (550_000, 1_400_000)
_ZOOM = 2.5
_MOST_COLUMNS = 3
_CLEAR = 0.6
_COLUMN_COMPUTED = 0.3
_MOST_LINES = 48


class ContainerReader:
    """Finds ISO 6346 numbers with their check digit and size and type code."""

    name = "rapid"

    def __init__(self, models: PpOcr | None = None) -> None:
        """Take ``models`` or this process's; EngineUnavailableError when a file is missing."""
        self._models = models or shared()
        self.model = self._models.model

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all container numbers in ``picture`` (BGR, uint8), best first."""
        start = time.perf_counter()
        found: tuple[FoundContainer, ...] = ()
        height, width = picture.shape[:2]
        tried = 0.0
        for area in _AREAS:
            scale = min(math.sqrt(area / (height * width)), _ZOOM)
            if any(f.verified for f in found) or scale < tried * 1.2:
                break
            tried = scale
            found = _merged((*found, *self._at_scale(picture, scale)))
        ms = round((time.perf_counter() - start) * 1000)
        return tuple(self._reading(container, ms) for container in found)

    def _at_scale(self, picture: Picture, scale: float) -> tuple[FoundContainer, ...]:
        corners = tallest(self._models.detector.find(picture, scale=scale), _MOST_LINES)
        lines = read_lines(self._models.v6, [crop_line(picture, c) for c in corners], corners)
        found = find_containers(lines)
        unseen = [f for f in found if f.check != "read"]
        if unseen:
            lines = [*lines, *self._last_digits(picture, unseen)]
            found = find_containers(lines)
        if not found:
            upright = find_containers(self._columns(picture, corners))
            return tuple(_less_sure(f) if f.check == "computed" else f for f in upright)
        return tuple(self._second_opinion(picture, f, lines) for f in found)

    def _second_opinion(
        self, picture: Picture, found: FoundContainer, lines: Sequence[TextLine]
    ) -> FoundContainer:
        """Doubt a number of which the other recogniser makes another one with a right digit."""
        if found.check != "read":
            return found
        corners = [lines[i].corners for i in sorted(found.members)]
        again = read_lines(self._models.v4, [crop_line(picture, c) for c in corners], corners)
        others = [f for f in find_containers(again) if f.check == "read"]
        if all(f.container == found.container for f in others):
            return found
        return replace(found, check="disputed", confidence=round(found.confidence * 0.5, 4))

    def _last_digits(self, picture: Picture, found: Sequence[FoundContainer]) -> list[TextLine]:
        """Look right of each number for its check digit, which a frame often hides."""
        looked: list[TextLine] = []
        for container in found:
            where = _right_of(container)
            crop = crop_line(picture, where)
            read = read_lines(self._models.v6, [crop], [where])
            looked += [line for line in read if _is_clear_digit(line)]
        return looked

    def _columns(self, picture: Picture, corners: Sequence[Corners]) -> list[TextLine]:
        lines: list[TextLine] = []
        for column in columns(corners, picture.shape)[:_MOST_COLUMNS]:
            line = side_by_side(picture, column)
            if line is None:
                continue
            left, top, right, bottom = map(float, column)
            where: Corners = ((left, top), (right, top), (right, bottom), (left, bottom))
            lines += read_lines(self._models.v6, [line], [where])
        return lines

    def _reading(self, found: FoundContainer, ms: int) -> Reading:
        xs, ys = [x for x, _ in found.corners], [y for _, y in found.corners]
        x, y = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        w, h = math.ceil(max(xs)) - x, math.ceil(max(ys)) - y
        size = parse_size_type(found.size_type)
        detail = [
            ("display", found.container.display),
            ("check", found.check),
            ("verified", "yes" if found.verified else "no"),
        ]
        if size is not None:
            detail += [("size_type", size.code), ("kind", size.kind), ("feet", str(size.feet))]
        return Reading(
            kind=ReadingKind.CONTAINER,
            text=found.container.text,
            raw=found.raw,
            confidence=found.confidence,
            confidences=found.confidences,
            box=Box(x=x, y=y, w=w, h=h),
            engine=self.name,
            model=self.model,
            ms=ms,
            layout="vertical" if h > 2 * w else "horizontal",
            corners=tuple(found.corners),
            posterior=found.posterior,
            detail=tuple(detail),
        )


def _less_sure(found: FoundContainer) -> FoundContainer:
    """Ten characters of a column: which one of eleven is missing is not known."""
    return replace(found, confidence=round(found.confidence * _COLUMN_COMPUTED, 4))


def _is_clear_digit(line: TextLine) -> bool:
    """Whether a line is one digit and no shadow on an empty wall."""
    options = options_of(line)
    return len(options) == 1 and options[0][0][0].isdigit() and options[0][0][1] >= _CLEAR


def _right_of(found: FoundContainer) -> Corners:
    """The place of the check digit: one framed character right of ten read ones."""
    a, b, c, d = found.corners
    height = max(math.dist(a, d), 1.0)
    length = max(math.dist(a, b), 1.0)
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    start, end = 0.05 * height, max(1.1 * height, length / LENGTH * 1.6)
    lift = 0.08

    def shifted(p: tuple[float, float], q: tuple[float, float], by: float) -> tuple[float, float]:
        return (p[0] + ux * by + (p[0] - q[0]) * lift, p[1] + uy * by + (p[1] - q[1]) * lift)

    return (shifted(b, c, start), shifted(b, c, end), shifted(c, b, end), shifted(c, b, start))


def _merged(found: Sequence[FoundContainer]) -> tuple[FoundContainer, ...]:
    """Numbers found at several scales: the best look at each, best first."""
    best: dict[str, FoundContainer] = {}
    for container in found:
        body = container.container.text[:10]
        known = best.get(body)
        if known is None or CHECK_ORDER[container.check] > CHECK_ORDER[known.check]:
            best[body] = replace(container, members=frozenset())
    ranked = sorted(best.values(), key=lambda f: (CHECK_ORDER[f.check], f.confidence), reverse=True)
    chosen: list[FoundContainer] = []
    for candidate in ranked:
        if not any(_overlap(candidate, other) for other in chosen):
            chosen.append(candidate)
    return tuple(chosen)


def _overlap(a: FoundContainer, b: FoundContainer) -> bool:
    ax, ay = [x for x, _ in a.corners], [y for _, y in a.corners]
    bx, by = [x for x, _ in b.corners], [y for _, y in b.corners]
    w = min(max(ax), max(bx)) - max(min(ax), min(bx))
    h = min(max(ay), max(by)) - max(min(ay), min(by))
    smaller = min(
        (max(ax) - min(ax)) * (max(ay) - min(ay)), (max(bx) - min(bx)) * (max(by) - min(by))
    )
    return w > 0 and h > 0 and w * h > 0.3 * smaller
