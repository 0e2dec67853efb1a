"""Which engines a process reads with: a small value that travels to worker processes."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.readings import ReadingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderSpec:
    """Which engine reads which kind of mark; small and picklable, so that workers get it.

    An engine is a name from ``ocr.readers.ENGINES`` or ``package.module:Class`` (built without
    arguments). ``second`` is asked for plates too when the first engine's best reading is
    below ``second_below`` (empty: never). ``preload`` names the kinds whose models a worker
    loads before it says that it is ready; others load when first asked for.
    """

    plate: str = "cascade"
    second: str = ""
    second_below: float = 0.9
    engines: tuple[tuple[ReadingKind, str], ...] = ()
    preload: tuple[ReadingKind, ...] = (ReadingKind.PLATE,)
