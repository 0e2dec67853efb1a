"""A reader that errs: looks at plates with the confusions and the doubt of a real one.

The model: a whole plate is read exactly with probability ``exact``; of the rest, a share is
not read at all, the others carry one wrong character (seldom two), a look-alike eight times
in ten. A reader mostly doubts its errors: the wrong character keeps the true one beside it
with a probability drawn so that a stated p is right about p of the time; one error in ten is
made with full confidence. These shares are settings, not measurements of our reader.
"""

from __future__ import annotations

from random import Random
from uuid import UUID

from schemas.plates import LOOKALIKES
from schemas.transit import SeenPlate

EXACT = 0.95
UNREAD = 0.4
"""Of the plates not read exactly, the share that gives no reading."""
CONFIDENT = 0.1
"""Of the wrong characters, the share that the reader does not doubt."""
REPEATS = 0.5
"""How often an error in one look is in the next look of the same camera too."""
DIGITS = "0123456789"


class Reader:
    """Draws looks. ``exact`` is the plate read rate."""

    def __init__(self, rng: Random, exact: float = EXACT, confident: float = CONFIDENT) -> None:
        self._rng = rng
        self._exact = exact
        self._confident = confident
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
        rng = self._rng
        text, doubts = plate, {}
        if rng.random() > self._exact:
            if rng.random() < UNREAD:
                return None
            for at in rng.sample(range(len(plate)), 2 if rng.random() < 0.1 else 1):
                wrong = self._confused(plate[at])
                text = text[:at] + wrong + text[at + 1 :]
                sure = rng.uniform(0.95, 0.999) if rng.random() < self._confident else (
                    rng.uniform(0.35, 0.95))  # fmt: skip
                doubts[at] = (sure, plate[at])
        elif rng.random() < 0.06:
            # Right, but doubted: what makes the stated probabilities hold on average.
            at = rng.randrange(len(plate))
            doubts[at] = (rng.uniform(0.5, 0.97), self._confused(plate[at]))
        return self._made(role, text, doubts)

    def _same(self, look: SeenPlate) -> SeenPlate:
        self._captures += 1
        return SeenPlate(
            capture=UUID(int=self._captures), role=look.role, text=look.text,
            confidence=look.confidence, characters=look.characters, engine=look.engine,
        )  # fmt: skip

    def _made(self, role: str, text: str, doubts: dict[int, tuple[float, str]]) -> SeenPlate:
        characters, least = [], 1.0
        for at, char in enumerate(text):
            sure, other = doubts.get(at, (self._rng.uniform(0.985, 0.9995), ""))
            least = min(least, sure)
            rest = ((other, (1 - sure) * 0.9),) if other else ()
            characters.append(((char, sure), *rest))
        self._captures += 1
        return SeenPlate(
            capture=UUID(int=self._captures), role=role, text=text, confidence=least * 0.99,
            characters=tuple(characters), engine="simulated",
        )  # fmt: skip

    def _confused(self, char: str) -> str:
        alike = [c for c in LOOKALIKES.get(char, "") if (c in DIGITS) == (char in DIGITS)]
        if alike and self._rng.random() < 0.8:
            return self._rng.choice(alike)
        pool = DIGITS if char in DIGITS else "ABCDEFGHKLMNPSTUVXYZ"
        return self._rng.choice([c for c in pool if c != char])
