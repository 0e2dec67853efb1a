"""Read bar codes with zxing-cpp and say what kind of text they hold."""

from __future__ import annotations

import time
from functools import partial
from importlib.metadata import version

import cv2
import numpy as np
import zxingcpp

from ocr.ports import Picture
from schemas.documents import parse_citizen_qr, parse_customs_list
from schemas.gate_pass import looks_like_pass
from schemas.readings import Box, Reading, ReadingKind

_FORMATS = (
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.PDF417,
    zxingcpp.BarcodeFormat.DataMatrix,
    zxingcpp.BarcodeFormat.Code128,
)
# Second looks are for small pictures: a large one shows its codes at once or not at all.
_LARGEST_AGAIN = 1_300_000
# All but Code 128 correct errors and check themselves; Code 128 has one check character.
_CONFIDENCE = {"Code128": 0.99}
_CORRECTED = 0.999


class BarcodeReader:
    """Finds QR, PDF417, Data Matrix and Code 128 codes at any rotation."""

    name = "zxing"

    def __init__(self) -> None:
        """Nothing to load."""
        self.model = f"zxing-cpp-{version('zxing-cpp')}"
        self._decode = partial(zxingcpp.read_barcodes, formats=list(_FORMATS))

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        """Read all codes in ``picture`` (BGR, uint8), largest first."""
        start = time.perf_counter()
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        found, scale = self._decode(grey), 1.0
        if not found and grey.size <= _LARGEST_AGAIN:
            found, scale = self._again(grey)
        ms = round((time.perf_counter() - start) * 1000)
        readings = [self._reading(code, scale, ms) for code in found if code.valid and code.text]
        return tuple(sorted(readings, key=lambda r: r.box.w * r.box.h, reverse=True))

    def _again(self, grey: np.ndarray) -> tuple[list[zxingcpp.Barcode], float]:
        """Try what helps blurred and badly lit codes: another threshold, twice the size."""
        globally = self._decode(grey, binarizer=zxingcpp.Binarizer.GlobalHistogram)
        if globally:
            return list(globally), 1.0
        double = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        sharp = cv2.addWeighted(double, 2.0, cv2.GaussianBlur(double, (0, 0), 3), -1.0, 0)
        return list(self._decode(sharp)), 2.0

    def _reading(self, code: zxingcpp.Barcode, scale: float, ms: int) -> Reading:
        place = code.position
        points = tuple(
            (corner.x / scale, corner.y / scale)
            for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        )
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x, y = max(0, int(min(xs))), max(0, int(min(ys)))
        text = _text_of(code).replace("\r\n", "\n")
        form = code.format.name
        confidence = _CONFIDENCE.get(form, _CORRECTED)
        return Reading(
            kind=ReadingKind.BARCODE,
            text=text,
            raw=code.text,
            confidence=confidence,
            confidences=(confidence,) * len(text),
            box=Box(x=x, y=y, w=int(max(xs)) - x + 1, h=int(max(ys)) - y + 1),
            engine=self.name,
            model=self.model,
            ms=ms,
            layout=form,
            corners=points,
            detail=(("format", form), ("content", content_of(text))),
        )


def _text_of(code: zxingcpp.Barcode) -> str:
    """The code's text; bytes that are valid UTF-8 are that, whatever charset looks likelier."""
    try:
        return bytes(code.bytes).decode("utf-8")
    except UnicodeDecodeError:
        return str(code.text)


def content_of(text: str) -> str:
    """What a code's text claims to be: gate_pass, citizen_card, customs_list or other."""
    if looks_like_pass(text):
        return "gate_pass"
    if parse_citizen_qr(text) is not None:
        return "citizen_card"
    if parse_customs_list(text) is not None:
        return "customs_list"
    return "other"
