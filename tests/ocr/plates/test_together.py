"""Two readers of one plate: agreement makes sure, disagreement makes doubtful."""

from __future__ import annotations

import math

import pytest

from gate.core.fuse import Look
from ocr.plates.cascade import together
from schemas.readings import Box, Reading, ReadingKind


def reading(text: str, per_character: float, engine: str = "own") -> Reading:
    """A reading with equal confidence at every position."""
    return Reading(
        kind=ReadingKind.PLATE,
        text=text,
        raw=text,
        confidence=per_character ** len(text),
        confidences=(per_character,) * len(text),
        box=Box(x=0, y=0, w=100, h=30),
        engine=engine,
        model="",
        ms=1,
        posterior=tuple(((c, per_character),) for c in text),
    )


def test_agreement_raises_the_confidence() -> None:
    one = both(reading("14C12345", 0.9), reading("14C12345", 0.95, "rapid"))

    assert one.text == "14C12345"
    assert one.confidence > 0.95**8
    assert one.confidence <= min(one.confidences)


def both(ours: Reading, theirs: Reading) -> Reading:
    """What the cascade makes of two readers."""
    one = together([Look(reading=ours, source="own"), Look(reading=theirs, source="ppocr")])
    assert one is not None
    return one


@pytest.mark.parametrize(("ours", "theirs"), [(0.9, 0.97), (0.97, 0.9)])
def test_disagreement_lowers_the_confidence_below_either(ours: float, theirs: float) -> None:
    one = both(reading("14C12345", ours), reading("14C12845", theirs, "rapid"))

    assert one.text in {"14C12345", "14C12845"}
    assert one.confidence < min(ours, theirs) ** 8 + 0.2
    assert one.confidence < 0.6
    assert ("disagree", "14C12345 14C12845") in one.detail


def test_surer_reader_wins_the_disputed_character() -> None:
    one = both(reading("14C12345", 0.6), reading("14C12845", 0.99, "rapid"))

    assert one.text == "14C12845"


def test_texts_of_different_length_are_compared_place_by_place() -> None:
    one = both(reading("14C12345", 0.97), reading("14C1345", 0.8, "rapid"))

    assert one.text == "14C12345"
    assert math.isfinite(one.confidence)
    assert one.confidence < 0.97**8


def test_one_reader_saying_it_twice_is_no_surer_than_once() -> None:
    once = reading("14C12345", 0.9, "ppocr")

    twice = together([Look(reading=once, source="ppocr")] * 2)

    assert twice is not None
    assert twice.confidence == pytest.approx(once.confidence)


def test_no_look_is_no_reading() -> None:
    assert together([]) is None
