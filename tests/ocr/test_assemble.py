"""Assembling plates from lines: which lines belong together, what grammar chooses."""

from hypothesis import given
from hypothesis import strategies as st

from ocr.engines.assemble import find_plates
from ocr.engines.lines import Options, TextLine

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. ·桂皖挂口Đđ"


def line(
    text: str, x: float = 0, y: float = 0, *, height: float = 20, p: float = 0.99, **second: str
) -> TextLine:
    """A level line at (x, y); ``second`` maps ``at3="8"`` to a competing character."""
    width = height * 0.6 * len(text)
    characters: list[Options] = []
    for i, c in enumerate(text):
        other = second.get(f"at{i}")
        characters.append(((c, 0.55), (other, 0.44)) if other else ((c, p),))
    return TextLine(
        characters=tuple(characters),
        corners=((x, y), (x + width, y), (x + width, y + height), (x, y + height)),
    )


def texts(*lines: TextLine) -> list[str]:
    return [found.plate.text for found in find_plates(lines)]


def test_one_line_two_lines_and_two_pieces_make_a_plate() -> None:
    assert texts(line("14C-123.45")) == ["14C12345"]
    assert texts(line("14C", 20, 0), line("123.45", 0, 24)) == ["14C12345"]
    assert texts(line("123.45", 0, 24), line("14C", 20, 0)) == ["14C12345"]
    assert texts(line("14C-", 0, 0), line("123.45", 52, 1)) == ["14C12345"]
    assert texts(line("桂F", 20, 0), line("1234挂", 0, 24)) == ["桂F1234挂"]


def test_lines_far_apart_or_split_in_the_wrong_place_make_none() -> None:
    assert texts(line("14C", 20, 0), line("123.45", 0, 90)) == []
    assert texts(line("14C", 400, 0), line("123.45", 0, 24)) == []
    assert texts(line("14C1", 20, 0), line("23.45", 0, 24)) == []


def test_the_form_of_the_plate_decides_between_competing_characters() -> None:
    (found,) = find_plates([line("14C-1B3.45", at5="8")])
    assert found.plate.text == "14C18345"
    assert found.repaired == (4,)
    assert found.posterior[4][0][0] == "8"
    assert found.confidence <= min(found.confidences)


def test_a_look_alike_the_recogniser_did_not_offer_leaves_little_confidence() -> None:
    (found,) = find_plates([line("14C-1S3.45")])
    assert found.plate.text == "14C15345"
    assert found.confidence < 0.6


def test_telephone_numbers_and_words_make_no_plate() -> None:
    assert texts(line("0912.345.678")) == []
    assert texts(line("VIETTEL POST")) == []
    assert texts(line("HOWO A7 2025")) == []


def test_a_border_read_as_a_character_is_left_out_at_a_price() -> None:
    (found,) = find_plates([line("14C-123.45I")])
    assert found.plate.text == "14C12345"
    assert found.confidence < 0.7


def test_no_line_is_used_twice() -> None:
    found = find_plates([line("14C", 20, 0), line("123.45", 0, 24), line("987.65", 0, 48)])
    used = [m for f in found for m in f.members]
    assert len(used) == len(set(used))


@given(
    st.lists(
        st.tuples(
            st.text(alphabet=CHARACTERS, min_size=0, max_size=12),
            st.floats(0, 500),
            st.floats(0, 300),
            st.floats(5, 60),
            st.floats(0.01, 1),
        ),
        max_size=6,
    )
)
def test_any_lines_give_well_formed_plates_or_none(
    drawn: list[tuple[str, float, float, float, float]],
) -> None:
    for found in find_plates([line(t, x, y, height=h, p=p) for t, x, y, h, p in drawn]):
        n = len(found.plate.text)
        assert len(found.confidences) == len(found.posterior) == n
        assert 0 <= found.confidence <= min(found.confidences) <= 1
