"""Read a page with tesseract and give its lines in the form that every reader here uses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytesseract

from ocr.engines.lines import Corners, Options, TextLine

_SECONDS = 20.0


def tesseract_lines(page: np.ndarray, language: str, *, layout: int = 3) -> list[TextLine]:
    """Lines of ``page`` (grey or BGR, uint8), in reading order.

    ``layout`` is tesseract's page segmentation mode.

    Raises TimeoutError after twenty seconds.
    """
    try:
        data: dict[str, list[Any]] = pytesseract.image_to_data(
            page,
            lang=language,
            config=f"--psm {layout}",
            output_type=pytesseract.Output.DICT,
            timeout=_SECONDS,
        )
    except RuntimeError as error:
        if "timeout" not in str(error):
            raise
        raise TimeoutError(f"tesseract took longer than {_SECONDS:g} s") from error
    rows: dict[tuple[int, ...], list[int]] = {}
    for i, text in enumerate(data["text"]):
        if text.strip():
            key = tuple(int(data[k][i]) for k in ("block_num", "par_num", "line_num"))
            rows.setdefault(key, []).append(i)
    return [_line(data, words) for words in rows.values()]


def _line(data: dict[str, list[Any]], words: list[int]) -> TextLine:
    characters: list[Options] = []
    for number, i in enumerate(words):
        # A word's probability is the product of its characters'.
        probability = (max(5.0, float(data["conf"][i])) / 100) ** (1 / len(data["text"][i]))
        if number:
            characters.append(((" ", 1.0),))
        characters += [((c, probability),) for c in data["text"][i]]
    left = min(float(data["left"][i]) for i in words)
    top = min(float(data["top"][i]) for i in words)
    right = max(float(data["left"][i] + data["width"][i]) for i in words)
    bottom = max(float(data["top"][i] + data["height"][i]) for i in words)
    corners: Corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return TextLine(characters=tuple(characters), corners=corners)
