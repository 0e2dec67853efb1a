"""Texts of codes and papers: citizen cards, customs lists, numbers, plates and dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.documents import (
    dates_in,
    declaration_numbers,
    parse_citizen_qr,
    parse_customs_list,
    plates_in,
)

CARD = "022090123456|123456789|Nguyễn Thị Ví Dụ|15081990|Nữ|Thôn 1, Xã 2|01052021"


def test_a_citizen_card_is_read_by_position() -> None:
    card = parse_citizen_qr(CARD.replace("0220901", "0221901"))
    assert card is not None
    assert card.number == "022190123456"
    assert card.name == "Nguyễn Thị Ví Dụ"
    assert (card.birth, card.issued) == (date(1990, 8, 15), date(2021, 5, 1))
    assert card.consistent
    assert parse_citizen_qr(CARD + "|more|fields") is not None


@pytest.mark.parametrize(
    ("number", "birth", "sex", "consistent"),
    [
        ("022090123456", "15081990", "Nam", True),
        ("022190123456", "15081990", "Nam", False),
        ("022091123456", "15081990", "Nam", False),
        ("022305123456", "15082005", "Nữ", True),
        ("022205123456", "15082005", "Nữ", False),
        ("022205123456", "31022005", "Nam", False),
    ],
)
def test_a_card_whose_number_disagrees_with_its_data_is_told(
    number: str, birth: str, sex: str, consistent: bool
) -> None:
    card = parse_citizen_qr(f"{number}||A|{birth}|{sex}|B|01012022")
    assert card is not None
    assert card.consistent is consistent


@pytest.mark.parametrize("text", ["", "12345|a|b|c|d|e|f", "https://x.vn/?a|b|c|d|e|f", "|" * 9])
def test_other_codes_are_no_citizen_card(text: str) -> None:
    assert parse_citizen_qr(text) is None


def test_a_customs_list_gives_declaration_and_valid_containers() -> None:
    text = "305123456780;LS01;CSQU3054383;CSQU3054384;ABCD1234567;T 17/11/2026"
    found = parse_customs_list(text)
    assert found is not None
    assert found.declarations == ("305123456780",)
    assert found.containers == ("CSQU3054383",)
    assert parse_customs_list("hello") is None


def test_declaration_numbers_are_found_in_running_text() -> None:
    text = "Số tờ khai: 102345678911 — 报关单号 530120261123456789, tel 0912345678, 999345678911"
    assert declaration_numbers(text) == ("102345678911", "530120261123456789")


def test_plates_are_found_in_running_text() -> None:
    text = "BKS đầu kéo: 12C-098.76, rơ moóc 12R-001.23; 车牌 桂F·12345 及 桂F1234挂 (14C 1234)"
    assert [p.text for p, _, _ in plates_in(text)] == [
        "12C09876", "12R00123", "桂F12345", "桂F1234挂", "14C1234",
    ]  # fmt: skip
    assert plates_in("HOWO A7 420 HP, 2.5 T, 24/11/2026") == ()


def test_dates_are_found_in_both_orders() -> None:
    text = "Ngày 24/11/2026 đến 01-12-2026; 2026年11月24日; 2026-12-31; 99/99/2026"
    found = dates_in(text)
    days = [date(2026, 11, 24), date(2026, 12, 1), date(2026, 11, 24), date(2026, 12, 31)]
    assert [day for day, _, _ in found] == days
    assert text[found[1][1] : found[1][2]] == "01-12-2026"


@given(st.text(max_size=200))
def test_any_text_is_handled(text: str) -> None:
    parse_citizen_qr(text)
    parse_customs_list(text)
    declaration_numbers(text)
    plates_in(text)
    dates_in(text)
