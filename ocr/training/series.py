"""Random plate numbers of all Vietnamese and Chinese series, with printed lines and colours.

General knowledge of the field, after the project's domain document; numbers are drawn evenly,
so that the network does not learn that one province is likely.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from ocr.plates.alphabet import DIGITS, PROVINCES

VN_PROVINCES = tuple(
    f"{n}" for n in range(11, 100) if n not in {10, 13, 42, 44, 45, 46, 87, 91, 96}
)
VN_LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
VN_DOUBLE = ("LD", "KT", "MK", "TD", "HC", "CD", "DA", "LA", "LB", "LC", "RM", "TB", "TC", "MA")
CN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
CN_ALIKE = "皖桂贵鄂鲁豫"
"""Provinces that look alike in ten pixels; 桂 is the one across the border from Móng Cái."""
CN_ALIKE_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateText:
    """What is printed: ``lines`` with separators (``-``, ``.``, ``·``) and the colour class."""

    lines: tuple[str, ...]
    country: str
    colour: str
    ink: str

    @property
    def text(self) -> str:
        """The normal form: lines joined, separators dropped."""
        return "".join(c for line in self.lines for c in line if c not in "-.·")


def _digits(rng: random.Random, n: int) -> str:
    return "".join(rng.choice(DIGITS) for _ in range(n))


def _number(rng: random.Random) -> str:
    """Four or five digits, five mostly with a dot."""
    if rng.random() < 0.3:
        digits = _digits(rng, 4)
        return f"{digits[:2]}.{digits[2:]}" if rng.random() < 0.06 else digits
    digits = _digits(rng, 5)
    return f"{digits[:3]}.{digits[3:]}" if rng.random() < 0.85 else digits


def _vn_paint(rng: random.Random) -> tuple[str, str]:
    roll = rng.random()
    if roll < 0.5:
        return "white", "black"
    if roll < 0.78:
        return ("yellow", "red") if rng.random() < 0.08 else ("yellow", "black")
    return ("blue", "white") if roll < 0.93 else ("white", "red")


def _vn_army(rng: random.Random) -> PlateText:
    letters = rng.choice("ABHKPQTV") + rng.choice("ABCDEGHKLMNPTVXY")
    number = _digits(rng, 4)
    number = f"{number[:2]}-{number[2:]}" if rng.random() < 0.8 else number
    join = rng.choice(("", "-", "."))
    lines = (letters, number) if rng.random() < 0.45 else (letters + join + number,)
    return PlateText(lines=lines, country="VN", colour="red", ink="white")


def _vn_envoy(rng: random.Random) -> PlateText:
    place, kind = rng.choice(VN_PROVINCES), rng.choice(("NG", "NN", "QT", "CV"))
    country, order = _digits(rng, 3), _digits(rng, 2)
    ink = "red" if kind in {"NG", "QT"} and rng.random() < 0.5 else "black"
    head = f"{place}-{kind}" if rng.random() < 0.6 else place + kind
    tail = f"{country}{rng.choice('-.')}{order}"
    lines = (head, tail) if rng.random() < 0.5 else (f"{head}-{tail}",)
    return PlateText(lines=lines, country="VN", colour="white", ink=ink)


def _vn_motorbike(rng: random.Random) -> PlateText:
    series = rng.choice(VN_LETTERS) + rng.choice("123456789")
    if rng.random() < 0.25:
        series = rng.choice(VN_LETTERS) + rng.choice(VN_LETTERS)
    colour, ink = _vn_paint(rng)
    lines = (f"{rng.choice(VN_PROVINCES)}-{series}", _number(rng))
    return PlateText(lines=lines, country="VN", colour=colour, ink=ink)


def vietnamese(rng: random.Random) -> PlateText:
    """One Vietnamese plate: mostly cars and trucks, also army, envoys, motorbikes."""
    roll = rng.random()
    if roll < 0.08:
        return _vn_army(rng)
    if roll < 0.14:
        return _vn_envoy(rng)
    if roll < 0.20:
        return _vn_motorbike(rng)
    series = rng.choice(VN_LETTERS)
    if rng.random() < 0.12:
        series = rng.choice(VN_DOUBLE)
    elif rng.random() < 0.10:
        series = rng.choice("RT")
    head, number = rng.choice(VN_PROVINCES) + series, _number(rng)
    colour, ink = _vn_paint(rng)
    if rng.random() < 0.5:
        return PlateText(lines=(head, number), country="VN", colour=colour, ink=ink)
    join = "-" if rng.random() < 0.85 else rng.choice(("", ".", "·"))
    return PlateText(lines=(head + join + number,), country="VN", colour=colour, ink=ink)


def _cn_tail(rng: random.Random, n: int) -> str:
    """``n`` characters: digits with up to two letters."""
    chars = [rng.choice(DIGITS) for _ in range(n)]
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        chars[rng.randrange(n)] = rng.choice(CN_LETTERS)
    return "".join(chars)


def _cn_green(rng: random.Random, head: str) -> PlateText:
    if rng.random() < 0.75:
        mark = rng.choice("DDFFABCEGHJK")
        second = rng.choice(CN_LETTERS) if rng.random() < 0.3 else rng.choice(DIGITS)
        tail = mark + second + _digits(rng, 4)
    else:
        tail = _digits(rng, 5) + rng.choice("DF")
    join = "·" if rng.random() < 0.5 else ""
    return PlateText(lines=(head + join + tail,), country="CN", colour="green", ink="black")


def chinese(rng: random.Random) -> PlateText:
    """One Chinese plate: blue, yellow of one or two lines, green, and the special endings."""
    provinces = CN_ALIKE if rng.random() < CN_ALIKE_SHARE else PROVINCES
    head = rng.choice(provinces) + rng.choice(CN_LETTERS)
    dot = "·" if rng.random() < 0.9 else ""
    roll = rng.random()
    if roll < 0.45:
        return PlateText(
            lines=(head + dot + _cn_tail(rng, 5),), country="CN", colour="blue", ink="white"
        )
    if roll < 0.62:
        return _cn_green(rng, head)
    if roll < 0.84:
        tail = _cn_tail(rng, 5) if rng.random() < 0.5 else _cn_tail(rng, 4) + rng.choice("挂挂挂学")
        split = "·" if rng.random() < 0.3 else ""
        lines: tuple[str, ...] = (head[0] + split + head[1], tail)
        if rng.random() < 0.45:
            lines = (head + dot + tail,)
        return PlateText(lines=lines, country="CN", colour="yellow", ink="black")
    if roll < 0.90:
        return PlateText(
            lines=(head + dot + _cn_tail(rng, 4) + "警",), country="CN", colour="white", ink="black"
        )
    if roll < 0.96:
        if rng.random() < 0.6:
            head, ending = "粤Z", rng.choice("港澳")
        else:
            ending = rng.choice("领使")
        tail = _cn_tail(rng, 4) + ending
        return PlateText(lines=(head + dot + tail,), country="CN", colour="black", ink="white")
    army = rng.choice("ABCEGHJKLNSVZ") + rng.choice("ABCDEFGHJKLMNOPRSTVY")
    lines = (army + dot + _digits(rng, 5),)
    return PlateText(lines=lines, country="CN", colour="white", ink="black")


def random_plate(rng: random.Random, chinese_share: float = 0.5) -> PlateText:
    """A Vietnamese or, in ``chinese_share`` of the cases, a Chinese plate."""
    return chinese(rng) if rng.random() < chinese_share else vietnamese(rng)
