"""Build readers by kind and engine name, and read a picture with them."""

from __future__ import annotations

from importlib import import_module

import cv2
import numpy as np

from ocr.ports import MarkReader, Picture
from ocr.spec import ReaderSpec
from schemas.readings import Reading, ReadingKind

ENGINES: dict[ReadingKind, dict[str, str]] = {
    ReadingKind.PLATE: {
        "cascade": "ocr.plates.cascade:CascadePlateReader",
        "own": "ocr.plates.reader:SlotPlateReader",
        "rapid": "ocr.engines.rapid:RapidPlateReader",
        "tesseract": "ocr.engines.tesseract:TesseractPlateReader",
    },
    ReadingKind.MRZ: {"rapid": "ocr.documents.mrz:MrzReader"},
    ReadingKind.CONTAINER: {"rapid": "ocr.documents.container:ContainerReader"},
    ReadingKind.BARCODE: {"zxing": "ocr.documents.barcode:BarcodeReader"},
    ReadingKind.DOCUMENT: {
        "rapid": "ocr.documents.paper:DocumentReader",
        "tesseract": "ocr.documents.paper:TesseractDocumentReader",
    },
}
"""Kind -> engine name -> class; the first engine of a kind is its default."""


class UnknownEngineError(Exception):
    """No engine of that name, or none yet for that kind of mark."""


class Readers:
    """The readers of one process: built when first needed, kept for its life."""

    def __init__(self, spec: ReaderSpec) -> None:
        """Remember ``spec`` and build the readers of its ``preload`` kinds; one thread from here.

        Raises UnknownEngineError, or EngineUnavailableError when a program or model file is
        missing.
        """
        cv2.setNumThreads(1)
        self._spec = spec
        self._built: dict[tuple[ReadingKind, str], MarkReader] = {}
        for kind in spec.preload:
            for name in self._names(kind):
                self._reader(kind, name)

    def read(self, kind: ReadingKind, picture: Picture) -> tuple[Reading, ...]:
        """Read all marks of ``kind`` in ``picture``: one engine's readings best first.

        For plates the second engine's readings follow, when it was asked.
        """
        first, *second = self._names(kind)
        readings = self._reader(kind, first).read(picture)
        best = readings[0].confidence if readings else 0.0
        if second and best < self._spec.second_below:
            readings += self._reader(kind, second[0]).read(picture)
        return readings

    def warm_up(self) -> None:
        """Read a blank picture with every preloaded kind: first calls are slower than others."""
        blank = np.full((200, 300, 3), 127, np.uint8)
        for kind in self._spec.preload:
            self.read(kind, blank)

    def _names(self, kind: ReadingKind) -> list[str]:
        if kind is ReadingKind.PLATE:
            return [name for name in (self._spec.plate, self._spec.second) if name]
        chosen = dict(self._spec.engines).get(kind)
        return [chosen or default_engine(kind)]

    def _reader(self, kind: ReadingKind, name: str) -> MarkReader:
        reader = self._built.get((kind, name))
        if reader is None:
            reader = self._built[kind, name] = build_reader(kind, name)
        return reader


def default_engine(kind: ReadingKind) -> str:
    """Name of the engine that reads ``kind`` when none is chosen."""
    if not ENGINES.get(kind):
        raise UnknownEngineError(f"reading of kind {kind} is not built yet")
    return next(iter(ENGINES[kind]))


def build_reader(kind: ReadingKind, name: str) -> MarkReader:
    """Build the engine ``name`` for ``kind``; raises UnknownEngineError."""
    default_engine(kind)
    known = ENGINES[kind]
    path = known.get(name, name)
    module, _, attribute = path.partition(":")
    if not attribute:
        names = ", ".join(known)
        raise UnknownEngineError(f"no engine {name!r} reads kind {kind}; there is: {names}")
    try:
        built: MarkReader = getattr(import_module(module), attribute)()
    except (ImportError, AttributeError) as error:
        raise UnknownEngineError(f"the engine {name!r} cannot be loaded: {error}") from error
    return built
