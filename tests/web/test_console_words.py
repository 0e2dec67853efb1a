"""What core and lane say in English has its words on the console."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import gate.core.lane
from gate.app.candidates import MOST_TYPED
from gate.app.inspections import BY_REASON, TASKS, suggested
from gate.core.reasons import RULES
from gate.web.console.alarm_words import ALARMS
from gate.web.console.reason_words import TITLES, reason_shown
from gate.web.console.sentences import knows, note_words, tell
from gate.web.language import speak

LANE_SOURCES = Path(gate.core.lane.__file__).parent


@pytest.fixture(autouse=True)
def english_afterwards() -> object:
    yield
    speak("en")


def test_every_rule_has_a_title_and_every_suggestion_a_rule() -> None:
    assert sorted(set(RULES) - set(TITLES)) == []
    assert sorted(set(BY_REASON) - set(RULES)) == []
    assert {task for tasks in BY_REASON.values() for task in tasks} <= set(TASKS)
    assert suggested(()) == ("identity",)


def test_every_alarm_of_the_lane_says_what_to_do() -> None:
    raised = set()
    for path in LANE_SOURCES.glob("*.py"):
        text = path.read_text("utf-8")
        raised |= set(re.findall(r'alarm\(\s*lane,\s*"([A-Z_]+)"', text))
    assert raised
    assert sorted(raised - set(ALARMS)) == []


@pytest.mark.parametrize(
    "said",
    [
        "front plate 14C-123.45 read 97%, as declared",
        "rear plate 桂F·12345 read 80% in 3 looks, differs from the declared 14R-012.34",
        "front plate 14C-123.45 read 97%, close to the declared 14C-123.46",
        "container MSKU1234565 is close to the declared MSKU1234566",
        "released, but the barrier can't open: it is under local control",
        "the arm is open while the truck is with the officer",
        "hold is possible once the truck is with the officer",
        "302600000001 (60%) or 302600000002 (39%)",
        "plate 14C12345 is watched: case 77: see file",
    ],
)
def test_a_sentence_is_told_in_each_language_with_its_values(said: str) -> None:
    assert tell(said) == said
    values = re.findall(r"[\d.]{4,}|\d+%", said)
    for language in ("vi", "zh"):
        speak(language)
        told = tell(said)
        assert told != said
        assert all(value in told for value in values)
        speak("en")


def test_an_unknown_sentence_and_an_unknown_code_are_shown_as_they_are() -> None:
    failures = "no plate could be read (no_plate, pending)"
    assert tell(failures) == "no plate could be read (no plate found, being read)"
    speak("vi")
    assert not knows("something quite new happened")
    assert tell("something quite new happened") == "something quite new happened"
    reason = {"code": "BRAND_NEW", "outcome": "hold", "text": "something quite new", "way": "",
              "override": "officer", "second": False, "facts": [["read", "14C12345"]]}  # fmt: skip
    shown = reason_shown(reason)
    assert shown["title"] == "BRAND_NEW"
    assert "14C12345" in shown["text"]


def test_a_note_keeps_the_officers_words_and_tells_the_listed_reason() -> None:
    speak("zh")
    assert note_words("papers checked at the booth: fine: really") == (
        "已在岗亭检查证件: fine: really"
    )
    assert note_words("fine: really") == "fine: really"
    assert MOST_TYPED >= 10
