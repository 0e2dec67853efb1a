"""Reading zones in drawn photographs: every layout, any rotation, and honest failure."""

from datetime import date

import cv2
import numpy as np
import pytest
from drawn_documents import draw_zone, make_zone, photograph
from hypothesis import given
from hypothesis import strategies as st

from ocr.documents.grid import fit_grid, on_grid
from ocr.documents.mrz import MrzReader
from ocr.ports import Picture
from schemas.mrz import mrz_of_reading, parse_mrz
from schemas.mrz_decode import Choices
from schemas.mrz_layout import MrzFormat

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def reader() -> MrzReader:
    return MrzReader()


@pytest.mark.parametrize("layout", list(MrzFormat))
@pytest.mark.parametrize("tilt", [4, 90, 184, 262])
def test_every_layout_is_read_at_every_rotation(
    reader: MrzReader, layout: MrzFormat, tilt: float
) -> None:
    lines = make_zone(layout, seed=round(tilt))
    photo = photograph(draw_zone(lines), seed=3, tilt=tilt)
    (reading,) = reader.read(photo)
    assert reading.text == "|".join(lines)
    assert reading.layout == layout
    assert len(reading.confidences) == len(reading.text)
    zone = mrz_of_reading(reading, TODAY)
    truth = parse_mrz(lines, TODAY)
    assert zone is not None
    assert truth is not None
    assert zone.verified
    assert zone.problems(TODAY) == ()
    assert (zone.surname, zone.birth, zone.expiry) == (truth.surname, truth.birth, truth.expiry)
    box = reading.box
    assert box.w * box.h < photo.shape[0] * photo.shape[1] / 3


def test_a_tilt_between_the_axes_is_read(reader: MrzReader) -> None:
    lines = make_zone(MrzFormat.TD1, seed=5)
    (reading,) = reader.read(photograph(draw_zone(lines), seed=3, tilt=37))
    assert reading.text == "|".join(lines)


def test_glare_over_the_zone_is_never_verified_with_wrong_text(reader: MrzReader) -> None:
    for seed in range(6):
        lines = make_zone(MrzFormat.TD3, seed)
        photo = photograph(draw_zone(lines), seed=seed, glare=1.0, noise=10)
        for reading in reader.read(photo):
            zone = mrz_of_reading(reading, TODAY)
            truth = parse_mrz(lines, TODAY)
            assert zone is not None
            assert truth is not None
            if zone.verified:
                for name in ("number", "birth", "expiry"):
                    assert zone.field(name).raw == truth.field(name).raw


@pytest.mark.parametrize(
    "picture",
    [
        np.full((480, 640, 3), 200, np.uint8),
        np.zeros((3000, 4000, 3), np.uint8),
        np.zeros((9, 9, 3), np.uint8),
    ],
)
def test_a_blank_picture_has_no_zone(reader: MrzReader, picture: Picture) -> None:
    assert reader.read(picture) == ()


def test_print_without_a_zone_has_no_zone(reader: MrzReader) -> None:
    page = np.full((700, 1000, 3), 235, np.uint8)
    for i in range(12):
        words = "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG 12345"
        cv2.putText(page, words, (40, 60 + 50 * i), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (0, 0, 0), 2)
    assert reader.read(page) == ()


def test_a_twelve_megapixel_photo_is_read(reader: MrzReader) -> None:
    lines = make_zone(MrzFormat.TD3, 11)
    photo = photograph(draw_zone(lines), seed=2, width=3464)
    (reading,) = reader.read(photo)
    assert reading.text == "|".join(lines)


@given(st.sampled_from([30, 36, 44]), st.data())
def test_characters_lost_from_runs_leave_the_others_in_their_places(
    columns: int, data: st.DataObject
) -> None:
    letters = [chr(65 + i % 26) if i % 5 else "<" for i in range(columns)]
    fillers = [i for i in range(1, columns - 1) if letters[i] == "<"]
    lost = set(data.draw(st.lists(st.sampled_from(fillers), max_size=4, unique=True)))
    noise = data.draw(st.lists(st.floats(-0.2, 0.2), min_size=columns, max_size=columns))
    kept = [i for i in range(columns) if i not in lost]
    characters: list[Choices] = [((letters[i], 0.9),) for i in kept]
    centres = [0.03 + (i + noise[i]) / columns for i in kept]
    grid = fit_grid([[0.03 + i / columns for i in range(columns)]], columns)
    placed = on_grid(characters, centres, columns, grid)
    assert "".join(cell[0][0] for cell in placed) == "".join(letters)
