"""A reader that errs as ours does: looks at plates with its counted confusions and its doubt.

How often a plate is read exactly is a setting (95 %, the condition of the figures). What happens
to the others, and how sure the reader is, is drawn from what our reader did with 12,000 drawn
plates (``confusions``, ``reader_errors.json``): not read at all, a character lost, or the wrong
characters of one real misreading with the probabilities that the reader gave. Only that an error
repeats in the next look of the same camera is a setting of practice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from random import Random
from uuid import UUID

from bench.core.confusions import ERRORS
from schemas.plates import parse_plate
from schemas.transit import SeenPlate

EXACT = 0.95
REPEATS = 0.5
"""How often an error in one look is in the next look of the same camera too."""
TRIES = 60
"""Misreadings tried until one fits the plate: not every plate has the character it confuses."""
PLAIN = (0.985, 0.9995)
"""How sure the reader is of the characters that it does not doubt."""

Doubts = dict[int, tuple[float, str, float]]
"""By position: the probability of what was read, the rival, the rival's probability."""


@dataclass(frozen=True, slots=True)
class Errors:
    """What the reader did with drawn plates; see ``bench.core.confusions.Tally``."""

    unread: int
    lost: str
    other: int
    wrong: tuple[tuple[float, tuple[tuple[str, str, float, float], ...]], ...]
    right: tuple[tuple[float, str, float, str, float], ...]


@cache
def counted() -> Errors:
    """The errors on record."""
    found = json.loads(ERRORS.read_text("utf-8"))
    return Errors(
        unread=found["unread"], lost=found["lost"], other=found["other"] + len(found["added"]),
        wrong=tuple((sure, tuple(map(tuple, errors))) for sure, errors in found["wrong"]),
        right=tuple(map(tuple, found["right"])),
    )  # fmt: skip


class Reader:
    """Draws looks. ``exact`` is the plate read rate."""

    def __init__(self, rng: Random, exact: float = EXACT) -> None:
        self._rng = rng
        self._exact = exact
        self._errors = counted()
        self._captures = 0

    def looks(self, role: str, plate: str, most: int) -> tuple[SeenPlate, ...]:
        """Up to ``most`` looks of one camera. Dirt and angle are shared: an error (or a look
        that reads nothing) repeats in the next look with probability ``REPEATS``.
        """
        made: list[SeenPlate] = []
        last: SeenPlate | None = self.look(role, plate)
        for n in range(most):
            if n and not ((last is None or last.text != plate) and self._rng.random() < REPEATS):
                last = self.look(role, plate)
            elif n and last is not None:
                last = self._same(last)
            if last is not None:
                made.append(last)
        return tuple(made)

    def look(self, role: str, plate: str) -> SeenPlate | None:
        """One look, or None where nothing could be read."""
        if self._rng.random() <= self._exact:
            return self._right(role, plate)
        errors = self._errors
        weights = (errors.unread, len(errors.wrong), len(errors.lost), errors.other)
        (kind,) = self._rng.choices(("unread", "wrong", "lost", "other"), weights)
        if kind == "wrong":
            return self._wrong(role, plate)
        if kind == "unread":
            return None
        return self._shorter(role, plate, 1 if kind == "lost" else 2)

    def _right(self, role: str, plate: str) -> SeenPlate:
        """Read exactly, with one character doubted as a real right reading doubted it."""
        rng = self._rng
        for _ in range(TRIES):
            sure, char, given, rival, rest = rng.choice(self._errors.right)
            places = [at for at, c in enumerate(plate) if c == char]
            if places:
                doubts = {rng.choice(places): (given, rival, rest)}
                return self._made(role, plate, doubts, sure)
        return self._made(role, plate, {}, 0.98)

    def _wrong(self, role: str, plate: str) -> SeenPlate | None:
        """Read as a real misreading of a plate with these characters."""
        rng = self._rng
        for _ in range(TRIES):
            sure, errors = rng.choice(self._errors.wrong)
            text, doubts = plate, {}
            for true, read, given, rest in errors:
                places = [at for at, c in enumerate(plate) if c == true and at not in doubts]
                if not places:
                    break
                at = rng.choice(places)
                text = text[:at] + read + text[at + 1 :]
                doubts[at] = (given, true if rest else "", rest)
            else:
                if parse_plate(text) is not None:
                    return self._made(role, text, doubts, sure)
        return None

    def _shorter(self, role: str, plate: str, lost: int) -> SeenPlate | None:
        """Read with characters missing; the grammar of the reader lets only plates through."""
        rng = self._rng
        for _ in range(TRIES):
            text = plate
            for _ in range(lost):
                at = 0 if not text[0].isascii() else rng.randrange(len(text))
                text = text[:at] + text[at + 1 :]
            if parse_plate(text) is not None:
                return self._made(role, text, {}, rng.choice(self._errors.wrong)[0])
        return None

    def _same(self, look: SeenPlate) -> SeenPlate:
        self._captures += 1
        return SeenPlate(
            capture=UUID(int=self._captures), role=look.role, text=look.text,
            confidence=look.confidence, characters=look.characters, engine=look.engine,
        )  # fmt: skip

    def _made(self, role: str, text: str, doubts: Doubts, confidence: float) -> SeenPlate:
        characters = []
        for at, char in enumerate(text):
            sure, rival, rest = doubts.get(at, (self._rng.uniform(*PLAIN), "", 0.0))
            characters.append(((char, sure), *(((rival, rest),) if rival else ())))
        self._captures += 1
        return SeenPlate(
            capture=UUID(int=self._captures), role=role, text=text, confidence=confidence,
            characters=tuple(characters), engine="simulated",
        )  # fmt: skip
