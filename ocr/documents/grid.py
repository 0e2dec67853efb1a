"""Put the characters of a zone's row on its grid: all characters are equally wide.

A recogniser merges or drops some of many equal fillers, but it knows where each character
stood; an empty place in the grid is a filler.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.mrz_decode import Choices
from schemas.mrz_layout import FILLER

_SKIP_CHARACTER = 0.6
_SKIP_COLUMN = 0.02
_EMPTY: Choices = ((FILLER, 0.6),)
_BETWEEN_FILLERS: Choices = ((FILLER, 0.95),)


def on_grid(
    characters: Sequence[Choices], centres: Sequence[float], columns: int, grid: tuple[float, float]
) -> tuple[Choices, ...]:
    """Assign characters to ``columns`` places; ``grid`` is the first centre and the pitch.

    ``centres`` are in the same unit as ``grid``. Order is kept; the assignment with the least
    squared distance wins, where places may stay empty and characters may be dropped.
    """
    if len(characters) == columns:
        return tuple(characters)
    first, pitch = grid
    n, m = len(characters), columns
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for j in range(m + 1):
        best[0][j] = j * _SKIP_COLUMN
    for i in range(1, n + 1):
        best[i][0] = i * _SKIP_CHARACTER
        for j in range(1, m + 1):
            distance = (centres[i - 1] - first) / pitch - (j - 1)
            best[i][j] = min(
                best[i - 1][j - 1] + distance * distance,
                best[i][j - 1] + _SKIP_COLUMN,
                best[i - 1][j] + _SKIP_CHARACTER,
            )
    placed: list[Choices | None] = [None] * m
    i, j = n, m
    while i and j:
        distance = (centres[i - 1] - first) / pitch - (j - 1)
        if best[i][j] == best[i - 1][j - 1] + distance * distance:
            placed[j - 1] = characters[i - 1]
            i, j = i - 1, j - 1
        elif best[i][j] == best[i][j - 1] + _SKIP_COLUMN:
            j -= 1
        else:
            i -= 1
    return tuple(cell or _filled(placed, k) for k, cell in enumerate(placed))


def fit_grid(rows: Sequence[Sequence[float]], columns: int) -> tuple[float, float]:
    """First centre and pitch that suit the rows' character centres best.

    Rows with exactly ``columns`` characters decide by least squares; without one, the zone's
    ends do (0 and 1 in the unit of the centres, less the margins).
    """
    whole = [row for row in rows if len(row) == columns]
    if not whole:
        firsts = min((row[0] for row in rows if row), default=0.0)
        lasts = max((row[-1] for row in rows if row), default=1.0)
        return firsts, max((lasts - firsts) / (columns - 1), 1e-6)
    mean = (columns - 1) / 2
    spread = sum((i - mean) ** 2 for i in range(columns)) * len(whole)
    pitch = sum((i - mean) * x for row in whole for i, x in enumerate(row)) / spread
    centre = sum(sum(row) for row in whole) / (columns * len(whole))
    return centre - pitch * mean, max(pitch, 1e-6)


def _filled(placed: Sequence[Choices | None], k: int) -> Choices:
    around = [placed[i] for i in (k - 1, k + 1) if 0 <= i < len(placed)]
    fillers = all(cell is None or cell[0][0] == FILLER for cell in around)
    return _BETWEEN_FILLERS if fillers else _EMPTY
