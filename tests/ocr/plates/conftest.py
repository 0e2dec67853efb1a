"""Readers that several tests share; models load once a session."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from ocr.decode import decode_picture
from ocr.plates.reader import SlotPlateReader
from ocr.ports import Picture

DRAWN = Path(__file__).parent / "drawn"


@pytest.fixture(scope="session")
def reader() -> SlotPlateReader:
    """Our own reader with the shipped models."""
    return SlotPlateReader()


def drawn(set_name: str) -> list[tuple[Picture, str, np.ndarray]]:
    """Pictures of the drawn set, their truth and corners (4 x 2, or empty)."""
    with (DRAWN / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == set_name]
    return [
        (
            decode_picture((DRAWN / row["file"]).read_bytes()),
            row["truth"],
            np.array(row["corners"].split(), np.float32).reshape(-1, 2),
        )
        for row in rows
    ]
