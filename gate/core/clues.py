"""What to ask the database for: every key under which this truck's declaration may be filed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate.core.cameras import REAR
from gate.core.normalize import SHORTEST_KEY
from schemas.plates import plate_key
from schemas.transit import Seen, SeenPlate

MOST_TEXTS = 3
"""Distinct readings of one camera place that are searched with errors; more say nothing new."""

FULL, SERIES_END = 8, 4
"""Characters of a usual plate, and where its series ends: only series vary in length."""
KEY_CHARACTERS = "0123456789EHKPU"
"""What a look-alike key of a plate is made of, but for the rare Chinese endings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """Keys to search by. ``tractors`` and ``trailers`` are look-alike keys as read;
    ``near_tractors`` and ``near_trailers`` those of one replaced, lost or added character.
    """

    tractors: tuple[str, ...] = ()
    trailers: tuple[str, ...] = ()
    near_tractors: tuple[str, ...] = ()
    near_trailers: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    number: str = ""

    @property
    def empty(self) -> bool:
        """True where there is nothing to search by."""
        return not (self.tractors or self.containers or self.documents or self.number)


def clues_of(seen: Seen) -> Clues:
    """The clues of everything seen; an officer's typed plate comes before the readings."""
    fronts = _texts(look for look in seen.plates if look.role != REAR)
    rears = _texts(look for look in seen.plates if look.role == REAR)
    if seen.corrected_plate:
        fronts = (seen.corrected_plate,)
    own, behind = _keys((*fronts, *rears)), _keys(rears)
    shown = seen.gate_pass
    return Clues(
        tractors=own,
        trailers=behind,
        near_tractors=_near(_keys(fronts or rears)),
        near_trailers=_near(behind),
        containers=seen.containers,
        documents=tuple(d.number for d in seen.documents if d.number and not d.problem),
        number=shown.declaration if shown is not None and not shown.problem else "",
    )


@lru_cache(maxsize=256)
def neighbours(key: str) -> frozenset[str]:
    """All keys at one replaced, lost or added character from ``key``, without itself."""
    return frozenset(_one_edit(key)) - {key}


def _one_edit(key: str) -> Iterator[str]:
    for at in range(len(key) + 1):
        before, behind = key[:at], key[at:]
        # Beyond this a plate that lost a character is not a full one but for two-letter series.
        lost = len(key) < FULL or at < SERIES_END
        for char in KEY_CHARACTERS:
            if lost:
                yield before + char + behind
            if behind:
                yield before + char + behind[1:]
        if behind and len(key) > SHORTEST_KEY:
            yield before + behind[1:]


def _texts(looks: Iterable[SeenPlate]) -> tuple[str, ...]:
    best: dict[str, float] = {}
    for look in looks:
        if len(plate_key(look.text)) >= SHORTEST_KEY:
            best[look.text] = max(best.get(look.text, 0.0), look.confidence)
    return tuple(sorted(best, key=lambda text: (-best[text], text))[:MOST_TEXTS])


def _keys(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plate_key(text) for text in texts))


def _near(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(frozenset().union(*(neighbours(key) for key in keys)) - set(keys)))
