"""The likeliest text that is a plate wins over the likeliest text."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.plates.alphabet import ALPHABET, SLOTS, encode
from ocr.plates.spell import spell


def logs(text: str, sure: float = 0.9, **doubts: dict[str, float]) -> np.ndarray:
    """Log-probabilities that say ``text``; ``doubts`` like s3={"8": 0.4} overrule a slot."""
    p = np.full((SLOTS, len(ALPHABET)), (1 - sure) / (len(ALPHABET) - 1))
    for slot, index in enumerate(encode(text)):
        p[slot, index] = sure
    for name, options in doubts.items():
        slot = int(name[1:])
        p[slot] = (1 - sum(options.values())) / len(ALPHABET)
        for char, value in options.items():
            p[slot, ALPHABET.index(char)] = value
    return np.log(p).astype(np.float32)


@pytest.mark.parametrize(
    "text",
    [
        "14C12345",
        "14C1234",
        "29LD12345",
        "80NG12345",
        "TM1234",
        "桂F12345",
        "桂F1234挂",
        "粤BD12345",
    ],
)
def test_clear_plates_are_spelled_as_they_are(text: str) -> None:
    spelling = spell(logs(text))

    assert spelling is not None
    assert spelling.text == text
    assert spelling.raw == text
    assert len(spelling.chars) == len(spelling.posterior) == len(text)


def test_letter_where_only_a_digit_may_stand_gives_way() -> None:
    spelling = spell(logs("14C12345", s5={"B": 0.5, "8": 0.45}))

    assert spelling is not None
    assert spelling.text == "14C12845"
    assert spelling.raw == "14C12B45"
    assert spelling.chars[5] == pytest.approx(0.45, abs=0.01)


def test_province_that_does_not_exist_gives_way_to_the_likeliest_that_does() -> None:
    spelling = spell(logs("13C12345", s1={"3": 0.6, "8": 0.35}))

    assert spelling is not None
    assert spelling.text == "18C12345"


def test_covered_character_keeps_its_doubt() -> None:
    spelling = spell(logs("14C12345", s4={}))

    assert spelling is not None
    assert spelling.chars[4] < 0.05
    assert spelling.probability < 0.05
    assert min(spelling.chars[:4]) > 0.85


def test_trial_series_comes_out_with_its_letter_d_barred() -> None:
    spelling = spell(logs("29TD12345"))

    assert spelling is not None
    assert spelling.text == "29TĐ12345"
    assert spelling.posterior[3][0][0] == "Đ"


def test_probability_counts_the_empty_slots_too() -> None:
    sure = spell(logs("14C1234"))
    odd = spell(logs("14C1234", s7={"5": 0.45, "_": 0.5}))

    assert sure is not None
    assert odd is not None
    assert odd.text == "14C1234"
    assert odd.probability < 0.6 * sure.probability
