"""Sentences that the core and the lane say in English, told in the reader's language.

The record keeps them as they were said. Each stands here with its places; a sentence that none
of them fits is shown as it is.
"""

from __future__ import annotations

import re
from functools import cache

from gate.web.console.names import NAMES, name
from gate.web.language import N_, language, words

SENTENCES: tuple[str, ...] = (
    # Evidence of a candidate: gate.core.words.
    N_("%(camera)s plate %(plate)s read %(sure)s, as declared"),
    N_("%(camera)s plate %(plate)s read %(sure)s, close to the declared %(declared)s"),
    N_("%(camera)s plate %(plate)s read %(sure)s, differs from the declared %(declared)s"),
    N_("%(camera)s plate %(plate)s read %(sure)s in %(looks)s looks, as declared"),
    N_(
        "%(camera)s plate %(plate)s read %(sure)s in %(looks)s looks, "
        "close to the declared %(declared)s"
    ),
    N_(
        "%(camera)s plate %(plate)s read %(sure)s in %(looks)s looks, "
        "differs from the declared %(declared)s"
    ),
    N_("container %(number)s matches"),
    N_("container %(number)s is close to the declared %(declared)s"),
    N_("container %(number)s is not declared"),
    N_("driver's document matches"),
    N_("driver's document is not the declared driver's"),
    N_("gate pass is of this declaration"),
    N_("gate pass is of %(number)s"),
    # Why a truck is with the officer, and what alarms say: gate.core.lane.
    N_("no picture came"),
    N_("a vehicle stands at the lane but no camera sent a picture"),
    N_("no decision came in time"),
    N_("no decision could be made: %(text)s"),
    N_("the declarations could not be looked up: %(text)s"),
    N_("the lane is worked by hand"),
    N_("the lane is worked by hand by %(officer)s"),
    N_("held by %(officer)s"),
    N_("%(outcome)s: %(codes)s"),
    N_("released, but the barrier can't open: %(sentence)s"),
    N_("the barrier can't open: %(sentence)s"),
    N_("it is offline"),
    N_("it is under local control"),
    N_("its arm is %(arm)s"),
    N_("the arm is %(arm)s while the truck is with the officer"),
    N_("the arm is %(arm)s though nobody ordered it"),
    N_("the arm is %(arm)s, not closed"),
    N_("the barrier refused to open: %(text)s"),
    N_("the barrier gave no answer: %(text)s"),
    N_("the barrier did not open in time"),
    N_("the barrier went offline"),
    N_("the barrier went offline during a passage"),
    N_("the barrier is offline; it stays as it is"),
    N_("the barrier reports %(arm)s"),
    N_("the barrier reports %(arm)s during a passage"),
    N_("the barrier is well again; look at the truck"),
    N_("the arm came down again but no vehicle passed"),
    N_("the arm did not come down in time"),
    N_("a second vehicle drove in behind the released one"),
    N_(
        "a second vehicle drove in behind the released one: "
        "see who stands here and who went through"
    ),
    N_("a vehicle stands under the arm too long"),
    N_("the vehicle has stood in the gate too long"),
    N_("the truck has waited for an officer too long"),
    N_("the lane is still in fault"),
    N_("the service restarted while this truck was at the lane"),
    N_("the decision could not be stored in time"),
    N_("another truck was released on this declaration"),
    N_("%(officer)s asks for a second officer"),
    N_("the message broker was started anew: %(text)s"),
    N_("%(device)s speaks from two starts in turns: a copy of it, or started twice"),
    # Why an act changes nothing: gate.core.lane, gate.app.lane.
    N_("the act is about another truck"),
    N_("there is no fault to reset"),
    N_("there is no transit to release"),
    N_("there is no transit to end"),
    N_("there is no truck at the lane, or it is already moving"),
    N_("the lane no longer waits for a decision"),
    N_("the lane is in fault: reset it first"),
    N_("the lane is held by another process"),
    N_("%(act)s is possible once the truck is with the officer"),
    # Reasons whose words carry what an officer must read: gate.core.rules_*.
    N_("%(kind)s %(value)s is watched: %(text)s"),
    N_("%(first)s or %(second)s"),
    N_("%(number)s fits with %(sure)s, opening needs %(needed)s"),
    N_("two readers of one picture say %(text)s"),
    N_("the trailer's plate could not be read"),
    N_("no plate could be read (%(failures)s)"),
    N_("the front plate could not be read; only the rear one was"),
    N_("character %(at)s of %(plate)s is unsure (%(sure)s)"),
    N_("no declaration names %(text)s"),
    N_("no declaration could be found"),
    N_("%(sources)s agrees with the declaration, %(n)s sources are needed"),
    N_("the %(camera)s plate reads %(plate)s, declared is %(declared)s"),
    N_("the %(camera)s plate reads %(plate)s, the vehicle is declared as %(declared)s"),
    N_("the trailer is %(plate)s, declared is %(declared)s"),
    N_("container %(number)s is not declared (declared: %(text)s)"),
    N_("a vehicle with this plate stands at lane %(lane)s of %(gate)s now"),
    N_("passed lane %(lane)s only %(n)s s ago"),
    N_("went %(direction)s before and has not come back"),
    N_("the driver is not the declared %(text)s"),
    N_("refer this truck; the supervisor knows why"),
    N_("plate, declaration and clearances agree"),
    N_("the oldest picture is %(n)s s old"),
    N_("released by %(officer)s: %(note)s"),
)

_KINDS = {"plate": N_("plate"), "person": N_("person"), "firm": N_("firm"),
          "container": N_("container")}  # fmt: skip
ACTS = {
    "release": N_("release"), "hold": N_("hold"), "refer": N_("refer"),
    "turn_back": N_("turn back"), "correct_plate": N_("correct the plate"), "reset": N_("reset"),
}  # fmt: skip
_PLACE = re.compile(r"%\\\((\w+)\\\)s")
_NARROW = {"arm": r"\w+", "camera": r"\w+", "outcome": r"release|hold|refer|deny",
           "codes": r"[A-Z0-9_, ]+", "sure": r"[\d.]+%", "needed": r"[\d.]+%", "looks": r"\d+",
           "act": r"\w+", "at": r"\d+", "n": r"\d+", "kind": r"plate|person|firm|container",
           "number": r"[A-Z0-9-]+",
           "first": r"\S+ \(\d+%\)", "second": r"\S+ \(\d+%\)", "plate": r"\S+( \S+)?"}  # fmt: skip


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for sentence in SENTENCES:
        text = _PLACE.sub(lambda m: f"(?P<{m[1]}>{_NARROW.get(m[1], '.+')})", re.escape(sentence))
        found.append((re.compile(text), sentence))
    return tuple(found)


def tell(text: str) -> str:
    """The sentence in the request's language; unknown ones as they are."""
    found = _find(text)
    if found is None:
        return text
    sentence, values = found
    told = words(language()).gettext(sentence)
    return told % {place: _place(place, value) for place, value in values.items()}


def knows(text: str) -> bool:
    """Whether the sentence is one of those told here."""
    return _find(text) is not None


def _find(text: str) -> tuple[str, dict[str, str]] | None:
    for pattern, sentence in _patterns():
        matched = pattern.fullmatch(text)
        if matched is not None:
            return sentence, matched.groupdict()
    return None


def _place(place: str, value: str) -> str:
    told = words(language()).gettext
    match place:
        case "sentence":
            return tell(value)
        case "arm" | "camera" | "outcome":
            return name(place, value)
        case "act":
            return told(ACTS.get(value, value))
        case "kind":
            return told(_KINDS[value])
        case "note":
            return note_words(value)
        case "direction":
            return name(place, value)
        case "failures":
            return ", ".join(name("failure", code) for code in value.split(", "))
        case "sources":
            return ", ".join(
                name("source", part.removeprefix("the ")) for part in value.split(" and ")
            )
        case _:
            return value


def note_words(note: str) -> str:
    """A kept note: its listed reason in the reader's language, the officer's words as they are."""
    listed, colon, own = note.partition(": ")
    if listed in NAMES["why"].values():
        return words(language()).gettext(listed) + colon + own
    return note
