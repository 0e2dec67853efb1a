"""The installed engines on drawn plates: text, place, colour, confidences, one thread."""

import os
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_plates import BLUE, RED, WHITE, YELLOW, draw_plate, street

from ocr.engines.colour import ground_colour
from ocr.engines.models import (
    DETECTOR_V6,
    RECOGNISER_V4,
    RECOGNISER_V6,
    EngineUnavailableError,
    digest,
    model_path,
    session,
)
from ocr.engines.rapid import RapidPlateReader
from ocr.engines.tesseract import TesseractPlateReader
from ocr.ports import PlateReader
from ocr.readers import UnknownEngineError, build_reader
from schemas.readings import ReadingKind

BLACK = (0, 0, 0)


@pytest.fixture(scope="module")
def rapid() -> RapidPlateReader:
    return RapidPlateReader()


@pytest.fixture(scope="module")
def tesseract() -> TesseractPlateReader:
    return TesseractPlateReader()


@pytest.mark.parametrize(
    ("lines", "ground", "ink", "text", "layout"),
    [
        (["14C-123.45"], WHITE, BLACK, "14C12345", "VN one-line white"),
        (["12R", "004.56"], YELLOW, BLACK, "12R00456", "VN two-line yellow"),
        (["29LD-056.78"], WHITE, BLACK, "29LD05678", "VN one-line white"),
        (["80A", "012.34"], BLUE, WHITE, "80A01234", "VN two-line blue"),
        (["TM 12-34"], RED, WHITE, "TM1234", "VN one-line red"),
    ],
)
def test_plates_are_read_with_place_layout_and_confidences(
    rapid: RapidPlateReader,
    lines: list[str],
    ground: tuple[int, int, int],
    ink: tuple[int, int, int],
    text: str,
    layout: str,
) -> None:
    reading = rapid.read(street(draw_plate(lines, ground, ink)))[0]
    assert (reading.text, reading.layout, reading.lines) == (text, layout, len(lines))
    assert len(reading.confidences) == len(reading.posterior) == len(text)
    assert 0.5 < reading.confidence <= min(reading.confidences) <= 1
    for character, options in zip(text, reading.posterior, strict=True):
        assert options[0][0] == character
        assert sum(p for _, p in options) <= 1.001
    box = reading.box
    assert 235 <= box.x <= 280
    assert 255 <= box.y <= 270
    assert 80 < box.w < 175
    assert len(reading.model) == 64


def test_both_engines_agree_on_a_clear_plate(
    rapid: RapidPlateReader, tesseract: TesseractPlateReader
) -> None:
    scene = street(draw_plate(["51K-700.07"], YELLOW, BLACK), width=200)
    texts = {reader.read(scene)[0].text for reader in (rapid, tesseract)}
    assert texts == {"51K70007"}


def test_several_plates_are_read_and_the_nearest_is_first(rapid: RapidPlateReader) -> None:
    far = street(draw_plate(["14C-111.22"], WHITE, BLACK), width=110, at=(150, 120))
    both = street(draw_plate(["15C-333.44"], WHITE, BLACK), width=220, at=(200, 300))
    both[100:170, 130:280] = far[100:170, 130:280]
    assert [r.text for r in rapid.read(both)] == ["15C33344", "14C11122"]


def test_a_street_without_a_plate_gives_no_reading(
    rapid: RapidPlateReader, tesseract: TesseractPlateReader
) -> None:
    scene = np.full((480, 640, 3), 120, np.uint8)
    cv2.putText(scene, "TOYOTA HILUX", (100, 240), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (255,) * 3, 3)
    readers: tuple[PlateReader, ...] = (rapid, tesseract)
    for reader in readers:
        assert reader.read(scene) == ()
        assert reader.read(np.zeros((10, 10, 3), np.uint8)) == ()


@pytest.mark.parametrize("shape", [(8, 8), (8, 3000), (3000, 8), (24, 94), (2000, 3000)])
def test_pictures_of_any_size_are_handled(rapid: RapidPlateReader, shape: tuple[int, int]) -> None:
    assert rapid.read(np.full((*shape, 3), 90, np.uint8)) == ()


def test_no_pixels_of_one_picture_are_kept_for_the_next(rapid: RapidPlateReader) -> None:
    scene = street(draw_plate(["14C-123.45"], WHITE, BLACK))
    assert rapid.read(scene)
    assert rapid.read(np.full_like(scene, 127)) == ()


def test_models_run_on_one_thread() -> None:
    for model in (DETECTOR_V6, RECOGNISER_V6, RECOGNISER_V4):
        options = session(model).get_session_options()
        assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)


def test_reading_starts_no_threads(rapid: RapidPlateReader) -> None:
    cv2.setNumThreads(1)
    scene = street(draw_plate(["14C-123.45"], WHITE, BLACK))
    rapid.read(scene)
    before = len(os.listdir("/proc/self/task"))
    rapid.read(scene)
    assert len(os.listdir("/proc/self/task")) <= before
    assert threading.active_count() <= before


def test_the_model_digest_names_the_files_bytes() -> None:
    assert digest(DETECTOR_V6) != digest(DETECTOR_V6, RECOGNISER_V6)
    assert digest(RECOGNISER_V4) == digest(RECOGNISER_V4)


def test_a_missing_model_names_the_package_to_install() -> None:
    with pytest.raises(EngineUnavailableError, match="install the Python package rapidocr"):
        model_path(("rapidocr", "models/nothing.onnx"))
    with pytest.raises(EngineUnavailableError, match="no-such-package"):
        model_path(("no_such_package", "x.onnx"))


def test_a_missing_tesseract_names_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(EngineUnavailableError, match="tesseract-ocr-xyz"):
        TesseractPlateReader(language="xyz")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineUnavailableError, match="install the Debian package tesseract-ocr"):
        TesseractPlateReader()


def test_unknown_engines_are_named() -> None:
    with pytest.raises(UnknownEngineError, match="rapid, tesseract"):
        build_reader(ReadingKind.PLATE, "magic")
    with pytest.raises(UnknownEngineError, match="cannot be loaded"):
        build_reader(ReadingKind.PLATE, "ocr.engines.rapid:Nothing")


@pytest.mark.parametrize(
    ("ground", "name"), [(WHITE, "white"), (YELLOW, "yellow"), (BLUE, "blue"), (RED, "red")]
)
def test_the_ground_colour_is_told_under_dark_and_light_ink(
    ground: tuple[int, int, int], name: str
) -> None:
    ink = BLACK if name in ("white", "yellow") else WHITE
    assert ground_colour(draw_plate(["14C-123.45"], ground, ink)) == name
