"""How often the reader looks: once where it is sure, closer where not; what no plate is told."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ocr.plates import sight as looking
from ocr.plates.cascade import CascadePlateReader, _usable
from ocr.plates.reader import LEAST_BESIDE, SlotPlateReader
from schemas.readings import Reading
from tests.ocr.plates.conftest import drawn


class Counting:
    """Counts the recogniser's runs while it stands in for it."""

    def __init__(self, reader: SlotPlateReader) -> None:
        self.inner, self.runs = reader._recogniser, 0

    def read(self, strips):
        self.runs += 1
        return self.inner.read(strips)


def test_a_sure_plate_is_looked_at_once(
    reader: SlotPlateReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(reader)
    monkeypatch.setattr(reader, "_recogniser", counting)
    once = 0
    for picture, _, _ in drawn("drawn-VN"):
        before = counting.runs
        sights = reader.look(picture, reader.locate(picture))
        others = [p for p in reader.locate(picture) if p.score >= LEAST_BESIDE]
        if sights and sights[0].probability >= looking.SURE:
            assert counting.runs - before <= 1 + 3 * len(others)
            once += counting.runs - before == 1

    assert once >= 6


def test_two_vehicles_plates_are_both_read(reader: SlotPlateReader) -> None:
    """Beside a sure plate another one is read: a trailer's, or the truck's behind."""
    samples = drawn("drawn-VN")
    sure = [
        (picture, truth)
        for picture, truth, _ in samples
        if (found := reader.read(picture)) and found[0].confidence > 0.9
    ]
    (first, one), (second, other) = sure[:2]
    both = np.concatenate([first, second], axis=1)

    assert {one, other} <= {r.text for r in reader.read(both)}


def test_ppocr_may_not_make_a_plate_of_digits_on_a_wall() -> None:
    """Rows of digits of which a look-alike makes a plate are no plate unless we read one too."""
    wall = np.full((540, 960, 3), (60, 90, 40), np.uint8)
    for x in range(0, 960, 24):
        cv2.line(wall, (x, 0), (x, 540), (50, 75, 33), 8)
    for y, text in ((120, "2921968 9"), (260, "CAIU 522613 3"), (400, "6721358")):
        cv2.putText(wall, text, (180, y), cv2.FONT_HERSHEY_DUPLEX, 2.4, (235, 235, 235), 5)

    assert CascadePlateReader().read(wall) == ()


def test_reading_made_to_fit_counts_only_beside_one_of_ours(reader: SlotPlateReader) -> None:
    picture, _, _ = drawn("drawn-VN")[1]
    ours: tuple[Reading, ...] = reader.read(picture)
    made = replace(ours[0], detail=(("repaired", "2"),))

    assert _usable(ours[0], ())
    assert not _usable(made, ())
    assert _usable(made, ours)
