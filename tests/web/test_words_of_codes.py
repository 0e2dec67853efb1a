"""Codes that the service can put on a page have their words: found in the source, not listed."""

from __future__ import annotations

import pytest
from aiohttp import web

from gate.app.firms import errors
from gate.app.firms.bulk.headings import HEADINGS
from gate.app.firms.bulk.refusals import Unusable
from gate.app.firms.errors import FirmsError, UploadRefused
from gate.core.own_person import Barred
from gate.core.reasons import RULES
from gate.web.audit.words import ACTIONS
from gate.web.console.reason_titles import TITLES
from gate.web.language import speak
from gate.web.operations.reason_words import REASONS
from gate.web.plain_errors import words_of
from gate.web.portal.refusals import REFUSALS, TAKEN, refusal
from gate.web.refusals import WORDS
from tests.web.said_in_code import all_actions, all_codes


@pytest.fixture(autouse=True)
def english_afterwards() -> object:
    yield
    speak("en")


def test_every_reason_has_a_title_on_console_and_operations() -> None:
    assert set(TITLES) == set(REASONS) == set(RULES)


def test_every_act_in_the_audit_has_a_name() -> None:
    assert sorted(all_actions() ^ set(ACTIONS)) == []


def test_every_act_that_was_not_done_says_why() -> None:
    passwords = {"password_common", "password_long", "password_name", "password_short"}
    given = {*all_codes("NotDone"), *passwords, *(one.value for one in Barred)}
    assert given - {"password_{}"} == set(WORDS)


def test_every_wish_of_a_firm_that_is_refused_says_why() -> None:
    raised = {
        one.code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, FirmsError) and one is not FirmsError
    }
    assert raised == set(REFUSALS)
    assert all_codes("Taken") == set(TAKEN)


def test_an_error_of_the_library_is_told_in_the_readers_language() -> None:
    speak("vi")
    library = [
        web.HTTPNotFound(),
        web.HTTPMethodNotAllowed("POST", ["GET"]),
        web.HTTPRequestEntityTooLarge(max_size=10, actual_size=20),
        web.HTTPGone(),
    ]
    assert [words_of(error) for error in library] == [
        "Không có gì ở địa chỉ này.",
        "Không thực hiện được việc này ở địa chỉ này.",
        "Dữ liệu quá lớn để gửi một lần.",
        "Không trả lời được yêu cầu này.",
    ]
    assert words_of(web.HTTPRequestEntityTooLarge(10, 20, text="own words")) == "own words"


@pytest.mark.parametrize("sentence", Unusable)
def test_a_file_that_cannot_be_used_is_told_in_the_readers_language(sentence: Unusable) -> None:
    facts = {"most": 1, "are": 2, "row": 3, "column": "X", "columns": "Direction, Plate",
             "encoding": "UTF-16"}  # fmt: skip
    error = UploadRefused("kind", sentence, **facts)
    assert refusal(error)[1] == str(error)
    speak("zh")
    told = refusal(error)[1]
    assert told != str(error)
    if "columns" in sentence and sentence is Unusable.MISSING:
        assert {h.zh for h in HEADINGS if h.en in ("Direction", "Plate")} == {"方向", "车牌"}
        assert "方向, 车牌" in told
