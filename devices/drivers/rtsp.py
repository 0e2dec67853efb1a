"""Pictures from a video stream (RTSP, HTTP, a file) or a local video device, through OpenCV."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import cv2

from devices.drivers.motion import Frame, MotionDetector
from devices.spool import SpoolFailed, SpoolFull
from schemas.capture import Trigger
from schemas.protocol_errors import ProtocolError

log = logging.getLogger(__name__)


class Submit(Protocol):
    """Takes one picture of a burst; the camera agent's ``submit`` is one."""

    def __call__(
        self, picture: bytes, trigger: Trigger, *, burst: str | None = None, shot: int = 0
    ) -> Awaitable[str]:
        """Spool a picture; returns the capture id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRules:
    """When to take pictures: every ``interval_s``, or ``shots`` per motion, so far apart.

    A lost stream is opened again after ``retry_first_s``, growing to ``retry_longest_s``.
    """

    trigger: Trigger = Trigger.INTERVAL
    interval_s: float = 1.0
    shots: int = 3
    jpeg_quality: int = 90
    open_timeout_ms: int = 5_000
    read_timeout_ms: int = 5_000
    retry_first_s: float = 1.0
    retry_longest_s: float = 30.0


class VideoSource:
    """Reads a stream without pause, so that each picture is the newest, and submits some.

    ``source`` is an address, a file, or the number of a video device.
    """

    def __init__(self, source: str | int, rules: VideoRules, new_burst: Callable[[], str]) -> None:
        self._source = source
        self._rules = rules
        self._new_burst = new_burst
        self._motion = MotionDetector()
        self._burst: str | None = None
        self._shot = 0
        self._last_at = float("-inf")
        self.opened = 0
        self.submitted = 0

    async def run(self, submit: Submit) -> None:
        """Read and submit until cancelled."""
        wait = self._rules.retry_first_s
        while True:
            began = time.monotonic()
            try:
                await self._read_stream(submit)
            except ConnectionError as error:
                log.warning("video %s: %s", self._source, error)
            lasted = time.monotonic() - began > 10.0
            wait = self._rules.retry_first_s if lasted else wait
            await asyncio.sleep(wait)
            wait = min(self._rules.retry_longest_s, wait * 2)

    async def _read_stream(self, submit: Submit) -> None:
        capture = await asyncio.to_thread(self._open)
        reading: asyncio.Future[tuple[bool, Frame]] | None = None
        try:
            while True:
                reading = asyncio.ensure_future(asyncio.to_thread(capture.read))
                got, frame = await asyncio.shield(reading)
                if not got:
                    raise ConnectionError("the stream ended")
                await self._consider(frame, submit)
        finally:
            if reading is not None and not reading.done():
                # Releasing while a thread still reads crashes OpenCV.
                await asyncio.wait([reading])
            await asyncio.to_thread(capture.release)

    def _open(self) -> cv2.VideoCapture:
        rules = self._rules
        if isinstance(self._source, int):
            capture = cv2.VideoCapture(self._source)
        else:
            limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, rules.open_timeout_ms]
            limits += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, rules.read_timeout_ms]
            capture = cv2.VideoCapture(self._source, cv2.CAP_FFMPEG, limits)
        if not capture.isOpened():
            capture.release()
            raise ConnectionError("the stream cannot be opened")
        self.opened += 1
        return capture

    async def _consider(self, frame: Frame, submit: Submit) -> None:
        if not self._wanted(frame, time.monotonic()):
            return
        data = await asyncio.to_thread(self._encode, frame)
        try:
            await submit(data, self._rules.trigger, burst=self._burst, shot=self._shot)
        except (ProtocolError, SpoolFull, SpoolFailed) as error:
            log.warning("video %s: picture not kept: %s", self._source, error)
            return
        self.submitted += 1
        self._shot += 1

    def _wanted(self, frame: Frame, now: float) -> bool:
        due = now - self._last_at >= self._rules.interval_s
        if self._rules.trigger is not Trigger.MOTION:
            if due:
                self._begin_burst(now)
            return due
        if not self._motion.moved(frame):
            self._burst = None
            return False
        if self._burst is None:
            self._begin_burst(now)
            return True
        if due and self._shot < self._rules.shots:
            self._last_at = now
            return True
        return False

    def _begin_burst(self, now: float) -> None:
        self._burst, self._shot, self._last_at = self._new_burst(), 0, now

    def _encode(self, frame: Frame) -> bytes:
        good, data = cv2.imencode(
            ".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, self._rules.jpeg_quality]
        )
        if not good:
            raise ConnectionError("a frame could not be encoded")
        return bytes(data)
