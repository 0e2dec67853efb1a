"""Bar codes drawn by zxing-cpp and photographed by us."""

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.documents.barcode import BarcodeReader
from ocr.ports import Picture

READER = BarcodeReader()
CARD = "022190123456|123456789|Nguyễn Thị Ví Dụ|15081990|Nữ|Thôn 1, Xã 2|01052021"


def photo_of(text: str, form: str, *, tilt: float = 0.0, scale: int = 5) -> Picture:
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat[form])
    image = np.asarray(zxingcpp.write_barcode_to_image(code, scale=scale))
    page = np.full((700, 900), 210, np.uint8)
    height, width = min(image.shape[0], 500), min(image.shape[1], 800)
    page[60 : 60 + height, 50 : 50 + width] = image[:height, :width]
    turn = cv2.getRotationMatrix2D((450, 350), tilt, 0.8)
    turned = cv2.warpAffine(page, turn, (900, 700), borderValue=120)
    noise = np.random.default_rng(3).normal(0, 8, turned.shape)
    grey = np.clip(cv2.GaussianBlur(turned, (0, 0), 0.8) + noise, 0, 255).astype(np.uint8)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


@pytest.mark.parametrize("tilt", [0, 90, 180, 17])
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("QRCode", CARD),
        ("PDF417", "305123456780;CSQU3054383"),
        ("DataMatrix", "305123456780"),
        ("Code128", "CSQU3054383"),
    ],
)
def test_the_four_formats_are_read_at_any_rotation(form: str, text: str, tilt: float) -> None:
    if form == "PDF417":  # stacked rows are found near the four main directions only
        tilt = round(tilt / 90) * 90 + 4
    (reading,) = READER.read(photo_of(text, form, tilt=tilt))
    assert (reading.text, reading.layout) == (text, form)
    assert len(reading.corners) == 4
    assert 0.9 < reading.confidence <= min(reading.confidences)
    assert reading.box.w > 40


@pytest.mark.parametrize(
    ("text", "content"),
    [
        (CARD, "citizen_card"),
        ("305123456780;CSQU3054383", "customs_list"),
        ("BG1.abc.def", "gate_pass"),
        ("https://example.org", "other"),
    ],
)
def test_a_codes_content_is_told(text: str, content: str) -> None:
    (reading,) = READER.read(photo_of(text, "QRCode"))
    assert dict(reading.detail)["content"] == content


def test_several_codes_are_all_read() -> None:
    both = np.hstack([photo_of("first", "QRCode"), photo_of("second", "DataMatrix")])
    assert {r.text for r in READER.read(both)} == {"first", "second"}


def test_a_picture_without_a_code_gives_none() -> None:
    assert READER.read(np.full((200, 300, 3), 128, np.uint8)) == ()
    assert READER.read(np.zeros((8, 8, 3), np.uint8)) == ()


@given(st.text("<>&'\"`;|$\\{}%AbzĐữ中12 ", min_size=1, max_size=60).filter(str.strip))
@settings(max_examples=30, deadline=None)
def test_hostile_text_comes_through_as_data(text: str) -> None:
    for reading in READER.read(photo_of(text, "QRCode")):
        assert reading.text == text
