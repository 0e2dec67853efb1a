"""Sentences that the core and the lane say in English, told in the reader's language.

The record keeps them as they were said: a decision is replayed word for word, and the audit
binds it. Each stands in ``lane_sentences`` or ``reason_sentences`` with its places; a sentence
that none of them fits is shown as it is. Tests look up in the source what can be said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache

from gate.web.audit.fault_sentences import FAULTS
from gate.web.console.lane_sentences import CALLS, IGNORED
from gate.web.console.names import NAMES, name
from gate.web.console.reason_sentences import EVIDENCE, REASONS
from gate.web.console.reason_titles import reason_title
from gate.web.language import N_, language, words
from gate.web.shown import day, number

SENTENCES: tuple[str, ...] = (*EVIDENCE, *CALLS, *IGNORED, *REASONS, *FAULTS)
_KINDS = {"plate": N_("plate"), "person": N_("person"), "firm": N_("firm"),
          "container": N_("container")}  # fmt: skip
ACTS = {
    "release": N_("release"), "hold": N_("hold"), "refer": N_("refer"),
    "turn_back": N_("turn back"), "correct_plate": N_("correct the plate"), "reset": N_("reset"),
}  # fmt: skip
_OR = N_("or")
_PLACE = re.compile(r"%\\\((\w+)\\\)s")
_SHARE, _COUNT, _DAY, _KG = r"[\d.]+%", r"[\d.]+", r"\d{4}-\d\d-\d\d", r"[\d,]+"
_NARROW = {
    "act": r"\w+", "arm": r"\w+", "at": r"\d+", "authority": r"customs|border guard|quarantine",
    "camera": r"\w+", "codes": r"[A-Z0-9_, ]+", "containers": r"[A-Z0-9][A-Z0-9, -]*",
    "day": _DAY, "direction": r"\w+", "document": r"[\w-]+( [\w-]+)?", "exact": r"\d+",
    "here": r"\w+", "kind": r"plate|person|firm|container", "last": r"\d+", "looks": r"\d+",
    "m": _COUNT, "n": _COUNT, "needed": _SHARE, "next": r"\w+", "number": r"[A-Z0-9-]+",
    "first": r"\S+", "outcome": r"release|hold|refer|deny", "plate": r"\S+( \S+)?",
    "second": r"\S+", "seen": r"\d+", "status": r"\w+", "sure": _SHARE,
    "un": r"\w+", "unsure": _SHARE,
    "kg": _KG, "permitted_kg": _KG, "declared_kg": _KG, "allowed_kg": _KG,
}  # fmt: skip
"""What may stand in a place; anything where it is not listed."""


def tell(text: str) -> str:
    """The sentence in the request's language; unknown ones as they are."""
    found = _find(text)
    if found is None:
        return text
    sentence, values = found
    told = words(language()).gettext(sentence)
    return told % {place: _place(place, value) for place, value in values}


def knows(text: str) -> bool:
    """Whether the sentence is one of those told here."""
    return _find(text) is not None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for sentence in SENTENCES:
        text = _PLACE.sub(lambda m: f"(?P<{m[1]}>{_NARROW.get(m[1], '.+')})", re.escape(sentence))
        found.append((re.compile(text), sentence))
    return tuple(found)


@lru_cache(maxsize=4096)
def _find(text: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """The sentence of a text, and what stands in its places."""
    for pattern, sentence in _patterns():
        matched = pattern.fullmatch(text)
        if matched is not None:
            return sentence, tuple(matched.groupdict().items())
    return None


def _place(place: str, value: str) -> str:
    """What stands in a place, as the reader writes it."""
    told = _PLACES.get(place)
    return value if told is None else told(value)


def _named(group: str) -> Callable[[str], str]:
    """Codes of a group, also where the sentence wrote their underscores as spaces."""

    def told(value: str) -> str:
        known = value in NAMES[group]
        return name(group, value if known else value.replace(" ", "_"))

    return told


def _listed(group: str, joint: str = ", ") -> Callable[[str], str]:
    return lambda value: ", ".join(name(group, part) for part in value.split(joint))


def _sources(value: str) -> str:
    return ", ".join(name("source", part.removeprefix("the ")) for part in value.split(" and "))


def _readings(value: str) -> str:
    """Texts that readers gave, joined by "or" as the sentence does."""
    return f" {words(language()).gettext(_OR)} ".join(value.split(" or "))


def _share(value: str) -> str:
    """A percentage with the reader's decimal sign, as exact as it was said."""
    digits = len(value.rstrip("%").partition(".")[2])
    return f"{number(float(value.rstrip('%')), digits)}%"


def _weight(value: str) -> str:
    return number(int(value.replace(",", "")))


def note_words(note: str) -> str:
    """A kept note: its listed reason in the reader's language, the officer's words as they are."""
    listed, colon, own = note.partition(": ")
    if listed in NAMES["why"].values():
        return words(language()).gettext(listed) + colon + own
    return note


_PLACES: dict[str, Callable[[str], str]] = {
    "sentence": tell,
    "note": note_words,
    "act": lambda value: words(language()).gettext(ACTS.get(value, value)),
    "kind": lambda value: words(language()).gettext(_KINDS[value]),
    "arm": _named("arm"), "authority": _named("authority"), "camera": _named("camera"),
    "direction": _named("direction"), "here": _named("direction"),
    "document": _named("document"), "next": _named("status"), "outcome": _named("outcome"),
    "pass": _named("pass"), "refusal": _named("refusal"), "status": _named("status"),
    "codes": lambda value: ", ".join(map(reason_title, value.split(", "))),
    "failures": _listed("failure"), "statuses": _listed("status"), "sources": _sources,
    "readings": _readings,
    "sure": _share, "needed": _share, "unsure": _share,
    "day": lambda value: day(date.fromisoformat(value)),
    "kg": _weight, "permitted_kg": _weight, "declared_kg": _weight, "allowed_kg": _weight,
}  # fmt: skip
