"""Choosing a zone's text from competing characters: by type, by digit, and how far to trust it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_mrz import TD1, TD2, TD3

from schemas.mrz import FieldStatus, format_of
from schemas.mrz_decode import LOOKALIKES, Choices, DecodedZone, decode_zone

Cells = list[list[Choices]]


def cells_of(lines: tuple[str, ...], p: float = 0.995) -> Cells:
    return [[((c, p),) for c in line] for line in lines]


def decode(lines: tuple[str, ...], cells: Cells) -> DecodedZone:
    layout = format_of(lines)
    assert layout is not None
    return decode_zone(layout, tuple(tuple(row) for row in cells))


@pytest.mark.parametrize("lines", [TD1, TD2, TD3])
def test_a_clear_zone_is_taken_as_read_and_verified(lines: tuple[str, ...]) -> None:
    zone = decode(lines, cells_of(lines))
    assert zone.lines == lines
    assert set(zone.statuses.values()) == {FieldStatus.VERIFIED}
    assert zone.corrected == ()


@pytest.mark.parametrize(
    ("line", "column", "seen"),
    [(1, 12, "0"), (0, 4, "0"), (1, 13, "T"), (1, 14, "A"), (0, 11, "0")],
)
def test_a_character_that_its_field_cannot_hold_is_repaired(
    line: int, column: int, seen: str
) -> None:
    cells = cells_of(TD3)
    cells[line][column] = ((seen, 0.98), (TD3[line][column], 0.01))
    assert decode(TD3, cells).lines[line][column] == TD3[line][column]


def test_one_misread_character_is_corrected_by_its_digit_and_said_so() -> None:
    cells = cells_of(TD3)
    cells[1][1] = (("B", 0.97), ("8", 0.02))
    zone = decode(TD3, cells)
    assert zone.lines == TD3
    assert zone.statuses["number"] is FieldStatus.CORRECTED
    assert zone.corrected == ((1, 1),)


def test_errors_that_no_single_change_explains_fail_and_are_shown_as_read() -> None:
    cells = cells_of(TD3)
    for column in (1, 5, 8):
        cells[1][column] = (("W", 0.99),)
    zone = decode(TD3, cells)
    assert zone.statuses["number"] is FieldStatus.FAILED
    assert zone.lines[1][:9] == "LW989W2CW"


def test_a_correction_that_the_composite_digit_contradicts_is_taken_back() -> None:
    cells = cells_of(TD3)
    cells[1][1] = (("B", 0.97), ("8", 0.02))
    cells[1][43] = (("7", 0.99),)
    zone = decode(TD3, cells)
    assert zone.statuses["number"] is FieldStatus.FAILED
    assert zone.corrected == ()


def test_a_look_alike_that_the_digit_cannot_tell_is_not_verified() -> None:
    # 6 and G have values 6 and 16: the same modulo 10.
    lines = (
        TD3[0],
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10".replace("L898902C3", "L8989G2C3"),
    )
    cells = cells_of(lines)
    cells[1][5] = (("G", 0.7), ("6", 0.29))
    zone = decode(lines, cells)
    assert zone.statuses["number"] is not FieldStatus.VERIFIED


def test_impossible_dates_are_not_verified() -> None:
    # 991399 with its right digit
    lines = (TD3[0], TD3[1][:13] + "9913994" + TD3[1][20:])
    zone = decode(lines, cells_of(lines))
    assert zone.statuses["birth"] is FieldStatus.FAILED


def test_rows_of_guessed_places_need_three_right_digits() -> None:
    layout = format_of(TD3)
    assert layout is not None
    cells = cells_of(TD3)
    for column in (0, 1, 13, 14):
        cells[1][column] = (("<", 0.6),)
    zone = decode_zone(layout, tuple(tuple(r) for r in cells), aligned=False)
    assert FieldStatus.VERIFIED not in zone.statuses.values()


def test_letters_after_the_end_of_a_name_are_fillers() -> None:
    cells = cells_of(TD3)
    for column in (35, 40, 43):
        cells[0][column] = (("K", 0.9), ("<", 0.05))
    assert decode(TD3, cells).lines[0] == TD3[0]


@given(
    st.sampled_from([TD1, TD2, TD3]),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 43), st.floats(0.5, 0.99)), max_size=3),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_up_to_three_look_alike_errors_never_verify_a_wrong_birth_or_expiry(
    lines: tuple[str, ...], errors: list[tuple[int, int, float]], data: st.DataObject
) -> None:
    cells = cells_of(lines)
    for line, column, p in errors:
        line, column = line % len(lines), column % len(lines[0])
        true = lines[line][column]
        wrong = [c for c in LOOKALIKES.get(true, "") if c.isdigit() == true.isdigit()]
        if wrong:
            cells[line][column] = ((data.draw(st.sampled_from(wrong)), p), (true, 1 - p))
    zone = decode(lines, cells)
    clean = decode(lines, cells_of(lines))
    at = (1, 0, 6) if len(lines) == 3 else (1, 13, 19)
    if zone.statuses["birth"] is FieldStatus.VERIFIED:
        assert zone.lines[at[0]][at[1] : at[2]] == clean.lines[at[0]][at[1] : at[2]]


@given(
    st.sampled_from([TD1, TD2, TD3]),
    st.data(),
)
@settings(max_examples=50, deadline=None)
def test_any_cells_give_lines_of_the_layout(lines: tuple[str, ...], data: st.DataObject) -> None:
    choice = st.lists(
        st.tuples(st.characters(min_codepoint=32, max_codepoint=0x3000), st.floats(0.0001, 1)),
        min_size=1,
        max_size=3,
    ).map(tuple)
    strange = data.draw(st.lists(choice, min_size=1, max_size=8))
    cells = [
        [strange[(i * 7 + j) % len(strange)] for j in range(len(line))]
        for i, line in enumerate(lines)
    ]
    zone = decode(lines, cells)
    assert [len(line) for line in zone.lines] == [len(line) for line in lines]
    assert all(c.isascii() and (c.isalnum() or c == "<") for line in zone.lines for c in line)
    assert all(0 <= p <= 1 for row in zone.confidences for p in row)
