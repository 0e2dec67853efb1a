"""Read machine-readable zones of passports, cards and visas in photographs."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ocr.documents.grid import on_grid
from ocr.documents.zone import (
    Row,
    band_around,
    common_ends,
    flipped,
    long_rows,
    neighbours,
    stacks,
)
from ocr.documents.zone_text import (
    Zone,
    cells_of,
    disputed,
    is_print,
    maybe_zone,
    zone_like,
    zone_of,
    zone_rows,
)
from ocr.engines.detector import crop_line
from ocr.engines.lines import TextLine
from ocr.engines.ppocr import PpOcr, read_lines, shared
from ocr.engines.recogniser import LineRecogniser
from ocr.ports import Picture
from schemas.mrz import FieldStatus, composite_digit, field_text
from schemas.mrz_decode import DecodedZone
from schemas.mrz_layout import FIELDS, SHAPES
from schemas.readings import Box, Reading, ReadingKind

_AREA = 550_000
_ZOOM = 2.5
_WIDEN = 1.15
_MOST_STACKS = 4
_MOST_SINGLE_ROWS = 8
_BAND_HEIGHT = 300
_FAILED_FACTOR = 0.5


class MrzReader:
    """Finds a zone of any of the five layouts, at any rotation, and reads it."""

    name = "rapid"

    def __init__(self, models: PpOcr | None = None) -> None:
        """Take ``models`` or this process's; EngineUnavailableError when a file is missing."""
        self._models = models or shared()
        self.model = self._models.model

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read the zone in ``picture`` (BGR, uint8); empty when none is found."""
        start = time.perf_counter()
        zone = self._find(picture)
        if zone is None:
            return ()
        zone = self._with_second_opinion(picture, zone)
        return (self._reading(zone, round((time.perf_counter() - start) * 1000)),)

    def _find(self, picture: Picture) -> Zone | None:
        height, width = picture.shape[:2]
        scale = min(math.sqrt(_AREA / (height * width)), _ZOOM)
        rows = long_rows(self._models.detector.find(picture, scale=scale))
        zone = self._best(self._from_stacks(picture, rows))
        if zone is None or zone.score < 1:
            again = self._best(self._from_bands(picture, rows))
            zone = max(filter(None, (zone, again)), key=lambda z: z.score, default=None)
        return zone

    @staticmethod
    def _best(zones: Iterator[Zone]) -> Zone | None:
        best: Zone | None = None
        for zone in zones:
            if best is None or zone.score > best.score:
                best = zone
            if best.score >= 6:  # three fields verified: no better zone is to be expected
                break
        return best

    def _from_stacks(self, picture: Picture, rows: Sequence[Row]) -> Iterator[Zone]:
        for number, stack in enumerate(stacks(rows)):
            if number == _MOST_STACKS:
                return
            for turned in (stack, flipped(stack)):
                even = common_ends(turned)
                # One row tells whether the others are worth reading: zones end a page.
                (last,) = self._read_rows(picture, even[-1:])
                if maybe_zone(last):
                    lines = [*self._read_rows(picture, even[:-1]), last]
                    zone = zone_of(even, lines) or self._with_third_row(picture, even, lines)
                    if zone is not None:
                        yield zone
                        break
                elif is_print(last):
                    break

    def _with_third_row(
        self, picture: Picture, rows: Sequence[Row], lines: Sequence[TextLine]
    ) -> Zone | None:
        """Two rows of a card's length: look where the third must be, which was not detected."""
        chosen = zone_rows(lines)
        if len(chosen) != 2 or not 26 <= max(len(lines[i].text) for i in chosen) <= 33:
            return None
        two = [rows[i] for i in chosen]
        texts = [lines[i] for i in chosen]
        before, after = neighbours(two)
        (above,) = self._read_rows(picture, [before])
        if maybe_zone(above):
            return zone_of([before, *two], [above, *texts])
        (below,) = self._read_rows(picture, [after])
        return zone_of([*two, after], [*texts, below]) if maybe_zone(below) else None

    def _from_bands(self, picture: Picture, rows: Sequence[Row]) -> Iterator[Zone]:
        """Look closely round single rows that read like part of a zone."""
        for row in rows[:_MOST_SINGLE_ROWS]:
            for turned in (row, row.reversed()):
                (line,) = self._read_rows(picture, [turned])
                if zone_like(line.text):
                    yield from self._in_band(picture, band_around(turned))
                    break
                if is_print(line):
                    break

    def _in_band(self, picture: Picture, band: Row) -> Iterator[Zone]:
        crop = crop_line(picture, band.corners())
        scale = min(_BAND_HEIGHT / crop.shape[0], 3.0)
        inner = long_rows(self._models.detector.find(crop, scale=scale))
        for zone in self._from_stacks(crop, inner):
            yield replace(zone, rows=tuple(_placed(r, band) for r in zone.rows))

    def _read_rows(
        self, picture: Picture, rows: Sequence[Row], recogniser: LineRecogniser | None = None
    ) -> list[TextLine]:
        corners = [row.corners() for row in rows]
        crops = [crop_line(picture, c) for c in corners]
        return read_lines(recogniser or self._models.v6, crops, corners, stretch=_WIDEN)

    def _with_second_opinion(self, picture: Picture, zone: Zone) -> Zone:
        """Doubt verified fields of which another recogniser makes a text that passes too.

        Some look-alikes (6 and G, 1 and L) and some double errors leave a check digit as it
        was; two recognisers rarely make the same ones.
        """
        layout = zone.decoded.format
        _, columns = SHAPES[layout]
        statuses = dict(zone.decoded.statuses)
        for number in {place.line for place in FIELDS[layout] if place.check >= 0}:
            row = [zone.rows[number]]
            (line,) = self._read_rows(picture, row, self._models.v4)
            cells = cells_of(line)
            placed = on_grid([o for o, _ in cells], [x for _, x in cells], columns, zone.grid)
            for place in FIELDS[layout]:
                if place.line != number or statuses.get(place.name) is not FieldStatus.VERIFIED:
                    continue
                if disputed(place, zone.decoded.lines[number], placed):
                    statuses[place.name] = FieldStatus.UNVERIFIED
        return replace(zone, decoded=replace(zone.decoded, statuses=statuses))

    def _reading(self, zone: Zone, ms: int) -> Reading:
        decoded = zone.decoded
        points = [p for row in zone.rows for p in row.corners()]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x, y = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        confidences: list[float] = []
        for number, row in enumerate(decoded.confidences):
            confidences += [1.0, *row] if number else row
        least = min(confidences)
        failed = FieldStatus.FAILED in decoded.statuses.values()
        return Reading(
            kind=ReadingKind.MRZ,
            text="|".join(decoded.lines),
            raw="|".join(zone.raw),
            confidence=round(least * (_FAILED_FACTOR if failed else 1.0), 4),
            confidences=tuple(confidences),
            box=Box(x=x, y=y, w=math.ceil(max(xs)) - x, h=math.ceil(max(ys)) - y),
            engine=self.name,
            model=self.model,
            ms=ms,
            layout=str(decoded.format),
            lines=len(decoded.lines),
            detail=_details(decoded),
        )


def _details(decoded: DecodedZone) -> tuple[tuple[str, str], ...]:
    """Every field's raw text and status, and whether all digits are right as read."""
    pairs: list[tuple[str, str]] = []
    for place in FIELDS[decoded.format]:
        pairs.append((place.name, field_text(decoded.lines, place)))
        status = decoded.statuses.get(place.name, FieldStatus.UNVERIFIED)
        pairs.append((f"{place.name}.status", str(status)))
    statuses = decoded.statuses
    essential = [statuses.get(n) for n in ("number", "birth", "expiry")]
    good = all(s is FieldStatus.VERIFIED for s in essential) and not any(
        s in (FieldStatus.FAILED, FieldStatus.CORRECTED) for s in statuses.values()
    )
    composite = composite_digit(decoded.format, decoded.lines)
    if composite is not None:
        right = composite[0] == composite[1]
        good = good and right
        status = FieldStatus.VERIFIED if right else FieldStatus.FAILED
        pairs.append(("composite.status", str(status)))
    pairs.append(("verified", "yes" if good else "no"))
    if decoded.corrected:
        places = ",".join(f"{line}:{column}" for line, column in decoded.corrected)
        pairs.append(("corrected", places))
    return tuple(pairs)


def _placed(row: Row, band: Row) -> Row:
    """A row found in the cut-out ``band``, in the picture's own coordinates."""
    (ax, ay), (bx, by), _, (dx, dy) = band.corners()
    ux, uy = (bx - ax) / max(band.width, 1e-6), (by - ay) / max(band.width, 1e-6)
    vx, vy = (dx - ax) / max(band.height, 1e-6), (dy - ay) / max(band.height, 1e-6)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x, y = point
        return (ax + ux * x + vx * y, ay + uy * x + vy * y)

    return Row(place(row.left), place(row.right), row.height)
