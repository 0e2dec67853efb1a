"""What comes back for one picture: readings or the reason why there are none, and its quality."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.readings import ReadFailure, Reading, ReadingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Figures of a picture or a part of it, measured at 480 pixels of width.

    ``sharpness`` is the variance of the Laplacian divided by the grey variance (about 0.01
    for a strongly blurred picture, above 0.1 for a sharp one); ``brightness`` the mean
    grey, 0..1; ``contrast`` the distance from the 5th to the 95th percentile, 0..1;
    ``glare`` the share of blown-out pixels, 0..1.
    """

    sharpness: float
    brightness: float
    contrast: float
    glare: float

    def remarks(self) -> tuple[str, ...]:
        """What hinders reading, in stable codes: blurred, dark, glare, flat.

        The limits are judgement, not measurement; they word a refusal and decide nothing.
        """
        limits = (
            ("blurred", self.sharpness < 0.02),
            ("dark", self.brightness < 0.15),
            ("glare", self.glare > 0.10),
            ("flat", self.contrast < 0.20),
        )
        return tuple(name for name, holds in limits if holds)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOutcome:
    """One picture's result: readings best first, or a failure that says why there are none.

    ``width`` and ``height`` are of the upright picture in pixels (0 when it could not be
    decoded); ``ms`` is the whole time in the worker, ``waited_ms`` the time in the queue.
    """

    kind: ReadingKind
    readings: tuple[Reading, ...] = ()
    failure: ReadFailure | None = None
    quality: Quality | None = None
    width: int = 0
    height: int = 0
    ms: int = 0
    waited_ms: int = 0
