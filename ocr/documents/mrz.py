"""Read machine-readable zones of passports, cards and visas in photographs."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.documents.grid import fit_grid, on_grid
from ocr.documents.zone import Row, band_around, common_ends, flipped, long_rows, stacks
from ocr.engines.detector import crop_line
from ocr.engines.lines import Options, TextLine
from ocr.engines.ppocr import PpOcr, read_lines, shared
from ocr.engines.recogniser import LineRecogniser
from ocr.ports import Picture
from schemas.mrz import FieldStatus, composite_digit, field_text
from schemas.mrz_decode import LOOKALIKES, DecodedZone, decode_zone
from schemas.mrz_layout import FIELDS, FILLER, SHAPES, MrzFormat
from schemas.readings import Box, Reading, ReadingKind

_AREA = 550_000
_ZOOM = 2.5
_WIDEN = 1.15
_MOST_STACKS = 4
_MOST_SINGLE_ROWS = 8
_BAND_HEIGHT = 300
_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
_FAILED_FACTOR = 0.5
# Least probability that the second recogniser must give each character of a verified field.
_SEEN_TOO = 0.4


@dataclass(frozen=True, slots=True)
class _Zone:
    decoded: DecodedZone
    rows: tuple[Row, ...]
    raw: tuple[str, ...]
    grid: tuple[float, float]

    @property
    def score(self) -> float:
        """Statuses that passed, less those that failed, then the mean confidence."""
        statuses = list(self.decoded.statuses.values())
        passed = sum(s is FieldStatus.VERIFIED for s in statuses) * 2
        passed += sum(s is FieldStatus.CORRECTED for s in statuses)
        failed = sum(s is FieldStatus.FAILED for s in statuses)
        return passed - failed + float(np.mean([p for r in self.decoded.confidences for p in r]))


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

    def _find(self, picture: Picture) -> _Zone | None:
        height, width = picture.shape[:2]
        scale = min(math.sqrt(_AREA / (height * width)), _ZOOM)
        rows = long_rows(self._models.detector.find(picture, scale=scale))
        zone = self._best(self._from_stacks(picture, rows))
        if zone is None or zone.score < 1:
            again = self._best(self._from_bands(picture, rows))
            zone = max(filter(None, (zone, again)), key=lambda z: z.score, default=None)
        return zone

    @staticmethod
    def _best(zones: Iterator[_Zone]) -> _Zone | None:
        best: _Zone | None = None
        for zone in zones:
            if best is None or zone.score > best.score:
                best = zone
            if best.score >= 6:  # three fields verified: no better zone is to be expected
                break
        return best

    def _from_stacks(self, picture: Picture, rows: Sequence[Row]) -> Iterator[_Zone]:
        for number, stack in enumerate(stacks(rows)):
            if number == _MOST_STACKS:
                return
            for turned in (stack, flipped(stack)):
                even = common_ends(turned)
                lines = self._read_rows(picture, even)
                zone = _zone_of(even, lines)
                if zone is not None:
                    yield zone
                    break

    def _from_bands(self, picture: Picture, rows: Sequence[Row]) -> Iterator[_Zone]:
        """Look closely round single rows that read like part of a zone."""
        for row in rows[:_MOST_SINGLE_ROWS]:
            for turned in (row, row.reversed()):
                (line,) = self._read_rows(picture, [turned])
                if not _zone_like(line.text):
                    continue
                band = band_around(turned)
                crop = crop_line(picture, band.corners())
                scale = min(_BAND_HEIGHT / crop.shape[0], 3.0)
                inner = long_rows(self._models.detector.find(crop, scale=scale))
                for zone in self._from_stacks(crop, inner):
                    yield replace(zone, rows=tuple(_placed(r, band) for r in zone.rows))
                break

    def _read_rows(
        self, picture: Picture, rows: Sequence[Row], recogniser: LineRecogniser | None = None
    ) -> list[TextLine]:
        corners = [row.corners() for row in rows]
        crops = [crop_line(picture, c) for c in corners]
        return read_lines(recogniser or self._models.v6, crops, corners, stretch=_WIDEN)

    def _with_second_opinion(self, picture: Picture, zone: _Zone) -> _Zone:
        """Doubt verified fields of which another recogniser does not see every character.

        Some look-alikes (6 and G, 1 and L) and some double errors leave a check digit as it
        was; two recognisers rarely make the same ones.
        """
        layout = zone.decoded.format
        _, columns = SHAPES[layout]
        statuses = dict(zone.decoded.statuses)
        for number in {place.line for place in FIELDS[layout] if place.check >= 0}:
            row = [zone.rows[number]]
            (line,) = self._read_rows(picture, row, self._models.v4)
            cells = _cells(line)
            placed = on_grid([o for o, _ in cells], [x for _, x in cells], columns, zone.grid)
            for place in FIELDS[layout]:
                if place.line != number or statuses.get(place.name) is not FieldStatus.VERIFIED:
                    continue
                at = range(place.start, place.end)
                text = zone.decoded.lines[number]
                if any(_share(placed[i], text[i]) < _SEEN_TOO for i in at):
                    statuses[place.name] = FieldStatus.UNVERIFIED
        return replace(zone, decoded=replace(zone.decoded, statuses=statuses))

    def _reading(self, zone: _Zone, ms: int) -> Reading:
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


def _zone_like(text: str) -> bool:
    """Whether a row reads like a zone's: its characters only, and fillers or many digits."""
    bare = text.replace(" ", "").replace("«", "<<").upper()
    if len(bare) < 18:
        return False
    good = sum(c in _CHARACTERS for c in bare) / len(bare)
    marks = bare.count(FILLER) >= 2 or sum(c.isdigit() for c in bare) >= 10
    return good > 0.85 and marks


def _zone_of(rows: Sequence[Row], lines: Sequence[TextLine]) -> _Zone | None:
    """Decode the run of zone-like rows; None when there is none or it has no layout."""
    chosen = _zone_rows(lines)
    cells = [_cells(lines[i]) for i in chosen]
    if len(cells) < 2 or not all(cells):
        return None
    layout = _layout(cells)
    if layout is None:
        return None
    count, columns = SHAPES[layout]
    chosen, cells = chosen[:count], cells[:count]
    grid = fit_grid([[centre for _, centre in row] for row in cells], columns)
    placed = tuple(
        on_grid([options for options, _ in row], [centre for _, centre in row], columns, grid)
        for row in cells
    )
    aligned = any(len(row) == columns for row in cells)
    decoded = decode_zone(layout, placed, aligned=aligned)
    texts = tuple(lines[i].text for i in chosen)
    return _Zone(decoded, tuple(rows[i] for i in chosen), texts, grid)


def _zone_rows(lines: Sequence[TextLine]) -> list[int]:
    """Numbers of the last two or three of the first run of zone-like lines."""
    like = [_zone_like(line.text) for line in lines]
    if sum(like) < 2 or not any("<<" in line.text for line in lines):
        return []
    start = like.index(True)
    end = start
    while end < len(like) and like[end]:
        end += 1
    return list(range(start, end))[-3:]


def _share(options: Options, character: str) -> float:
    """What the recogniser gives to ``character``, look-alikes that type excludes included."""
    alike = character + LOOKALIKES.get(character, "") if character in "01OI" else character
    return sum(p for c, p in options if c.upper() in alike)


_Cells = list[tuple[Options, float]]


def _cells(line: TextLine) -> _Cells:
    """Characters of a row with their centres; spaces go, a double filler becomes two."""
    cells: _Cells = []
    for options, (left, right) in zip(line.characters, line.spans, strict=True):
        if options[0][0] == " ":
            continue
        if options[0][0] == "«":
            width = right - left
            filler: Options = ((FILLER, options[0][1]),)
            cells += [(filler, left + width / 4), (filler, right - width / 4)]
            continue
        cells.append((options, (left + right) / 2))
    return cells


def _layout(cells: Sequence[_Cells]) -> MrzFormat | None:
    """The layout by number and length of the rows; visas begin with V."""
    longest = max(len(row) for row in cells)
    if len(cells) == 3:
        return MrzFormat.TD1 if 26 <= longest <= 33 else None
    visa = cells[0][0][0][0][0] == "V"
    if 33 <= longest <= 39:
        return MrzFormat.MRV_B if visa else MrzFormat.TD2
    if 40 <= longest <= 47:
        return MrzFormat.MRV_A if visa else MrzFormat.TD3
    return None


def _placed(row: Row, band: Row) -> Row:
    """A row found in the cut-out ``band``, in the picture's own coordinates."""
    (ax, ay), (bx, by), _, (dx, dy) = band.corners()
    ux, uy = (bx - ax) / max(band.width, 1e-6), (by - ay) / max(band.width, 1e-6)
    vx, vy = (dx - ax) / max(band.height, 1e-6), (dy - ay) / max(band.height, 1e-6)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x, y = point
        return (ax + ux * x + vx * y, ay + uy * x + vy * y)

    return Row(place(row.left), place(row.right), row.height)
