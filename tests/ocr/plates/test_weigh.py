"""Two readers weigh every candidate together: what both find possible beats what one writes."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.engines.likelihood import text_logs
from ocr.plates.candidates import candidate, candidates
from ocr.plates.locate import Located
from ocr.plates.recognise import Slots
from ocr.plates.sight import judge
from ocr.plates.spell import spell
from ocr.plates.weigh import seen, weighed
from tests.ocr.plates.test_spell import logs

CLASSES = {"K": 1, "7": 2, "-": 3}
COLUMNS = st.lists(
    st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4), min_size=2, max_size=5
).map(lambda rows: np.float32([[v / sum(row) for v in row] for row in rows]))


def brute_force(columns: np.ndarray, text: str) -> float:
    """Probability of ``text``: all paths of classes that collapse to it, added up."""
    names = {0: "", 1: "K", 2: "7", 3: ""}
    folded = columns.copy()
    folded[:, 0] += folded[:, 3]
    total = 0.0
    for path in itertools.product(range(3), repeat=len(columns)):
        collapsed = "".join(names[k] for k, _ in itertools.groupby(path))
        if collapsed == text:
            total += math.prod(float(folded[i, k]) for i, k in enumerate(path))
    return total


@given(COLUMNS, st.lists(st.text("K7", min_size=1, max_size=3), min_size=1, max_size=4))
def test_likelihood_is_the_sum_over_all_ways_to_spell_the_text(
    columns: np.ndarray, texts: list[str]
) -> None:
    for log, text in zip(text_logs(columns, CLASSES, texts), texts, strict=True):
        assert math.exp(log) == pytest.approx(brute_force(columns, text), abs=2e-4, rel=2e-3)


def test_small_letters_and_separators_are_no_hindrance() -> None:
    classes = {"k": 1, "-": 2, "7": 3}
    columns = np.full((5, 4), 0.01, np.float32)
    for row, k in enumerate((1, 0, 2, 0, 3)):
        columns[row, k] = 0.97

    (log,) = text_logs(columns, classes, ["K7"])

    assert log > math.log(0.8)


@pytest.mark.parametrize("text", ["14C12345", "14LD12345", "TM1234", "桂F1234挂", "粤BD12345"])
def test_the_best_candidate_is_what_is_spelled(text: str) -> None:
    chars = logs(text)
    spelling = spell(chars)
    found = candidates(chars)

    assert spelling is not None
    assert found[0].text == spelling.text == text
    assert math.exp(found[0].log) == pytest.approx(spelling.probability, rel=1e-4)
    assert [c.log for c in found] == sorted((c.log for c in found), reverse=True)
    assert len({c.text for c in found}) == len(found)


def test_a_text_of_another_reader_is_a_candidate_with_our_own_probability() -> None:
    chars = logs("14C12345", s7={"5": 0.6, "6": 0.3})
    other = candidate(chars, "14C12346")

    assert other is not None
    assert other.head == 3
    assert other in candidates(chars)
    assert candidate(chars, "no plate") is None


def sight_of(chars: np.ndarray):
    """A place of which one view shows ``chars``, surely a plate of one line."""
    slots = Slots(
        chars=chars,
        country=np.float32([0.0, 1.0, 0.0]),
        lines=np.float32([1.0, 0.0]),
        colour=np.float32([1.0, 0, 0, 0, 0, 0]),
    )
    return judge(Located(corners=np.zeros((4, 2), np.float32), score=1.0), [slots])


def test_the_second_reader_tips_the_balance_and_says_how_surely() -> None:
    sight = sight_of(logs("14C12345", s7={"5": 0.5, "6": 0.45}))
    choices = candidates(seen(sight))
    assert [c.text for c in choices[:2]] == ["14C12345", "14C12346"]

    for gap in (0.5, 3.0):
        said = np.array([0.0 if c.text == "14C12346" else -gap for c in choices])
        spelling, probability = weighed(sight, choices, said)
        assert spelling.text == "14C12346"
        assert probability <= min(spelling.chars)
        assert dict(spelling.posterior[7])["5"] < dict(spelling.posterior[7])["6"]
        assert sum(dict(spelling.posterior[7]).values()) == pytest.approx(1.0, abs=0.05)
        assert (probability > 0.75) == (gap == 3.0)


def test_where_the_second_reader_cannot_tell_ours_stands() -> None:
    sight = sight_of(logs("14C12345", s7={"5": 0.6, "6": 0.3}))
    choices = candidates(seen(sight))

    spelling, probability = weighed(sight, choices, np.full(len(choices), -4.0))

    assert spelling.text == "14C12345"
    assert 0.4 < probability < 0.8
