"""What core and lane say in English has its words on the console."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from gate.app.candidates import MOST_TYPED
from gate.app.inspections import BY_REASON, TASKS, suggested
from gate.core.reasons import RULES
from gate.web.console.alarm_words import alarm_shown, alarm_title, alarm_todo
from gate.web.console.names import NAMES
from gate.web.console.reason_titles import TITLES
from gate.web.console.reason_words import reason_shown
from gate.web.console.sentences import SENTENCES, knows, note_words, tell
from gate.web.language import speak
from schemas.barrier_state import Arm
from schemas.capture import CameraRole
from schemas.commands import RefusalReason
from schemas.declarations import DeclarationStatus, Direction
from schemas.gate_pass import PassProblem
from schemas.mrz import MrzFormat
from tests.web.said_in_code import PLACE, all_kinds, all_said

_PLACES = re.compile(r"%\(\w+\)s")
SAMPLES = {
    "act": "hold", "allowed_kg": "500", "arm": "open", "at": "3", "authority": "border guard",
    "camera": "front", "codes": "FEE_UNPAID, TOO_LATE", "containers": "MSKU1234565, CSQU3054383",
    "day": "2026-11-24", "declared": "14C-123.45", "declared_kg": "12,000", "device": "CAM-1",
    "devices": "CAM-1, CAM-2", "direction": "import", "document": "identity card", "exact": "31",
    "failures": "no_plate, pending", "first": "302600000001", "gate": "CHIMA", "here": "export",
    "id": "4711", "kg": "12,600", "kind": "plate", "key": "A1", "lane": "1", "lanes": "1, 2",
    "last": "9", "looks": "3",
    "m": "7", "n": "2.0", "needed": "98.50%", "next": "released", "note": "OK",
    "number": "302600000001", "officer": "HA", "outcome": "hold", "pass": "not_yet",
    "permitted_kg": "12,000", "plate": "14C-123.45", "readings": "14C12345 or 14C12346",
    "refusal": "stale_token", "seals": "SL1, SL2", "second": "302600000002", "seen": "60",
    "sentence": "it is offline", "sources": "the front plate and the container",
    "status": "expired", "statuses": "cleared, closed", "sure": "97%", "text": "A1, B2",
    "un": "1203", "unsure": "2%", "value": "14C12345",
}  # fmt: skip
"""Something for each place of the sentences: without a word in small letters but those that
must be told too."""
ENUMERATED = {
    "arm": Arm, "camera": CameraRole, "direction": Direction, "document": MrzFormat,
    "pass": PassProblem, "refusal": RefusalReason, "status": DeclarationStatus,
}  # fmt: skip
"""Places whose values are codes of a kind, and the group of ``NAMES`` that tells them."""


def skeletons(texts: Iterator[str] | list[str]) -> set[str]:
    """Sentences with their places unnamed."""
    return {_PLACES.sub(PLACE, text) for text in texts}


@pytest.fixture(autouse=True)
def english_afterwards() -> object:
    yield
    speak("en")


def test_every_rule_has_a_title_and_every_suggestion_a_rule() -> None:
    assert sorted(set(RULES) - set(TITLES)) == []
    assert sorted(set(BY_REASON) - set(RULES)) == []
    assert {task for tasks in BY_REASON.values() for task in tasks} <= set(TASKS)
    assert suggested(()) == ("identity",)


def test_every_sentence_that_the_code_can_say_is_one_that_pages_tell() -> None:
    told = skeletons(list(SENTENCES))
    named = {word for names in NAMES.values() for pair in names.items() for word in pair}
    said = all_said()
    silent = sorted(
        f"{one.where}: {one.short!r}"
        for one in said
        if not one.whole <= told and not (one.short in told and one.parts <= told | named)
    )
    assert len(said) > 100
    assert silent == []


def test_no_sentence_is_told_that_nothing_says() -> None:
    said = {text for one in all_said() for text in (*one.whole, *one.parts, one.short)}
    assert sorted(skeletons(list(SENTENCES)) - said) == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_found_as_itself_and_leaves_no_english(sentence: str) -> None:
    said = sentence % SAMPLES
    assert knows(said)
    for language in ("vi", "zh"):
        speak(language)
        told = tell(said)
        assert told != said
        if language == "zh":
            assert re.findall(r"[a-z]{3,}", told) == []


def test_every_code_that_stands_in_a_sentence_has_its_words() -> None:
    silent = {
        f"{group}: {code.value}"
        for group, codes in ENUMERATED.items()
        for code in codes
        if code.value not in NAMES[group]
    }
    assert silent == set()


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_every_alarm_that_the_code_can_raise_has_a_title_and_says_what_to_do(kind: str) -> None:
    raised = kind.replace(PLACE, "CAM_FRONT")
    english = alarm_title(raised), alarm_todo(raised)
    assert english[1] != "look at the lane; tell the shift lead"
    for language in ("vi", "zh"):
        speak(language)
        assert alarm_title(raised) != english[0]
        assert alarm_todo(raised) != english[1]


def test_figures_in_a_sentence_are_written_as_the_reader_writes_them() -> None:
    speak("vi")
    heavy = "32,500 kg, declared are 30,000 kg (allowed 900 kg apart)"
    assert tell(heavy) == "cân được 32.500 kg, đã khai 30.000 kg (cho phép lệch 900 kg)"
    assert "hết hạn ngày 31/01/2026" in tell("the passport ended on 2026-01-31")
    assert "94,43%" in tell("302600000001 fits with 94.43%, opening needs 99.90%")


def test_alarms_of_the_statistics_name_their_camera_and_figures() -> None:
    row = dict.fromkeys(("id", "lane_id", "count", "raised_at", "last_at", "acked_at", "acked_by"))
    text = (
        "camera cam-front reads 31 of the last 60 plates exactly; 97% is usual: "
        "clean the lens and check its aim and light"
    )
    speak("vi")
    shown = alarm_shown({**row, "kind": "DIRTY_LENS_CAM_FRONT", "text": text})
    assert shown["title"] == "camera cam-front nhận dạng kém"
    assert shown["text"].startswith("camera cam-front chỉ nhận dạng đúng 31 trong 60 biển số")
    old = alarm_shown({**row, "kind": "DIRTY_LENS_CAM_FRONT", "text": "words of an older release"})
    assert old["text"] == "words of an older release"


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
