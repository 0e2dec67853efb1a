"""What the texts of a zone's rows say: whether they are a zone's, its layout, and its content.

Pure functions over lines that a recogniser read; finding rows is ``ocr.documents.zone``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.documents.grid import fit_grid, on_grid
from ocr.documents.zone import Row
from ocr.engines.lines import Options, TextLine
from schemas.mrz import FieldStatus
from schemas.mrz_decode import LOOKALIKES, DecodedZone, decode_zone
from schemas.mrz_layout import ALLOWED, FILLER, SHAPES, FieldPlace, MrzFormat, check_digit

_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
# Mean probability of a row's characters above which it is taken as read the right way up.
_LEGIBLE = 0.85
# What the second recogniser must give each character of a verified field, but for so many.
_SEEN_TOO = 0.3
_MOST_UNSEEN = 1


@dataclass(frozen=True, slots=True)
class Zone:
    """A decoded zone: where its rows are, what was read in them, and the grid they share."""

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
        sure = [p for row in self.decoded.confidences for p in row]
        return passed - failed + sum(sure) / len(sure)


def zone_like(text: str) -> bool:
    """Whether a row reads like a zone's: its characters only, and fillers or many digits."""
    bare = text.replace(" ", "").replace("«", "<<").upper()
    if len(bare) < 18:
        return False
    good = sum(c in _CHARACTERS for c in bare) / len(bare)
    marks = bare.count(FILLER) >= 2 or sum(c.isdigit() for c in bare) >= 10
    return good > 0.85 and marks


def maybe_zone(line: TextLine) -> bool:
    """Whether a row's text is mostly a zone's characters without the spaces of words."""
    text = line.text
    if len(text) < 12:
        return False
    good = sum(c in _CHARACTERS for c in text) / len(text)
    return good > 0.7 and text.count(" ") <= 3


def is_print(line: TextLine) -> bool:
    """Whether a row is clearly legible and no zone, so that turning it round is no use."""
    tops = [options[0][1] for options in line.characters]
    if len(tops) < 8 or sum(tops) / len(tops) < _LEGIBLE:
        return False
    small = sum(c.islower() for c in line.text) / len(tops)
    return small > 0.25 or line.text.strip().count(" ") >= 2


def zone_of(rows: Sequence[Row], lines: Sequence[TextLine]) -> Zone | None:
    """Decode the run of zone-like rows; None when there is none or it has no layout."""
    chosen = zone_rows(lines)
    cells = [cells_of(lines[i]) for i in chosen]
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
    return Zone(decoded, tuple(rows[i] for i in chosen), texts, grid)


def zone_rows(lines: Sequence[TextLine]) -> list[int]:
    """Numbers of the last two or three of the first run of zone-like lines."""
    like = [zone_like(line.text) for line in lines]
    long = all(len(line.text) >= 28 and " " not in line.text for line in lines)
    if sum(like) < 2 or not (long or any("<<" in line.text for line in lines)):
        return []
    start = like.index(True)
    end = start
    while end < len(like) and like[end]:
        end += 1
    return list(range(start, end))[-3:]


def disputed(place: FieldPlace, line: str, placed: Sequence[Options]) -> bool:
    """Whether the other recogniser's characters, one or all, make another text that passes.

    Characters that it hardly saw at all are a dispute as well.
    """
    text = line[place.start : place.end]
    digit = line[place.check]
    tops = [placed[i][0][0].upper() for i in range(place.start, place.end)]
    other = [
        top if top in ALLOWED[place.alphabet] else own for top, own in zip(tops, text, strict=True)
    ]
    singles = [text[:i] + c + text[i + 1 :] for i, c in enumerate(other) if c != text[i]]
    whole = "".join(other)
    if any(
        candidate != text and check_digit(candidate) == digit for candidate in (whole, *singles)
    ):
        return True
    seen = [_share(placed[place.start + i], c) for i, c in enumerate(text)]
    return sum(p < _SEEN_TOO for p in seen) > _MOST_UNSEEN


def _share(options: Options, character: str) -> float:
    """What the recogniser gives to ``character`` or a look-alike of it."""
    alike = character + LOOKALIKES.get(character, "")
    return sum(p for c, p in options if c.upper() in alike)


Cells = list[tuple[Options, float]]


def cells_of(line: TextLine) -> Cells:
    """Characters of a row with their centres; spaces go, a double filler becomes two."""
    cells: Cells = []
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


def _layout(cells: Sequence[Cells]) -> MrzFormat | None:
    """The layout by number and length of the rows; visas begin with V."""
    longest = max(len(row) for row in cells)
    if len(cells) == 3:
        return MrzFormat.TD1 if 26 <= longest <= 33 else None
    visa = cells[0][0][0][0][0].upper() == "V"
    if 33 <= longest <= 39:
        return MrzFormat.MRV_B if visa else MrzFormat.TD2
    if 40 <= longest <= 47:
        return MrzFormat.MRV_A if visa else MrzFormat.TD3
    return None
