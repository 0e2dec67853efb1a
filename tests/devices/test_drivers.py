"""Picture sources: a watched folder and a video stream, with the damage they meet in the field."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices.drivers.folder import FolderWatch
from devices.drivers.motion import MotionDetector
from devices.drivers.rtsp import VideoRules, VideoSource
from devices.spool import SpoolFull
from devices.stamping import fresh_id
from schemas.capture import Trigger
from schemas.picture_header import picture_size
from tests.devices.test_camera import picture
from tests.devices.waiting import until


@contextlib.asynccontextmanager
async def watching(
    watch: FolderWatch, submit: Callable[[bytes], Awaitable[str]]
) -> AsyncIterator[None]:
    running = asyncio.create_task(watch.run(submit))
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


class Sink:
    """Takes pictures; refuses while ``full``."""

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.bursts: list[tuple[str | None, int]] = []
        self.full = False

    async def submit(self, data: bytes) -> str:
        picture_size(data)
        if self.full:
            raise SpoolFull("full")
        self.pictures.append(data)
        return fresh_id()

    async def submit_shot(
        self, data: bytes, trigger: Trigger, *, burst: str | None = None, shot: int = 0
    ) -> str:
        self.bursts.append((burst, shot))
        return await self.submit(data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "uploads"
    made.mkdir()
    return made


async def test_every_picture_is_submitted_once_also_over_a_restart(
    folder: Path, tmp_path: Path
) -> None:
    sink = Sink()
    (folder / "before.JPG").write_bytes(picture(0))
    async with watching(FolderWatch(folder, tmp_path / "j.json", settle_s=0.05), sink.submit):
        await until(lambda: len(sink.pictures) == 1)
        (folder / "after.jpeg").write_bytes(picture(1))
        await until(lambda: len(sink.pictures) == 2)
    (folder / "while-down.jpg").write_bytes(picture(2))
    async with watching(FolderWatch(folder, tmp_path / "j.json", settle_s=0.05), sink.submit):
        await until(lambda: len(sink.pictures) == 3)
        await asyncio.sleep(0.5)
    assert sink.pictures == [picture(0), picture(1), picture(2)]
    assert {p.name for p in folder.glob("*")} == {"before.JPG", "after.jpeg", "while-down.jpg"}  # noqa: ASYNC240


async def test_a_file_that_is_still_growing_is_not_taken(folder: Path, tmp_path: Path) -> None:
    sink = Sink()
    data = picture(1)
    watch = FolderWatch(folder, tmp_path / "j.json", poll_s=0.02, settle_s=0.3)
    async with watching(watch, sink.submit):
        for end in range(100, len(data) + 100, 100):
            (folder / "slow.jpg").write_bytes(data[:end])
            await asyncio.sleep(0.05)
        await until(lambda: len(sink.pictures) == 1)
    assert sink.pictures == [data]


async def test_what_is_no_picture_is_passed_over_and_the_rest_goes_on(
    folder: Path, tmp_path: Path
) -> None:
    sink = Sink()
    (folder / "a.jpg").write_bytes(b"not a picture")
    (folder / "b.txt").write_bytes(picture(1))
    (folder / ".hidden.jpg").write_bytes(picture(2))
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "c.png").write_bytes(bytes(cv2.imencode(".png", np.zeros((9, 9), np.uint8))[1]))
    watch = FolderWatch(folder, tmp_path / "j.json", settle_s=0.05)
    async with watching(watch, sink.submit):
        await until(lambda: len(sink.pictures) == 1 and watch.passed_over == 1)
    assert len(sink.pictures) == 1


async def test_a_full_spool_leaves_the_picture_in_the_folder_for_later(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.drivers.folder._AGAIN_AFTER_S", 0.1)
    sink = Sink()
    sink.full = True
    (folder / "a.jpg").write_bytes(picture(1))
    watch = FolderWatch(folder, tmp_path / "j.json", settle_s=0.05)
    async with watching(watch, sink.submit):
        await asyncio.sleep(0.5)
        assert watch.submitted == 0
        sink.full = False
        await until(lambda: watch.submitted == 1)


def _video(path: Path, frames: int, *, truck: range = range(0)) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 180))
    for number in range(frames):
        frame = np.full((180, 320, 3), 90, np.uint8)
        if number in truck:
            left = (number - truck.start) * 8
            frame[60:160, left : left + 120] = (30, 30, 200)
        writer.write(frame)
    writer.release()


async def _run_video(source: VideoSource, sink: Sink, done: Callable[[], bool]) -> None:
    running = asyncio.create_task(source.run(sink.submit_shot))
    try:
        await until(done)
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def test_a_stream_gives_pictures_at_intervals_and_is_opened_again_when_it_ends(
    tmp_path: Path,
) -> None:
    _video(tmp_path / "v.avi", 20)
    rules = VideoRules(interval_s=0.0, retry_first_s=0.05)
    source = VideoSource(str(tmp_path / "v.avi"), rules, fresh_id)
    sink = Sink()
    await _run_video(source, sink, lambda: source.opened >= 2 and len(sink.pictures) > 20)
    assert picture_size(sink.pictures[0]).width == 320


async def test_motion_gives_one_burst_of_limited_shots(tmp_path: Path) -> None:
    _video(tmp_path / "v.avi", 60, truck=range(20, 45))
    rules = VideoRules(trigger=Trigger.MOTION, interval_s=0.0, shots=3, retry_first_s=30)
    source = VideoSource(str(tmp_path / "v.avi"), rules, fresh_id)
    sink = Sink()
    await _run_video(source, sink, lambda: len(sink.bursts) >= 3)
    assert [shot for _, shot in sink.bursts[:3]] == [0, 1, 2]
    assert len({burst for burst, _ in sink.bursts[:3]}) == 1


async def test_a_stream_that_cannot_be_opened_is_tried_again(tmp_path: Path) -> None:
    source = VideoSource(str(tmp_path / "v.avi"), VideoRules(retry_first_s=0.05), fresh_id)
    sink = Sink()
    running = asyncio.create_task(source.run(sink.submit_shot))
    await asyncio.sleep(0.2)
    assert source.opened == 0
    _video(tmp_path / "v.avi", 5)
    await until(lambda: len(sink.pictures) > 0)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


def test_an_unchanging_view_and_slow_light_are_no_motion() -> None:
    detector = MotionDetector()
    for number in range(200):
        level = 90 + number // 8
        assert not detector.moved(np.full((180, 320, 3), level, np.uint8))
