"""Cells of exports that no spreadsheet runs, and words for every code."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from gate.core.operations.flow import Flow, Why
from gate.core.operations.stages import STAGES
from gate.core.reasons import RULES
from gate.web.operations import words
from gate.web.operations.export import safe
from gate.web.operations.reason_words import REASONS


@given(st.text(max_size=30))
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = safe(text)
    assert isinstance(cell, str)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text


def test_other_cells_stay_what_they_are() -> None:
    assert safe(-5) == -5
    assert safe(None) == ""
    assert (
        safe(datetime(2026, 11, 24, 8, 0, tzinfo=UTC).replace(tzinfo=None)) == "2026-11-24 08:00:00"
    )


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(RULES)


def test_every_answer_stage_and_cause_has_words() -> None:
    assert set(words.ANSWERS) == set(words.ANSWER_KINDS) == {flow.value for flow in Flow}
    assert set(words.WHY) == {why.value for why in Why}
    assert list(words.STAGES) == [stage.value for stage in STAGES]
