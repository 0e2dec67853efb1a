"""The cascade reads what its parts read, asks PP-OCR only in doubt, and says when they differ."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.plates.cascade import SURE, CascadePlateReader
from ocr.plates.locate import Located
from ocr.plates.network import PlateModelMissingError, load_network
from ocr.plates.reader import SlotPlateReader
from ocr.plates.second_opinion import SecondOpinion
from tests.ocr.plates.conftest import drawn


@pytest.fixture(scope="module")
def cascade() -> CascadePlateReader:
    """The reader a gate uses, PP-OCR included."""
    return CascadePlateReader()


@pytest.mark.parametrize("set_name", ["drawn-VN", "drawn-CN"])
def test_cascade_reads_nearly_all_drawn_plates(cascade: CascadePlateReader, set_name: str) -> None:
    samples = drawn(set_name)

    right = 0
    for picture, truth, _ in samples:
        readings = cascade.read(picture)
        right += bool(readings) and readings[0].text == truth

    assert right >= len(samples) - 1


def test_cascade_sees_no_plate_in_empty_lanes(cascade: CascadePlateReader) -> None:
    read = [cascade.read(picture) for picture, _, _ in drawn("drawn-empty")]

    assert [r for r in read if r] == []


def test_sure_reading_of_ours_is_not_changed(
    cascade: CascadePlateReader, reader: SlotPlateReader
) -> None:
    sure = 0
    for picture, _, _ in drawn("drawn-VN"):
        own = reader.read(picture)
        if own and own[0].confidence >= SURE:
            sure += 1
            both = cascade.read(picture)
            assert both[0].text == own[0].text
            assert both[0].confidence == own[0].confidence
            assert both[0].engine == "cascade"

    assert sure >= 6


@pytest.mark.parametrize("search", [False, True])
def test_second_opinion_reads_the_plate_at_a_place(search: bool) -> None:
    picture, truth, corners = drawn("drawn-VN")[1]
    second, place = SecondOpinion(), Located(corners=corners, score=1.0)

    if search:
        reading = second.search(picture, place, "VN")
    else:
        reading = second.straight(picture, place, "VN", 1)

    assert reading is not None
    assert reading.text == truth
    np.testing.assert_allclose(np.array(reading.corners), corners, atol=0.1)


def test_second_opinion_outside_the_picture_is_none() -> None:
    picture = np.zeros((40, 60, 3), np.uint8)
    place = Located(corners=np.full((4, 2), 500, np.float32), score=1.0)

    assert SecondOpinion().search(picture, place, "VN") is None


def test_without_second_opinion_the_cascade_is_our_reader_alone(reader: SlotPlateReader) -> None:
    alone = CascadePlateReader(second_opinion=False)
    picture, _, _ = drawn("drawn-CN")[0]

    assert [r.text for r in alone.read(picture)] == [r.text for r in reader.read(picture)]


def test_missing_model_says_how_to_get_it(tmp_path) -> None:
    with pytest.raises(PlateModelMissingError, match="make train"):
        load_network("plate-recogniser", tmp_path)
