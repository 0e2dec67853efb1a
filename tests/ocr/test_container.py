"""Container numbers on drawn walls: rows, two rows, columns, several, and doubtful ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.documents.container import ContainerReader
from ocr.documents.container_assembly import decode_number, find_containers
from ocr.engines.lines import Options, TextLine
from schemas.containers import check_digit
from schemas.readings import Reading
from tests.ocr.drawn_containers import make_number, paint

NUMBER = make_number("QZX", 305438)


@pytest.fixture(scope="module")
def reader() -> ContainerReader:
    return ContainerReader()


def detail(reading: Reading) -> dict[str, str]:
    return dict(reading.detail)


def spaced(number: str) -> str:
    return f"{number[:4]} {number[4:10]} {number[10]}"


def test_a_row_is_read_and_verified_with_its_size_and_type(reader: ContainerReader) -> None:
    readings = reader.read(paint([(spaced(NUMBER), 200, 150), ("45G1", 320, 210)]))
    assert readings[0].text == NUMBER
    assert detail(readings[0])["verified"] == "yes"
    assert detail(readings[0])["size_type"] == "45G1"
    assert detail(readings[0])["feet"] == "40"
    assert readings[0].layout == "horizontal"
    assert len(readings[0].confidences) == len(readings[0].posterior) == 11
    assert 150 < readings[0].box.x < 230
    assert 110 < readings[0].box.y < 160


def test_owner_over_serial_is_read(reader: ContainerReader) -> None:
    wall = paint([(NUMBER[:4], 200, 150), (f"{NUMBER[4:10]} {NUMBER[10]}", 200, 205)])
    assert reader.read(wall)[0].text == NUMBER


def test_a_column_is_read(reader: ContainerReader) -> None:
    wall = paint([(f"|{NUMBER}", 700, 90)], size=48)
    assert reader.read(wall)[0].text == NUMBER
    assert reader.read(wall)[0].layout == "vertical"


def test_several_containers_are_all_read(reader: ContainerReader) -> None:
    second = make_number("KLP", 771204)
    wall = paint([(spaced(NUMBER), 60, 150), (spaced(second), 520, 500)], size=36)
    assert {r.text for r in reader.read(wall)} == {NUMBER, second}


def test_a_wrong_check_digit_is_never_verified(reader: ContainerReader) -> None:
    wrong = NUMBER[:10] + str((int(NUMBER[10]) + 4) % 10)
    for reading in reader.read(paint([(spaced(wrong), 200, 150)])):
        assert detail(reading)["verified"] == "no"
        assert detail(reading)["check"] != "read"


def test_an_unseen_check_digit_is_computed_and_said_so(reader: ContainerReader) -> None:
    reading = reader.read(paint([(f"{NUMBER[:4]} {NUMBER[4:10]}", 200, 150)]))[0]
    assert reading.text == NUMBER
    assert detail(reading)["check"] == "computed"
    assert detail(reading)["verified"] == "no"


def test_weights_and_words_make_no_container(reader: ContainerReader) -> None:
    wall = paint(
        [("MAX GROSS 30.480 KGS", 100, 150), ("TARE 2.185 KGS", 100, 220), ("ABCX", 60, 9)]
    )
    assert reader.read(wall) == ()
    assert reader.read(np.zeros((600, 800, 3), np.uint8)) == ()


def line(text: str, x: float, y: float) -> TextLine:
    characters: tuple[Options, ...] = tuple(((c, 0.99),) for c in text)
    width = 20.0 * len(text)
    return TextLine(
        characters=characters, corners=((x, y), (x + width, y), (x + width, y + 30), (x, y + 30))
    )


def test_pieces_far_apart_are_not_joined() -> None:
    assert find_containers([line(NUMBER[:4], 0, 0), line(NUMBER[4:], 400, 0)]) == ()
    assert find_containers([line(NUMBER[:4], 0, 0), line(NUMBER[4:], 0, 200)]) == ()
    assert find_containers([line(NUMBER[:4], 0, 0), line(NUMBER[4:], 100, 2)])


def test_a_letter_among_the_digits_is_repaired_by_its_place() -> None:
    (found,) = find_containers([line(NUMBER.replace("0", "O", 1), 0, 0)])
    assert found.container.text == NUMBER
    assert not found.verified


@given(st.lists(st.text("ABCUJZ0123456789OISB", min_size=1, max_size=12), max_size=5), st.data())
def test_a_verified_number_always_has_a_right_digit_that_was_seen(
    texts: list[str], data: st.DataObject
) -> None:
    places = st.floats(0, 300)
    lines = [line(t, data.draw(places), data.draw(places)) for t in texts]
    for found in find_containers(lines):
        number = found.container.text
        if found.verified:
            assert str(check_digit(number[:10])) == number[10]
            assert number[10] in "".join(texts)
        assert 0 <= found.confidence <= min(found.confidences) <= 1


def test_too_few_or_wrong_positions_decode_to_nothing() -> None:
    assert decode_number(tuple(((c, 0.9),) for c in "1234567890")) is None
