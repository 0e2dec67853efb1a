"""What the database is asked for: keys as read and one error away."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.core.clues import KEY_CHARACTERS, MOST_TEXTS, Clues, clues_of, neighbours
from schemas.plates import plate_key
from schemas.transit import SeenDocument, SeenPass
from tests.core.builders import look, seen

LETTERS = "0123456789ABCDEFGHKLMNPSTUVXYZ"


def test_front_texts_search_tractors_and_rear_texts_both() -> None:
    found = clues_of(seen())

    assert found.tractors == (plate_key("14C12345"), plate_key("14R01234"))
    assert found.trailers == (plate_key("14R01234"),)
    assert plate_key("14C12395") in found.near_tractors
    assert plate_key("14R01239") in found.near_trailers
    assert not set(found.tractors) & set(found.near_tractors)


def test_only_a_rear_plate_is_searched_with_errors_as_a_tractor_too() -> None:
    found = clues_of(seen(look("14C12345", "rear")))

    assert plate_key("14C12395") in found.near_tractors


def test_a_typed_plate_replaces_what_the_front_cameras_read() -> None:
    found = clues_of(seen(look("99H99999"), corrected_plate="14C12345"))

    assert found.tractors == (plate_key("14C12345"),)


def test_the_surest_texts_are_searched_and_short_ones_are_not() -> None:
    many = [look(f"14C1000{n}", sure=0.5 + n / 20, n=n) for n in range(1, 7)]
    found = clues_of(seen(*many, look("14C", n=9)))

    assert found.tractors == tuple(plate_key(f"14C1000{n}") for n in (6, 5, 4))
    assert len(found.tractors) == MOST_TEXTS
    assert clues_of(replace(seen(), plates=())) == Clues()


def test_papers_are_clues_unless_something_is_wrong_with_them() -> None:
    good = SeenDocument(kind="passport", number="001")
    bad = SeenDocument(kind="passport", number="002", problem="checkdigit")
    shown = SeenPass(declaration="3026", plate="14C12345")
    found = clues_of(seen(documents=(good, bad), containers=("CSQU3054383",), gate_pass=shown))

    assert (found.documents, found.containers, found.number) == (("001",), ("CSQU3054383",), "3026")
    assert clues_of(seen(gate_pass=replace(shown, problem="forged"))).number == ""


@pytest.mark.parametrize(
    "clues", [Clues(tractors=("x",)), Clues(containers=("x",)), Clues(documents=("x",)),
              Clues(number="x")],
)  # fmt: skip
def test_any_clue_is_worth_asking(clues: Clues) -> None:
    assert not clues.empty
    assert Clues().empty


def test_key_characters_are_what_keys_are_made_of() -> None:
    assert {plate_key(char) for char in LETTERS} == set(KEY_CHARACTERS)


plates = st.text(alphabet=LETTERS, min_size=6, max_size=8)


def test_a_two_letter_series_that_lost_a_letter_is_found() -> None:
    assert plate_key("14LD12345") in neighbours(plate_key("14L12345"))


@given(plates, st.data())
def test_a_reading_with_one_error_finds_its_plate(plate: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(plate) - 1))
    char = data.draw(st.sampled_from(LETTERS))
    kind = data.draw(st.sampled_from(["replaced", "lost", "added"]))
    read = {
        "replaced": plate[:at] + char + plate[at + 1 :],
        "lost": plate[:at] + plate[at + 1 :],
        "added": plate[:at] + char + plate[at:],
    }[kind]
    key = plate_key(read)

    assert plate_key(plate) in neighbours(key) | {key}
    assert key not in neighbours(key)


def test_the_neighbours_of_a_key_are_exactly_these() -> None:
    near = neighbours.__wrapped__("12345678")
    replaced = {"12345678"[:i] + c + "12345678"[i + 1 :] for i in range(8) for c in KEY_CHARACTERS}
    lost = {"12345678"[:i] + "12345678"[i + 1 :] for i in range(8)}
    added = {"12345678"[:i] + c + "12345678"[i:] for i in range(4) for c in KEY_CHARACTERS}
    assert near == (replaced | lost | added) - {"12345678"}

    short = neighbours.__wrapped__("1234")
    assert "12341" in short
    assert "123" not in short
    assert len([key for key in short if len(key) == 5]) == 71


def test_the_surest_reading_of_a_text_counts_and_ties_go_by_text() -> None:
    looks = (look("14C10001", sure=0.6, n=1), look("14C10002", sure=0.9, n=2),
             look("14C10001", sure=0.95, n=3), look("14C10003", sure=0.9, n=4))  # fmt: skip
    found = clues_of(seen(*looks))

    assert found.tractors == tuple(plate_key(f"14C1000{n}") for n in (1, 2, 3))
