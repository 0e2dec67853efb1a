"""Counting our reader's errors, the two files that come of it, the reader simulated from them."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass
from random import Random

from bench.core.confusions import ERRORS, Tally
from bench.core.looks import Reader, counted
from gate.core.confusion_counts import CHARACTERS, COUNTS
from schemas.plates import parse_plate


@dataclass(frozen=True)
class Read:
    """As much of a reading as counting looks at."""

    text: str
    confidence: float = 0.8
    posterior: tuple[tuple[tuple[str, float], ...], ...] = ()

    @property
    def confidences(self) -> tuple[float, ...]:
        return (0.9,) * len(self.text)


def certain(text: str, at: int, *listed: tuple[str, float]) -> Read:
    """A reading that lists ``listed`` at one place and is sure of the others."""
    plain: list[tuple[tuple[str, float], ...]] = [((c, 0.99),) for c in text]
    plain[at] = listed
    return Read(text, posterior=tuple(plain))


def test_each_reading_is_counted_as_what_it_is() -> None:
    tally, truth = Tally(), "14C12345"
    tally.note(truth, None)
    tally.note(truth, certain(truth, 4, ("2", 0.6), ("Z", 0.3), ("7", 0.1)))
    tally.note(truth, certain("14C12845", 5, ("8", 0.7), ("3", 0.2)))
    tally.note(truth, Read("14C1235"))
    tally.note(truth, Read("14C123455"))
    tally.note(truth, Read("14C1"))

    assert (tally.plates, tally.unread, tally.exact, tally.other) == (6, 1, 1, 1)
    assert (tally.lost, tally.added) == (["4"], ["5"])
    assert tally.wrong == [(0.8, [("3", "8", 0.7, 0.2)])]
    assert tally.right == [(0.8, "2", 0.6, "Z", 0.3)]
    assert tally.characters == 2 * len(truth)


def test_parts_counted_by_several_processes_add_up() -> None:
    one, other = Tally(), Tally()
    one.note("14C12345", Read("14C12346"))
    other.note("14C12345", None)
    other.note("14C12345", Read("14C12345"))
    one.add(other)

    assert (one.plates, one.unread, one.exact, len(one.wrong), len(one.right)) == (3, 1, 1, 1, 1)
    assert one.right == [(0.8, "1", 0.9, "", 0.0)]
    assert one.wrong == [(0.8, [("5", "6", 0.9, 0.0)])]


def test_both_files_on_record_are_of_the_same_pictures() -> None:
    errors = json.loads(ERRORS.read_text("utf-8"))
    pairs = Counter((read, true) for _, found in errors["wrong"] for true, read, *_ in found)

    assert pairs == COUNTS
    assert sum(COUNTS.values()) < 0.01 * CHARACTERS
    told = errors["unread"] + len(errors["wrong"]) + len(errors["lost"]) + len(errors["added"])
    assert errors["exact"] + told + errors["other"] == errors["plates"]
    assert set(errors["provenance"]) >= {"reader", "model", "plates", "day", "drawn"}


def test_the_simulated_reader_errs_as_often_as_asked_and_as_ours_does() -> None:
    reader, plate = Reader(Random(5), exact=0.8), "14C12345"
    looks = [reader.look("front", plate) for _ in range(4_000)]
    texts = Counter(look.text if look else "" for look in looks)
    wrong = [look for look in looks if look and look.text != plate]
    pairs = {
        (read, true)
        for look in wrong
        if len(look.text) == len(plate)
        for read, true in zip(look.text, plate, strict=True)
        if read != true
    }

    assert 0.77 < texts[plate] / len(looks) < 0.83
    assert texts[""] > 0
    assert all(parse_plate(look.text) is not None for look in wrong)
    assert pairs
    assert pairs <= set(COUNTS)
    confidences = {sure for sure, _ in counted().wrong}
    assert {look.confidence for look in wrong} <= confidences


def test_what_is_wrong_in_one_look_is_often_wrong_in_the_next() -> None:
    reader = Reader(Random(6), exact=0.5)
    runs = [reader.looks("front", "14C12345", 4) for _ in range(300)]
    same = sum(
        one.text == other.text and one.capture != other.capture
        for run in runs for one, other in itertools.pairwise(run)
        if one.text != "14C12345"
    )  # fmt: skip

    assert same > 30
