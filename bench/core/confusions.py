"""What our reader takes for what: counted on drawn plates whose truth is known.

Plates of the Vietnamese and Chinese series are drawn into lane pictures as the reader's training
draws them, with seeds of their own, and read by the cascade as it ships. Two files come out:
``gate/core/confusion_counts.py``, the counts that the likelihood of the match is smoothed with,
and ``bench/core/reader_errors.json``, every error with the probabilities that the reader gave,
from which the simulated reader of ``looks`` draws. Needs the free fonts of ``ocr.training``.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ERRORS = Path(__file__).with_name("reader_errors.json")
COUNTS = Path(__file__).resolve().parents[2] / "gate" / "core" / "confusion_counts.py"
HARD = (0.3, 0.6)
"""How badly the plates are seen (0..1): so that about 95 % of them are read exactly."""
WIDTHS = (80.0, 200.0)
CHUNK = 500
MOST_RIGHT = 1_500
"""Right readings that are kept with their doubts; a random part, for the file's size."""

Wrong = tuple[str, str, float, float]
"""True character, read character, probability given to what was read, and to the truth."""


@dataclass
class Tally:
    """What came of the pictures. Of a plate with wrong characters its confidence is kept too;
    of a right one the confidence, its weakest character, that one's probability, and its rival.
    """

    plates: int = 0
    unread: int = 0
    exact: int = 0
    lost: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    other: int = 0
    wrong: list[tuple[float, list[Wrong]]] = field(default_factory=list)
    right: list[tuple[float, str, float, str, float]] = field(default_factory=list)
    characters: int = 0

    def add(self, more: Tally) -> None:
        """Add what another process saw."""
        self.plates += more.plates
        self.unread += more.unread
        self.exact += more.exact
        self.lost += more.lost
        self.added += more.added
        self.other += more.other
        self.wrong += more.wrong
        self.right += more.right
        self.characters += more.characters

    def note(self, truth: str, reading: Any) -> None:
        """Hold one reading (or None) against the truth."""
        self.plates += 1
        if reading is None:
            self.unread += 1
        elif reading.text == truth:
            self.exact += 1
            self.characters += len(truth)
            self.right.append(_doubt(reading))
        elif len(reading.text) == len(truth):
            self.characters += len(truth)
            errors = [
                (t, r, *_given(reading, at, r, t))
                for at, (t, r) in enumerate(zip(truth, reading.text, strict=True)) if t != r
            ]  # fmt: skip
            self.wrong.append((round(reading.confidence, 4), errors))
        else:
            self._other_length(truth, reading.text)

    def _other_length(self, truth: str, read: str) -> None:
        short, long = sorted((truth, read), key=len)
        gap = next((n for n in range(len(long)) if long[:n] + long[n + 1 :] == short), None)
        if gap is None:
            self.other += 1
        elif long is truth:
            self.lost.append(truth[gap])
        else:
            self.added.append(read[gap])


def _listed(reading: Any, at: int) -> dict[str, float]:
    if len(reading.posterior) == len(reading.text):
        return dict(reading.posterior[at])
    return {reading.text[at]: reading.confidences[at]}


def _given(reading: Any, at: int, read: str, truth: str) -> tuple[float, float]:
    listed = _listed(reading, at)
    return round(listed.get(read, 0.0), 4), round(listed.get(truth, 0.0), 4)


def _doubt(reading: Any) -> tuple[float, str, float, str, float]:
    """The weakest character of a right reading and its strongest rival, if one is listed."""
    text = reading.text
    sure = [_listed(reading, at).get(text[at], 0.0) for at in range(len(text))]
    at = min(range(len(text)), key=sure.__getitem__)
    rivals = {c: p for c, p in _listed(reading, at).items() if c != text[at]}
    rival = max(rivals, key=rivals.__getitem__) if rivals else ""
    given = round(rivals.get(rival, 0.0), 4)
    return round(reading.confidence, 4), text[at], round(sure[at], 4), rival, given


def read_chunk(number: int, count: int) -> Tally:
    """Draw and read ``count`` plates; chunk ``number`` is always the same."""
    import cv2
    import numpy as np

    from ocr.plates.cascade import CascadePlateReader
    from ocr.training.fonts import load_atlas
    from schemas.plates import parse_plate

    cv2.setNumThreads(1)
    rng, atlas, reader = random.Random(f"confusions {number}"), load_atlas(), CascadePlateReader()
    tally = Tally()
    for n in range(count):
        truth, picture = _picture(rng, atlas, "VN" if n % 2 else "CN")
        written = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 75])[1]
        found = reader.read(np.asarray(cv2.imdecode(written, cv2.IMREAD_COLOR), np.uint8))
        readings = [r for r in found if parse_plate(r.text) is not None]
        tally.note(truth, readings[0] if readings else None)
    return tally


def _picture(rng: random.Random, atlas: Any, country: str) -> tuple[str, Any]:
    """One lane picture with one plate, as the drawn test set has them, and the plate's text."""
    import numpy as np

    from ocr.training.backgrounds import pattern
    from ocr.training.camera import photograph
    from ocr.training.draw_test_set import HEIGHT, WIDTH
    from ocr.training.scenes import clutter, set_plate, vehicle, words
    from ocr.training.series import chinese, vietnamese
    from schemas.plates import parse_plate

    while True:
        text = vietnamese(rng) if country == "VN" else chinese(rng)
        plate = parse_plate(text.text)
        if plate is not None:
            break
    hard, width = rng.uniform(*HARD), rng.uniform(*WIDTHS)
    image = np.ascontiguousarray(pattern(rng, WIDTH, HEIGHT))
    vehicle(rng, image)
    for _ in range(2):
        clutter(rng, image)
    words(rng, atlas, image)
    quads: list[Any] = []
    while not quads:
        image = set_plate(rng, atlas, image, quads, hard, text=text, width=width)
    return plate.text, photograph(rng, image, 8.0, hard)


def count(pictures: int, processes: int = 2) -> dict[str, object]:
    """Count on about that many pictures, write both files, and tell the totals."""
    from ocr.plates.reader import SlotPlateReader

    os.environ["OMP_NUM_THREADS"] = "1"
    chunks = max(1, round(pictures / CHUNK))
    size = min(CHUNK, pictures)
    tally = Tally()
    with ProcessPoolExecutor(processes) as pool:
        for part in pool.map(read_chunk, range(chunks), [size] * chunks):
            tally.add(part)
    said = {
        "reader": "cascade", "model": SlotPlateReader().model, "plates": tally.plates,
        "day": datetime.now(UTC).date().isoformat(),
        "drawn": f"bench.core.confusions, half Vietnamese, half Chinese, hard {HARD}, "
        f"{WIDTHS[0]:.0f} to {WIDTHS[1]:.0f} pixels wide",
    }  # fmt: skip
    _write_errors(tally, said)
    COUNTS.write_text(_module(tally, said), "utf-8")
    return {
        **said, "exact": tally.exact, "unread": tally.unread, "wrong": len(tally.wrong),
        "lost": len(tally.lost), "added": len(tally.added), "other": tally.other,
    }  # fmt: skip


def _write_errors(tally: Tally, said: dict[str, Any]) -> None:
    kept = random.Random("kept").sample(tally.right, min(MOST_RIGHT, len(tally.right)))
    body = {
        "provenance": said, "plates": tally.plates, "exact": tally.exact, "unread": tally.unread,
        "lost": "".join(tally.lost), "added": "".join(tally.added), "other": tally.other,
        "wrong": tally.wrong, "right": kept,
    }  # fmt: skip
    lines = ",\n".join(
        f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for key, value in body.items()
    )
    ERRORS.write_text("{\n" + lines + "\n}\n", "utf-8")


def _module(tally: Tally, said: dict[str, Any]) -> str:
    counts = Counter((read, true) for _, errors in tally.wrong for true, read, *_ in errors)
    told = sum(
        given > 0.01 for _, errors in tally.wrong for _, _, _, given in errors
    )  # fmt: skip
    rows = "".join(
        f'    ("{read}", "{true}"): {n},\n'
        for (read, true), n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    return f'''"""What our reader took for what: (read, true) and how often. Made, not written.

``python -m bench.core confusions`` counts anew. {said["day"]}: {said["plates"]:,} drawn plates,
{tally.exact:,} read exactly, {tally.unread:,} not read, {len(tally.wrong):,} with wrong characters
({sum(counts.values()):,}; of {told:,} the reader's own posterior listed the truth with over 1 %).
Reader: {said["reader"]}, model
{said["model"]}.
"""

CHARACTERS = {tally.characters:_}
"""Characters that were compared."""
COUNTS: dict[tuple[str, str], int] = {{
{rows}}}
'''
