"""The reasons of a decision in the reader's language: the rule's sentence, with its title.

A sentence that ``sentences`` does not know, of an older release, stays English in English; other
languages show the title and the facts behind it.
"""

from __future__ import annotations

from typing import Any

from gate.web.catalogues import SOURCE
from gate.web.console.names import NAMES, name
from gate.web.console.reason_titles import reason_title
from gate.web.console.sentences import knows, tell
from gate.web.language import _, language
from gate.web.shown import number

_OF_WEIGHT = frozenset({"OVERWEIGHT_LEGAL", "WEIGHT_DIFFERS"})
_HIDDEN = frozenset({"draw", "entry", "transit", "officer"})


def reason_shown(plain: dict[str, Any]) -> dict[str, Any]:
    """A reason as pages show it: code, outcome, title, text, way, who may override."""
    text, way = plain["text"], plain["way"]
    told = tell(text)
    own = language() == SOURCE or knows(text)
    return {
        "code": plain["code"],
        "outcome": plain["outcome"],
        "title": reason_title(plain["code"]),
        "text": told if own else _in_words(plain),
        "way": _(way) if way else "",
        "override": plain["override"],
        "second": plain["second"],
    }


def _in_words(plain: dict[str, Any]) -> str:
    """The title with the facts behind it."""
    weights = plain["code"] in _OF_WEIGHT
    shown = [
        f"{name('fact', key)} {_value(key, value, weights)}"
        for key, value in plain["facts"]
        if key not in _HIDDEN and key in NAMES["fact"]
    ]
    return ": ".join(part for part in (reason_title(plain["code"]), "; ".join(shown)) if part)


def _value(key: str, value: str, weight: bool) -> str:
    if key == "role":
        return name("camera", value)
    return f"{number(int(value))} kg" if weight and value.isdecimal() else value
