"""Machine-readable zones: the standard's own examples, digits, dates, names, hostile text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.mrz import (
    FieldStatus,
    birth_date,
    expiry_date,
    format_of,
    names_of,
    parse_mrz,
)
from schemas.mrz_layout import FIELDS, SHAPES, MrzFormat, check_digit

TODAY = date(2026, 11, 24)
TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
CHINESE = (
    "POCHNZHANG<<SAN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
    "E000000000CHN9001011M3001018MBPLMOKNLNPNA088",
)


@pytest.mark.parametrize(
    ("lines", "layout", "number"),
    [(TD3, "TD3", "L898902C3"), (TD1, "TD1", "D23145890"), (TD2, "TD2", "D23145890")],
)
def test_the_standards_examples_parse_with_all_digits_right(
    lines: tuple[str, ...], layout: str, number: str
) -> None:
    zone = parse_mrz(lines, TODAY)
    assert zone is not None
    assert zone.format == layout
    assert zone.verified
    assert zone.composite is FieldStatus.VERIFIED
    assert zone.field("number").value == number
    assert (zone.surname, zone.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert (zone.birth, zone.expiry) == (date(1974, 8, 12), date(2012, 4, 15))
    assert zone.problems(TODAY) == ("expired on 2012-04-15",)


def test_names_are_never_verified() -> None:
    zone = parse_mrz(TD3, TODAY)
    assert zone is not None
    assert zone.field("name").status is FieldStatus.UNVERIFIED
    assert zone.field("nationality").status is FieldStatus.UNVERIFIED


def test_a_vietnamese_card_back_gives_the_citizen_number_in_the_optional_data() -> None:
    lines = ("IDVNM0990000012022099000001<<", "9901012M3901017VNM<<<<<<<<<<<")
    first = lines[0] + check_digit("022099000001")
    body = f"0990000012022099000001<<{first[-1]}"
    second = lines[1][:29] + check_digit(body[:25] + "9901012" + "3901017" + lines[1][18:29])
    zone = parse_mrz((first, second, "NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<"), TODAY)
    assert zone is not None
    assert zone.format is MrzFormat.TD1
    assert zone.field("optional").value.startswith("022099000001")
    assert zone.surname == "NGUYEN"


def test_a_second_line_without_fillers_parses() -> None:
    zone = parse_mrz(CHINESE, TODAY)
    assert zone is not None
    assert "<" not in CHINESE[1]
    assert zone.field("nationality").value == "CHN"


def test_each_wrong_digit_is_named_in_words() -> None:
    bad = (TD3[0], TD3[1][:19] + "3" + TD3[1][20:])
    zone = parse_mrz(bad, TODAY)
    assert zone is not None
    assert not zone.verified
    assert zone.field("birth").status is FieldStatus.FAILED
    assert zone.problems(TODAY)[:2] == (
        "check digit of the date of birth is wrong",
        "composite check digit is wrong",
    )


def test_a_long_card_number_continues_in_the_optional_data() -> None:
    number = "D23145890734"
    rest = number[9:] + check_digit(number)
    first = f"I<UTO{number[:9]}<{rest}".ljust(30, "<")
    second = "7408122F1204159UTO<<<<<<<<<<<"
    composite = check_digit(first[5:30] + second[:7] + second[8:15] + second[18:29])
    zone = parse_mrz((first, second + composite, TD1[2]), TODAY)
    assert zone is not None
    assert zone.field("number").value == number
    assert zone.field("number").status is FieldStatus.VERIFIED


@pytest.mark.parametrize(
    ("raw", "birth", "expiry"),
    [
        ("261124", date(2026, 11, 24), date(2026, 11, 24)),
        ("261125", date(1926, 11, 25), date(2026, 11, 25)),
        ("760101", date(1976, 1, 1), date(2076, 1, 1)),
        ("961210", date(1996, 12, 10), date(1996, 12, 10)),
        ("000229", date(2000, 2, 29), date(2000, 2, 29)),
        ("010229", None, None),
        ("991399", None, None),
        ("99<<<<", None, None),
        ("", None, None),
    ],
)
def test_centuries_are_told_by_the_field(raw: str, birth: date | None, expiry: date | None) -> None:
    assert birth_date(raw, TODAY) == birth
    assert expiry_date(raw, TODAY) == expiry


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.text("0123456789<", max_size=7))
def test_a_birth_is_never_in_the_future(today: date, raw: str) -> None:
    born = birth_date(raw, today)
    assert born is None or born <= today


@given(
    st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<", min_size=1, max_size=40), st.data()
)
def test_a_digit_notices_every_single_change_of_a_digit(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    if text[place].isdigit():
        other = str((int(text[place]) + data.draw(st.integers(1, 9))) % 10)
        changed = text[:place] + other + text[place + 1 :]
        assert check_digit(changed) != check_digit(text)


def test_a_digit_is_blind_to_some_look_alikes() -> None:
    assert check_digit("6A") == check_digit("GA")
    assert check_digit("1A") == check_digit("LA")


@pytest.mark.parametrize("layout", list(MrzFormat))
def test_fields_and_digits_cover_every_column_once(layout: MrzFormat) -> None:
    count, width = SHAPES[layout]
    seen = [[0] * width for _ in range(count)]
    for place in FIELDS[layout]:
        for column in [
            *range(place.start, place.end),
            *([place.check] if place.check >= 0 else []),
        ]:
            seen[place.line][column] += 1
    if layout in (MrzFormat.TD1, MrzFormat.TD2, MrzFormat.TD3):
        seen[1][-1] += 1  # the composite digit
    assert all(n == 1 for row in seen for n in row)


@given(st.lists(st.text(max_size=50), max_size=4))
def test_any_lines_parse_or_are_refused(lines: list[str]) -> None:
    zone = parse_mrz(tuple(lines), TODAY)
    assert zone is None or zone.lines == tuple(lines)


def test_markup_is_no_zone() -> None:
    assert parse_mrz((TD3[0].replace("ERIKSSON<", "<SCRIPT>X"), TD3[1]), TODAY) is None
    assert format_of(("<b>",)) is None
    assert names_of("<SCRIPT<<ALERT") == ("SCRIPT", "ALERT")
