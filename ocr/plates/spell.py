"""Choose the likeliest plate that the grammar allows, given the slots' probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.plates.alphabet import ALPHABET, SLOTS
from schemas.plate_series import PATTERNS, VN_PROVINCES, Pattern, PlateKind
from schemas.plates import parse_plate

_SHOWN = 5
_LEAST = 1e-4
_INDEX = {c: i for i, c in enumerate(ALPHABET)}
_FORBIDDEN = np.float32(-1e9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A text with its evidence.

    ``text`` is a plate in normal form, ``raw`` the likeliest character of every slot.
    ``chars`` has one probability per character; ``empty`` is the probability that the slots
    after the text hold nothing. ``posterior`` gives each position's competitors, best first.
    """

    text: str
    raw: str
    country: str
    kind: PlateKind
    chars: tuple[float, ...]
    empty: float
    posterior: tuple[tuple[tuple[str, float], ...], ...]

    @property
    def probability(self) -> float:
        """Probability of the whole text, the slots taken as independent."""
        return float(np.prod(self.chars)) * self.empty


def _mask(pattern: Pattern) -> NDArray[np.bool_]:
    allowed = np.zeros((SLOTS, len(ALPHABET)), np.bool_)
    for slot in range(SLOTS):
        if slot < len(pattern.positions):
            for char in pattern.positions[slot]:
                # The network reads Đ as D; the normal form puts it back.
                index = _INDEX.get("D" if char == "Đ" else char)
                if index is not None:
                    allowed[slot, index] = True
        else:
            allowed[slot, 0] = True
    return allowed


FORMS = tuple(p for p in PATTERNS if len(p.positions) <= SLOTS)
"""The forms of a plate that the network's slots have room for."""
MASKS = np.stack([_mask(p) for p in FORMS])
"""Forms x 9 x 75: which classes a form allows in each slot."""
_CODES = np.array([[_INDEX[code[0]], _INDEX[code[1]]] for code in VN_PROVINCES])


def spell(logs: NDArray[np.float32]) -> Spelling | None:
    """Return the likeliest plate for ``logs`` (9 x 75 log-probabilities); None if none fits."""
    masked = np.where(MASKS, logs, _FORBIDDEN)
    best = masked.argmax(axis=2)
    scores = masked.max(axis=2).sum(axis=1)
    code = _CODES[(logs[0, _CODES[:, 0]] + logs[1, _CODES[:, 1]]).argmax()]
    for i, form in enumerate(FORMS):
        if form.country == "VN" and form.kind is not PlateKind.ARMY:
            scores[i] += logs[0, code[0]] + logs[1, code[1]]
            scores[i] -= masked[i, 0, best[i, 0]] + masked[i, 1, best[i, 1]]
            best[i, :2] = code
    for i in np.argsort(scores)[::-1][:6]:
        length = len(FORMS[i].positions)
        plate = parse_plate("".join(ALPHABET[c] for c in best[i, :length]))
        if plate is not None and scores[i] > _FORBIDDEN / 2:
            return _spelling(logs, best[i], length, plate.text, plate.country, plate.kind)
    return None


def _spelling(
    logs: NDArray[np.float32],
    classes: NDArray[np.int64],
    length: int,
    text: str,
    country: str,
    kind: PlateKind,
) -> Spelling:
    p = np.exp(logs)
    posterior = []
    for slot in range(length):
        order = np.argsort(p[slot])[::-1][:_SHOWN]
        chosen = [(ALPHABET[c], float(p[slot, c])) for c in order if c and p[slot, c] >= _LEAST]
        if classes[slot] not in order:
            chosen.append((ALPHABET[classes[slot]], float(p[slot, classes[slot]])))
        # The network reads Đ as D; the normal form may want it back.
        posterior.append(
            tuple((text[slot] if _bare(text[slot]) == c else c, round(q, 5)) for c, q in chosen)
        )
    raw = "".join(ALPHABET[c] for c in logs.argmax(axis=1)).rstrip("_")
    return Spelling(
        text=text,
        raw=raw,
        country=country,
        kind=kind,
        chars=tuple(float(p[s, classes[s]]) for s in range(length)),
        empty=float(np.prod(p[length:, 0])),
        posterior=tuple(posterior),
    )


def _bare(char: str) -> str:
    return "D" if char == "Đ" else char
