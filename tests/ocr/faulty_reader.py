"""A reader whose behaviour is told by the picture's grey: reads, crashes, hangs or hoards."""

import os
import signal
import time

import numpy as np

from ocr.ports import Picture
from schemas.readings import Box, Reading, ReadingKind

READS, CRASHES, HANGS, HOARDS, RAISES = 10, 60, 110, 160, 210


class FaultyReader:
    """Stands for an engine in native code that fails in the ways such engines fail."""

    name = "faulty"

    def read(self, picture: Picture) -> tuple[Reading, ...]:
        grey = int(np.median(picture))
        if abs(grey - CRASHES) < 5:
            os.kill(os.getpid(), signal.SIGSEGV)
        if abs(grey - HANGS) < 5:
            while True:
                time.sleep(60)
        if abs(grey - HOARDS) < 5:
            np.ones((64, 1 << 27), np.float64)  # 64 GiB
        if abs(grey - RAISES) < 5:
            raise ValueError("an engine's own error")
        return (
            Reading(
                kind=ReadingKind.PLATE,
                text="14C12345",
                raw="14C-123.45",
                confidence=0.9,
                confidences=(0.9,) * 8,
                box=Box(x=0, y=0, w=picture.shape[1], h=picture.shape[0]),
                engine=self.name,
                model=str(os.getpid()),
                ms=1,
            ),
        )


class MissingEngine:
    """An engine that cannot be built on this machine."""

    def __init__(self) -> None:
        from ocr.engines.models import EngineUnavailableError

        raise EngineUnavailableError("the model x.onnx is missing: install the Python package x")
