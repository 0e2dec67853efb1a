"""The plates that what our network saw may stand for, each with its probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.plates.alphabet import ALPHABET
from ocr.plates.spell import FORMS, MASKS
from schemas.plate_series import PATTERNS, PlateKind
from schemas.plates import parse_plate

_CHOICES = 4
"""Characters tried at each position of a form."""
_FAR = 9.0
"""Forms whose best text is this much less likely (in log) than the best of all are left out."""
_INDEX = {c: i for i, c in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """``text`` in normal form; its first ``head`` characters are the upper line of two.

    ``log`` is the log of the probability that our slots hold just this text.
    """

    text: str
    country: str
    kind: PlateKind
    head: int
    log: float


def candidates(chars: NDArray[np.float32], most: int = 24) -> tuple[Candidate, ...]:
    """The ``most`` likeliest plates for ``chars`` (9 x 75 log-probabilities), best first."""
    best = np.where(MASKS, chars, -np.inf).max(axis=2).sum(axis=1)
    found: dict[str, Candidate] = {}
    for number in np.nonzero(best >= best.max() - _FAR)[0]:
        for text, log in _beam(chars, int(number), most):
            plate = parse_plate(text)
            if plate is None or (plate.text in found and found[plate.text].log >= log):
                continue
            found[plate.text] = Candidate(
                text=plate.text,
                country=plate.country,
                kind=plate.kind,
                head=FORMS[number].head,
                log=log,
            )
    return tuple(sorted(found.values(), key=lambda c: c.log, reverse=True)[:most])


def candidate(chars: NDArray[np.float32], text: str) -> Candidate | None:
    """``text``, which another reader wrote, as a candidate; None where the slots have no room."""
    plate = parse_plate(text)
    form = next((p for p in PATTERNS if p.accepts(text)), None)
    if plate is None or form is None or len(plate.text) > len(chars):
        return None
    classes = [_INDEX["D" if c == "Đ" else c] for c in plate.text]
    log = sum(float(chars[slot, c]) for slot, c in enumerate(classes))
    log += float(chars[len(classes) :, 0].sum())
    return Candidate(
        text=plate.text, country=plate.country, kind=plate.kind, head=form.head, log=log
    )


def _beam(chars: NDArray[np.float32], number: int, most: int) -> list[tuple[str, float]]:
    """The likeliest texts of a form."""
    length = len(FORMS[number].positions)
    beam = [("", float(chars[length:, 0].sum()))]
    for slot in range(length):
        allowed = np.nonzero(MASKS[number, slot])[0]
        order = np.argsort(chars[slot, allowed])[::-1][:_CHOICES]
        choices = [(ALPHABET[c], float(chars[slot, c])) for c in allowed[order]]
        grown = [(text + char, log + p) for text, log in beam for char, p in choices]
        beam = sorted(grown, key=lambda item: item[1], reverse=True)[: most * 2]
    return beam
