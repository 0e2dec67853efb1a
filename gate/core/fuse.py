"""Fuse several looks at one vehicle side into one reading with one probability a character.

Each look gives competing characters by position. Looks are lined up with the most confident
one, then multiplied position by position, each raised to a weight below one because looks
are not independent: a burst of one camera shares its dirt and its angle. With n looks of
pairwise correlation r the effective number is n / (1 + (n - 1) r) (L. Kish 1965, design
effect), shared out evenly. A majority of strings would throw the doubt away.

``share`` and ``pool`` are the whole of that rule; the matching (``likelihood``) adds up looks
with the same two, before it asks how well each declared plate explains them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.readings import Reading

BURST_CORRELATION = 0.6
"""Between looks of one camera: the same angle, dirt and light. A cautious setting, to be
measured at the gate."""
CAMERA_CORRELATION = 0.2
"""Between looks of different cameras or engines."""

GAP = ""
"""Stands for "no character here" where looks differ in length."""
_REST = "other"
"""Stands for any character that no look names."""

_OTHERS = 40
"""Characters that share the probability a posterior leaves out."""
_FLOOR = 1e-4
_INVENTED, _LEAST_INVENTED = 0.25, 0.005
"""Share of a character's doubt that stands for "nothing is there", and the least such doubt."""
_SHOWN = 5

Column = dict[str, float]

_ABSENT: Column = {GAP: 0.6}
"""A look without a character where another has one. Readers lose a character more easily than
they invent one (of two equal neighbours one is dropped), hence no certainty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One reading and where it came from; looks of one ``source`` count as a burst."""

    reading: Reading
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """The joint reading: as in ``Reading``, ``confidence`` is never above any character's.

    ``looks`` is how many readings went in, ``agreeing`` how many of them say ``text``.
    """

    text: str
    confidence: float
    confidences: tuple[float, ...]
    posterior: tuple[tuple[tuple[str, float], ...], ...]
    looks: int
    agreeing: int


def fuse(
    looks: Sequence[Look],
    *,
    burst_correlation: float = BURST_CORRELATION,
    camera_correlation: float = CAMERA_CORRELATION,
) -> Fused | None:
    """Fuse ``looks`` into one; None when there is none with a text.

    The order of ``looks`` does not matter. Raises ValueError for a correlation outside 0..1.
    """
    for name, value in (("burst", burst_correlation), ("camera", camera_correlation)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} correlation {value} is not between 0 and 1")
    usable = sorted((k for k in looks if k.reading.text), key=_rank)
    if not usable:
        return None
    weights = _weights(usable, burst_correlation, camera_correlation)
    bursts = [[i for i, k in enumerate(usable) if k.source == name] for name in weights]
    anchor = columns(usable[0].reading)
    rows = [_line_up(anchor, columns(k.reading)) for k in usable]
    mixed = [
        _mix([[rows[k][i] for k in burst] for burst in bursts], list(weights.values()))
        for i in range(len(anchor) * 2 + 1)
        if any(row[i] != _ABSENT for row in rows)
    ]
    return _fused(usable, mixed, [weights[k.source] for k in usable])


def share(looks: int, correlation: float) -> float:
    """How much of a look each of ``looks`` of pairwise ``correlation`` counts, 0..1."""
    return 1 / (1 + (looks - 1) * correlation)


def pool(
    looks: Sequence[Mapping[str, float]], floors: Sequence[float], weight: float
) -> tuple[dict[str, float], float]:
    """Add up what the looks of one burst say of one position, each counting ``weight``.

    ``looks`` give logs of probabilities by character, ``floors`` the log of any character that a
    look does not name. Returns the same for all of them. Pools of several bursts add up.
    """
    floor = weight * sum(floors)
    column: dict[str, float] = {}
    for look, low in zip(looks, floors, strict=True):
        for char, value in look.items():
            column[char] = column.get(char, floor) + weight * (value - low)
    return column, floor


def columns(reading: Reading) -> list[Column]:
    """The reading's posterior by position; from its confidences where it has none."""
    if len(reading.posterior) == len(reading.text):
        return [
            {char: max(p, _FLOOR)} | {c: p for c, p in options if c != char}
            for char, p, options in zip(
                reading.text, reading.confidences, reading.posterior, strict=True
            )
        ]
    return [{c: p} for c, p in zip(reading.text, reading.confidences, strict=True)]


def _rank(look: Look) -> tuple[object, ...]:
    """Surest first; a total order, so that the first one does not depend on the order given."""
    r = look.reading
    return (-r.confidence, r.text, look.source, r.confidences, r.posterior)


def _weights(looks: Sequence[Look], burst: float, camera: float) -> dict[str, float]:
    """Exponent of a look of each source; over all looks they add up to the effective number."""
    sources = sorted({k.source for k in looks})
    between = share(len(sources), camera)
    return {name: between * share(sum(k.source == name for k in looks), burst) for name in sources}


def _probability(column: Mapping[str, float], char: str) -> float:
    """Probability of ``char``: as listed, else an even share of what the list leaves."""
    if char in column:
        return max(column[char], _FLOOR)
    left = max(1.0 - sum(column.values()), 0.0)
    if char == GAP:
        return max(left * _INVENTED, _LEAST_INVENTED)
    return max(left / _OTHERS, _FLOOR)


def _line_up(anchor: Sequence[Column], other: Sequence[Column]) -> list[Column]:
    """``other`` laid along ``anchor``: gap, position, gap, position, ... gap columns.

    Even places hold a character that ``anchor`` lacks there (at most one each), odd places
    the character opposite to an anchor position; what is absent is ``_ABSENT``.
    """
    n, m = len(anchor), len(other)
    gap_cost = 4.0
    cost = [[0.0] * (m + 1) for _ in range(n + 1)]
    step = [["" for _ in range(m + 1)] for _ in range(n + 1)]
    for i in range(n + 1):
        for j in range(m + 1):
            ways = []
            if i and j:
                same = sum(p * _probability(other[j - 1], c) for c, p in anchor[i - 1].items())
                ways.append((cost[i - 1][j - 1] - math.log(max(same, _FLOOR)), "both"))
            if i:
                ways.append((cost[i - 1][j] + gap_cost, "anchor"))
            if j:
                ways.append((cost[i][j - 1] + gap_cost, "other"))
            if ways:
                cost[i][j], step[i][j] = min(ways)
    row: list[Column] = [dict(_ABSENT) for _ in range(2 * n + 1)]
    i, j = n, m
    while i or j:
        move = step[i][j]
        if move == "both":
            row[2 * i - 1] = dict(other[j - 1])
        elif move == "other":
            row[2 * i] = dict(other[j - 1])
        i -= move in ("both", "anchor")
        j -= move in ("both", "other")
    return row


def _mix(bursts: Sequence[Sequence[Column]], weights: Sequence[float]) -> Column:
    """Product of the looks' probabilities with exponents, over all characters any look names."""
    names = sorted({c for burst in bursts for look in burst for c in look})
    logs = dict.fromkeys((*names, _REST), 0.0)
    for burst, weight in zip(bursts, weights, strict=True):
        said = [{c: math.log(_probability(k, c)) for c in names} | _rest(k) for k in burst]
        # Every look names every character here: the floors do not come in.
        column, _ = pool(said, [0.0] * len(said), weight)
        logs = {c: logs[c] + column[c] for c in logs}
    top = max(logs[c] for c in names)
    odds = {c: math.exp(v - top) for c, v in logs.items()}
    total = sum(odds[c] for c in names) + _OTHERS * odds[_REST]
    return {c: odds[c] / total for c in names}


def _rest(look: Column) -> Column:
    """Log of the even share of each character that no look names."""
    return {_REST: math.log(max((1.0 - min(sum(look.values()), 1.0)) / _OTHERS, _FLOOR / _OTHERS))}


def _fused(looks: Sequence[Look], mixed: Sequence[Column], weights: Sequence[float]) -> Fused:
    text, confidences, posterior, silent = "", [], [], 1.0
    for column in mixed:
        ranked = sorted(column.items(), key=lambda item: (-item[1], item[0]))
        char, p = ranked[0]
        if char == GAP:
            silent *= p
            continue
        text += char
        confidences.append(p)
        posterior.append(tuple((c, round(q, 5)) for c, q in ranked[:_SHOWN] if c != GAP))
    # What each look doubts beyond its characters (is it a plate at all?), averaged by weight.
    doubts = [_beyond(k.reading) for k in looks]
    whole = sum(d * w for d, w in zip(doubts, weights, strict=True)) / sum(weights)
    joint = math.prod(confidences) * silent * whole
    return Fused(
        text=text,
        confidence=min(joint, *confidences) if confidences else 0.0,
        confidences=tuple(confidences),
        posterior=tuple(posterior),
        looks=len(looks),
        agreeing=sum(k.reading.text == text for k in looks),
    )


def _beyond(reading: Reading) -> float:
    """The part of a reading's doubt that its characters do not explain, 0..1."""
    product = math.prod(reading.confidences)
    return min(1.0, reading.confidence / product) if product > 0 else 0.0
