"""The plate grammar: what is a plate, how it is written, and what may be repaired."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.plate_series import LETTERS, PATTERNS, Pattern, PlateKind
from schemas.plates import lookalikes, normalise_plate, parse_plate, plate_key, repair_plate


@st.composite
def plates(draw: st.DrawFn) -> tuple[str, Pattern]:
    """A plate text in normal form with the pattern it was drawn from."""
    pattern = draw(st.sampled_from(PATTERNS))
    text = "".join(draw(st.sampled_from(sorted(allowed))) for allowed in pattern.positions)
    if not pattern.accepts(text):
        tail = "".join("7" if c in LETTERS else c for c in text[pattern.head :])
        place = "14" if pattern.country == "VN" else text[:2]
        text = place + text[2 : pattern.head] + tail
    return text, pattern


@pytest.mark.parametrize(
    ("written", "normal", "country", "kind", "province", "series", "display"),
    [
        ("14C-123.45", "14C12345", "VN", "truck", "14", "C", "14C-123.45"),
        ("14c 1234", "14C1234", "VN", "truck", "14", "C", "14C-1234"),
        ("12R-001.23", "12R00123", "VN", "trailer", "12", "R", "12R-001.23"),
        ("51A-012.04", "51A01204", "VN", "civil", "51", "A", "51A-012.04"),
        ("29LD-2351", "29LD2351", "VN", "special", "29", "LD", "29LD-2351"),
        ("50TD-030.42", "50TĐ03042", "VN", "special", "50", "TĐ", "50TĐ-030.42"),
        ("50TĐ 03042", "50TĐ03042", "VN", "special", "50", "TĐ", "50TĐ-030.42"),
        ("80 NG 123 45", "80NG12345", "VN", "diplomatic", "80", "NG", "80-NG-123-45"),
        ("TM 12-34", "TM1234", "VN", "army", "", "TM", "TM 12-34"),
        ("29-C1 123.45", "29C112345", "VN", "motorbike", "29", "C1", "29C1-123.45"),
        ("桂F·12345", "桂F12345", "CN", "civil", "桂", "F", "桂F·12345"),
        ("桂f 1234挂", "桂F1234挂", "CN", "trailer", "桂", "F", "桂F·1234挂"),
        ("粤Z·1234港", "粤Z1234港", "CN", "cross_border", "粤", "Z", "粤Z·1234港"),
        ("沪AF71017", "沪AF71017", "CN", "new_energy", "沪", "A", "沪A·F71017"),
        ("桂A12345D", "桂A12345D", "CN", "new_energy_large", "桂", "A", "桂A·12345D"),
        ("鄂F8888警", "鄂F8888警", "CN", "police", "鄂", "F", "鄂F·8888警"),
    ],
)
def test_usual_spellings_parse_to_one_normal_form(
    written: str, normal: str, country: str, kind: str, province: str, series: str, display: str
) -> None:
    plate = parse_plate(written)
    assert plate is not None
    assert (plate.text, plate.country, plate.kind) == (normal, country, kind)
    assert (plate.province, plate.series, plate.display) == (province, series, display)


@pytest.mark.parametrize(
    "text",
    ["", "14C", "10C12345", "13C12345", "96A12345", "14I12345", "14C1234567", "14O12345",
     "桂I12345", "桂FABC12", "桂F1234", "ISUZU", "00A12345", "0" * 5000, "桂" * 7],
)  # fmt: skip
def test_what_is_no_plate_is_refused(text: str) -> None:
    assert parse_plate(text) is None


@given(plates())
def test_every_drawn_plate_parses_and_its_display_parses_to_itself(
    drawn: tuple[str, Pattern],
) -> None:
    text, pattern = drawn
    plate = parse_plate(text)
    assert plate is not None
    assert plate.country == pattern.country
    assert plate.province + plate.series + plate.number == text
    assert parse_plate(plate.display) == plate


@given(st.text(max_size=30))
def test_normalising_is_idempotent_and_parsing_never_raises(text: str) -> None:
    normal = normalise_plate(text)
    assert normalise_plate(normal) == normal
    assert normalise_plate(text.lower()) == normalise_plate(text.lower().upper())
    plate = parse_plate(text)
    assert plate is None or plate.text == normal
    assert isinstance(plate_key(text), str)
    repair_plate(text)


@given(plates(), st.data())
def test_a_look_alike_that_breaks_the_grammar_is_repaired_to_the_plate(
    drawn: tuple[str, Pattern], data: st.DataObject
) -> None:
    text, pattern = drawn
    places = [
        (i, wrong)
        for i, c in enumerate(text)
        for wrong in lookalikes(c)
        if c in lookalikes(wrong)
        and wrong not in pattern.positions[i]
        and parse_plate(text[:i] + wrong + text[i + 1 :]) is None
    ]
    if not places:
        return
    position, wrong = data.draw(st.sampled_from(places))
    seen = text[:position] + wrong + text[position + 1 :]
    results = {r.plate.text: r for r in repair_plate(seen)}
    if normalise_plate(seen) == seen:
        assert text in results
        (repair,) = results[text].repairs
        assert (repair.position, repair.seen, repair.written) == (position, wrong, text[position])


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ桂云挂", max_size=9))
def test_repairs_say_exactly_what_was_changed_and_only_where_forbidden(text: str) -> None:
    for result in repair_plate(text):
        rebuilt = list(normalise_plate(text))
        for repair in result.repairs:
            assert rebuilt[repair.position] == repair.seen
            assert repair.written in lookalikes(repair.seen)
            rebuilt[repair.position] = repair.written
        assert "".join(rebuilt) == result.plate.text
        assert len(result.repairs) <= 2
        assert parse_plate(result.plate.text) == result.plate
    if parse_plate(text) is not None:
        assert [r.repairs for r in repair_plate(text)] == [()]


def test_letters_of_a_series_are_not_turned_into_digits() -> None:
    (only,) = repair_plate("5IGB7307")[:1]
    assert only.plate.text == "51G87307"
    assert [(r.position, r.seen, r.written) for r in only.repairs] == [(1, "I", "1"), (3, "B", "8")]


def test_a_word_is_not_repaired_into_a_plate() -> None:
    assert repair_plate("HYUNDAI") == ()
    assert repair_plate("BIOSAIZE") == ()


@given(plates(), st.data())
def test_plates_that_differ_by_a_common_confusion_share_a_key(
    drawn: tuple[str, Pattern], data: st.DataObject
) -> None:
    pairs = {"0": "O", "O": "0", "8": "B", "B": "8", "5": "S", "2": "Z", "1": "I", "D": "0"}
    text, _ = drawn
    wrong = "".join(pairs[c] if c in pairs and data.draw(st.booleans()) else c for c in text)
    assert plate_key(wrong) == plate_key(text)


def test_keys_keep_different_numbers_apart_and_forget_the_province_character() -> None:
    assert plate_key("14C12345") != plate_key("14C12346")
    assert plate_key("桂F12345") == plate_key("云F12345") == plate_key("F12345")


def test_kinds_cover_the_trucks_and_trailers_of_both_countries() -> None:
    kinds = {(p.country, p.kind) for p in PATTERNS}
    assert {("VN", PlateKind.TRUCK), ("VN", PlateKind.TRAILER), ("CN", PlateKind.TRAILER)} <= kinds
