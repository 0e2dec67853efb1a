"""What is wrong with a policy is told in the reader's language; the tools' words stay."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import pytest

from config.policy_file import policy_from
from config.policy_problems import TEXTS, PolicyInvalid
from gate.web.language import speak
from gate.web.policy.problem_words import told
from schemas.policy import Policy

WRONG: list[Any] = ["much", 1.5, {"a": 1}, [1], [["a"]], [["a", "b", 1, 2]], [["a", "b"]], True]


@pytest.fixture(autouse=True)
def english_afterwards() -> object:
    yield
    speak("en")


def refused(values: dict[str, Any]) -> PolicyInvalid | None:
    try:
        policy_from(values)
    except PolicyInvalid as error:
        return error
    return None


def every_key() -> list[tuple[str, ...]]:
    """The path of each key of a policy."""
    hints = get_type_hints(Policy)
    paths: list[tuple[str, ...]] = []
    for one in fields(Policy):
        paths.append((one.name,))
        if is_dataclass(hints[one.name]):
            paths += [(one.name, inner.name) for inner in fields(hints[one.name])]
    return paths


@pytest.mark.parametrize("path", every_key(), ids=".".join)
def test_a_wrong_value_of_any_key_has_its_words(path: tuple[str, ...]) -> None:
    found = []
    for wrong in WRONG:
        values = wrong
        for key in reversed(path):
            values = {key: values}
        error = refused(values)
        if error is not None:
            found += error.problems
    assert found
    assert {problem.code for problem in found} <= set(TEXTS) - {"value"}
    speak("zh")
    for line in told(PolicyInvalid(*found)):
        key, _, words = line.partition(": ")
        assert key.split(".")[0] == path[0]
        assert re.findall(r"[a-z]{3,}", re.sub(r"true|false|speed_kmh|return_ms", "", words)) == []


def test_problems_keep_their_english_words_for_the_tools_and_are_told_one_by_one() -> None:
    values = {"sorces_needed": 3, "require": ["weigth"], "costs": {"wrong_release": 0.5}}
    error = refused(values)
    assert error is not None
    assert str(error) == (
        "sorces_needed: unknown key; "
        "costs: a wrong release must cost at least as much as an unneeded hold; "
        "require: weigth is none of container, document, pass, seal, weight"
    )
    assert told(error) == str(error).split("; ")
    speak("vi")
    assert told(error)[0] == "sorces_needed: không có mục này"
    assert told(error)[2] == "require: weigth không thuộc container, document, pass, seal, weight"
