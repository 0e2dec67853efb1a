"""Our reader on drawn lane pictures: it finds, reads, and keeps quiet where there is nothing."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr.decode import decode_picture
from ocr.plates.reader import AT_ONCE, SlotPlateReader
from ocr.ports import Picture
from schemas.plates import parse_plate
from schemas.readings import Reading
from tests.ocr.plates.conftest import drawn


def covers(reading: Reading, corners: np.ndarray) -> bool:
    """Whether the middle of the reading lies on the plate."""
    x, y = reading.box.x + reading.box.w / 2, reading.box.y + reading.box.h / 2
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return bool(x0 <= x <= x1 and y0 <= y <= y1)


@pytest.mark.parametrize(("set_name", "least"), [("drawn-VN", 14), ("drawn-CN", 14)])
def test_plates_of_both_countries_are_read(
    reader: SlotPlateReader, set_name: str, least: int
) -> None:
    samples = drawn(set_name)

    right = [truth for picture, truth, _ in samples if texts(reader.read(picture))[:1] == [truth]]

    assert len(samples) == 16
    assert len(right) >= least


@pytest.mark.parametrize("set_name", ["drawn-VN", "drawn-CN"])
def test_plates_are_found_where_they_are(reader: SlotPlateReader, set_name: str) -> None:
    samples = drawn(set_name)

    found = [any(covers(r, corners) for r in reader.read(p)) for p, _, corners in samples]

    assert sum(found) >= 15


def cut_out_by_camera(picture: Picture, corners: np.ndarray) -> Picture:
    """The upright box round the plate, as a camera with a reader of its own passes it on."""
    (x0, y0), (x1, y1) = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0))
    return np.ascontiguousarray(picture[y0 : int(y1), x0 : int(x1)])


def test_a_plate_cut_out_by_the_camera_is_read(reader: SlotPlateReader) -> None:
    samples = [(cut_out_by_camera(p, corners), t) for p, t, corners in drawn("drawn-CN")]

    read = [(next(iter(reader.read(piece)), None), truth, piece) for piece, truth in samples]

    assert sum(r is not None and r.text == truth for r, truth, _ in read) >= 13
    sure = [(r, truth, piece) for r, truth, piece in read if r and r.confidence >= AT_ONCE]
    assert [(r.text, truth) for r, truth, _ in sure if r.text != truth] == []
    # What is sure at the first look at the whole is not searched for, so its box is the picture.
    assert sum((r.box.h, r.box.w) == piece.shape[:2] for r, _, piece in sure) >= 3


def test_empty_lanes_give_no_plate(reader: SlotPlateReader) -> None:
    read = [texts(reader.read(picture)) for picture, _, _ in drawn("drawn-empty")]

    assert [t for t in read if t] == []


def test_reading_tells_how_sure_it_is_of_each_character(reader: SlotPlateReader) -> None:
    picture, _, _ = drawn("drawn-VN")[1]

    (reading, *_) = reader.read(picture)

    assert len(reading.confidences) == len(reading.text) == len(reading.posterior)
    assert 0 < reading.confidence <= min(reading.confidences)
    assert len(reading.corners) == 4
    assert len(reading.model) == 64
    assert parse_plate(reading.text) is not None
    assert reading.layout.startswith(reading.country)


def texts(readings: tuple[Reading, ...]) -> list[str]:
    """Their texts, in order."""
    return [r.text for r in readings]


def clear() -> tuple[Picture, str]:
    """A drawn picture that the reader reads."""
    picture, truth, _ = drawn("drawn-VN")[1]
    return picture, truth


def png(array: np.ndarray) -> bytes:
    """The picture as a PNG file."""
    ok, data = cv2.imencode(".png", array)
    assert ok
    return data.tobytes()


def as_grey(picture: Picture) -> bytes:
    return png(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))


def as_16_bit(picture: Picture) -> bytes:
    return png(picture.astype(np.uint16) * 257)


def with_alpha(picture: Picture) -> bytes:
    return png(np.dstack([picture, np.full(picture.shape[:2], 128, np.uint8)]))


def turned_by_exif(picture: Picture) -> bytes:
    image = Image.fromarray(cv2.cvtColor(np.rot90(picture), cv2.COLOR_BGR2RGB))
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92, exif=exif)
    return file.getvalue()


@pytest.mark.parametrize("form", [as_grey, as_16_bit, with_alpha, turned_by_exif])
def test_any_form_of_picture_is_read_alike(reader: SlotPlateReader, form) -> None:
    picture, truth = clear()

    readings = reader.read(decode_picture(form(picture)))

    assert texts(readings)[:1] == [truth]


def test_infrared_picture_of_inverted_contrast_does_not_fail(reader: SlotPlateReader) -> None:
    picture, _ = clear()

    readings = reader.read(255 - picture)

    assert all(parse_plate(r.text) for r in readings)


@pytest.mark.parametrize("shape", [(20, 20), (1, 1), (20, 400), (400, 20), (3000, 4000)])
def test_any_size_of_picture_is_taken(reader: SlotPlateReader, shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 90, np.uint8)

    assert reader.read(picture) == ()


def test_plate_in_a_twelve_megapixel_picture_is_read(reader: SlotPlateReader) -> None:
    picture, truth = clear()
    large = cv2.resize(picture, (4000, 3000), interpolation=cv2.INTER_CUBIC)

    assert texts(reader.read(np.asarray(large, np.uint8)))[:1] == [truth]


def test_noise_gives_no_plate(reader: SlotPlateReader) -> None:
    rng = np.random.default_rng(4)
    pictures = [rng.integers(0, 256, (200, 320, 3), dtype=np.uint8) for _ in range(20)]

    assert [texts(reader.read(p)) for p in pictures if reader.read(p)] == []


def with_end_covered(picture: Picture, corners: np.ndarray, share: float, tone: int) -> Picture:
    """The picture with the plate painted over from ``share`` of its width to its end."""
    left = corners[0] + (corners[1] - corners[0]) * share
    low = corners[3] + (corners[2] - corners[3]) * share
    covered = picture.copy()
    patch = np.array([left, corners[1], corners[2], low], np.int32)
    cv2.fillConvexPoly(covered, patch, (tone, tone + 5, tone + 10))
    return covered


def test_covered_character_is_doubtful_and_the_others_are_not(reader: SlotPlateReader) -> None:
    picture, truth = clear()
    (reading, *_) = reader.read(picture)

    readings = reader.read(with_end_covered(picture, np.array(reading.corners), 0.85, 60))

    for r in readings:
        assert r.confidence < 0.9
        assert r.confidences[-1] == min(r.confidences)
        assert len(r.text) < len(truth) or min(r.confidences[:-1]) > 0.9


def test_a_plate_with_its_end_covered_is_seldom_read_surely(reader: SlotPlateReader) -> None:
    """A short plate is a plate too: what is left of a long one looks much like it."""
    tried = sure = 0
    for name in ("drawn-VN", "drawn-CN"):
        for picture, truth, _ in drawn(name):
            found = reader.read(picture)
            if not found or found[0].lines != 1:
                continue
            for share, tone in ((0.85, 60), (0.88, 200), (0.85, 20)):
                covered = with_end_covered(picture, np.array(found[0].corners), share, tone)
                readings = reader.read(covered)
                tried += 1
                sure += any(r.confidence >= 0.9 and r.text != truth for r in readings)

    assert tried > 50
    assert sure <= tried * 0.06
