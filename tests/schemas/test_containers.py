"""Container numbers: the standard's example, parsing, and what a check digit notices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.containers import check_digit, normalise_container, parse_container, parse_size_type

BODIES = st.from_regex(r"[A-Z]{3}[UJZ][0-9]{6}", fullmatch=True)


@pytest.mark.parametrize(
    "text", ["CSQU3054383", "CSQU 305438 3", "csqu-305438-3", "ＣＳＱＵ3054383"]
)
def test_the_standards_example_is_valid_in_any_spelling(text: str) -> None:
    container = parse_container(text)
    assert container is not None
    assert container.valid
    assert (container.owner, container.category) == ("CSQ", "U")
    assert (container.serial, container.check) == ("305438", "3")
    assert container.display == "CSQU 305438 3"


@pytest.mark.parametrize(
    "text", ["", "CSQU305438", "CSQX3054383", "C1QU3054383", "CSQU30543833", "CSQUE054383"]
)
def test_what_has_not_the_form_is_refused(text: str) -> None:
    assert parse_container(text) is None


@given(BODIES, st.integers(0, 9), st.integers(1, 9))
def test_every_single_wrong_digit_is_noticed(body: str, at: int, change: int) -> None:
    digit = check_digit(body)
    if at < 4:
        return
    wrong = body[:at] + str((int(body[at]) + change) % 10) + body[at + 1 :]
    # A sum of 10 modulo 11 counts as 0, the one gap of this digit.
    if check_digit(wrong) == digit:
        assert digit == 0


@given(BODIES)
def test_a_number_with_its_digit_is_valid_and_its_display_parses_to_it(body: str) -> None:
    container = parse_container(body + str(check_digit(body)))
    assert container is not None
    assert container.valid
    assert parse_container(container.display) == container


@given(st.text(max_size=20))
def test_any_text_parses_or_is_refused(text: str) -> None:
    container = parse_container(text)
    assert container is None or container.text == normalise_container(text)
    parse_size_type(text)


def test_size_and_type_codes_are_explained() -> None:
    code = parse_size_type("45G1")
    assert code is not None
    assert (code.feet, code.high, code.kind) == (40, True, "general")
    reefer = parse_size_type("45R1")
    assert reefer is not None
    assert reefer.kind == "refrigerated"
    short = parse_size_type("22G1")
    assert short is not None
    assert (short.feet, short.high) == (20, False)
    assert parse_size_type("1234") is None
    assert parse_size_type("45K1") is None
