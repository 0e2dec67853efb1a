"""The reader pool against real worker processes that crash, hang and hoard memory."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.pool import (
    PoolClosedError,
    PoolFullError,
    PoolSettings,
    ReaderPool,
    WorkerStartError,
)
from ocr.spec import ReaderSpec
from schemas.readings import ReadingKind
from tests.ocr.faulty_reader import CRASHES, HANGS, HOARDS, RAISES, READS

FAULTY = ReaderSpec(plate="tests.ocr.faulty_reader:FaultyReader", preload=())
PLATE = ReadingKind.PLATE


def grey_picture(value: int) -> bytes:
    done, data = cv2.imencode(".png", np.full((32, 48, 3), value, np.uint8))
    assert done
    return data.tobytes()


@asynccontextmanager
async def running(spec: ReaderSpec = FAULTY, **settings: float) -> AsyncIterator[ReaderPool]:
    pool = ReaderPool(spec, PoolSettings(**{"workers": 1, "deadline": 10.0, **settings}))  # type: ignore[arg-type]
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not come true in time"
        await asyncio.sleep(0.02)


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


async def test_pictures_are_read_in_processes_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(grey_picture(READS))
    async with running(workers=2) as pool:
        from_bytes, from_file = await asyncio.gather(
            pool.read(file.read_bytes(), PLATE), pool.read(file, PLATE)
        )
        for outcome in (from_bytes, from_file):
            (reading,) = outcome.readings
            assert reading.text == "14C12345"
            assert int(reading.model) in pool.pids()
            assert int(reading.model) != os.getpid()
            assert (outcome.width, outcome.height) == (48, 32)
            assert outcome.failure is None
        stats = pool.stats()
        assert (stats.workers, stats.ready, stats.done) == (2, 2, 2)


async def test_a_picture_that_crashes_its_worker_is_tried_twice_then_fails() -> None:
    async with running() as pool:
        bad = await pool.read(grey_picture(CRASHES), PLATE)
        assert bad.failure is not None
        assert bad.failure.reason == "worker_lost"
        assert "-11" in bad.failure.message
        good = await pool.read(grey_picture(READS), PLATE)
        assert good.readings
        stats = pool.stats()
        assert (stats.lost, stats.restarts, stats.done) == (2, 2, 1)


async def test_a_worker_killed_while_reading_costs_a_retry_not_the_picture() -> None:
    async with running(deadline=20) as pool:
        first = pool.pids()[0]
        reading = asyncio.create_task(pool.read(grey_picture(HANGS), PLATE, deadline=3.0))
        await until(lambda: pool.stats().busy == 1)
        await asyncio.sleep(0.2)
        os.kill(first, signal.SIGKILL)
        await until(lambda: pool.stats().lost == 1 and pool.stats().ready == 1)
        assert pool.pids()[0] != first
        outcome = await reading
        assert outcome.failure is not None
        assert outcome.failure.reason == "timeout"


async def test_a_hung_worker_is_killed_at_the_deadline_and_replaced() -> None:
    async with running(deadline=0.7) as pool:
        pid = pool.pids()[0]
        start = time.monotonic()
        outcome = await pool.read(grey_picture(HANGS), PLATE)
        assert outcome.failure is not None
        assert outcome.failure.reason == "timeout"
        assert 0.6 < time.monotonic() - start < 5
        assert gone(pid)
        good = await pool.read(grey_picture(READS), PLATE, deadline=20)
        assert good.readings
        assert pool.stats().timeouts == 1


async def test_a_stopped_worker_does_not_block_the_pool() -> None:
    async with running(deadline=0.7) as pool:
        os.kill(pool.pids()[0], signal.SIGSTOP)
        # Larger than the pipe's buffer, so that already sending it waits for the worker.
        outcome = await pool.read(b"\xff\xd8\xff" + bytes(4_000_000), PLATE)
        assert outcome.failure is not None
        assert outcome.failure.reason == "timeout"
        good = await pool.read(grey_picture(READS), PLATE, deadline=20)
        assert good.readings


async def test_a_reader_that_wants_too_much_memory_fails_alone() -> None:
    async with running(address_space=4 << 30) as pool:
        bad = await pool.read(grey_picture(HOARDS), PLATE)
        assert bad.failure is not None
        assert bad.failure.reason == "reader_failed"
        assert "memory" in bad.failure.message
        assert (await pool.read(grey_picture(READS), PLATE)).readings


async def test_an_engines_own_error_is_the_pictures_failure_and_keeps_the_worker() -> None:
    async with running() as pool:
        before = pool.pids()
        bad = await pool.read(grey_picture(RAISES), PLATE)
        assert bad.failure is not None
        assert bad.failure.reason == "reader_failed"
        assert "an engine's own error" in bad.failure.message
        assert pool.pids() == before
        assert pool.stats().lost == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "undecodable"),
        (b"hello", "unsupported"),
        (b"%PDF-1.7", "unsupported"),
        (grey_picture(READS)[:60], "undecodable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20_000_000), "too_large"),
    ],
)
async def test_bad_pictures_are_refused_with_a_reason(data: bytes, reason: str) -> None:
    async with running() as pool:
        outcome = await pool.read(data, PLATE)
        assert outcome.failure is not None
        assert outcome.failure.reason == reason
        assert not outcome.readings


async def test_a_missing_file_is_the_pictures_failure(tmp_path: Path) -> None:
    async with running() as pool:
        outcome = await pool.read(tmp_path / "nothing.jpg", PLATE)
        assert outcome.failure is not None
        assert outcome.failure.reason == "undecodable"
        assert "nothing.jpg" in outcome.failure.message


async def test_a_full_queue_refuses_at_once_and_waiting_pictures_expire() -> None:
    async with running(queue=2, deadline=1.0) as pool:
        hung = asyncio.create_task(pool.read(grey_picture(HANGS), PLATE, deadline=2.0))
        await until(lambda: pool.stats().busy == 1)
        waiting = [asyncio.create_task(pool.read(grey_picture(READS), PLATE)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(PoolFullError):
            await pool.read(grey_picture(READS), PLATE)
        assert pool.stats().queued == 2
        outcomes = [await task for task in (hung, *waiting)]
        assert [o.failure.reason for o in outcomes if o.failure] == ["timeout"] * 3
        assert "queue" in outcomes[1].failure.message  # type: ignore[union-attr]
        assert pool.stats().refused == 1


async def test_workers_are_recycled_after_their_number_of_pictures() -> None:
    async with running(recycle_after=3) as pool:
        pids = [(await pool.read(grey_picture(READS), PLATE)).readings[0].model for _ in range(7)]
        assert len(set(pids[:3])) == len(set(pids[3:6])) == 1
        assert len(set(pids)) == 3
        assert pool.stats().recycled == 2
        assert pool.stats().lost == 0


async def test_workers_that_grow_too_large_are_recycled() -> None:
    async with running(recycle_bytes=1) as pool:
        await until(lambda: pool.stats().recycled >= 1)
        assert (await pool.read(grey_picture(READS), PLATE)).readings


async def test_an_idle_worker_gives_the_memory_of_its_pictures_back(tmp_path: Path) -> None:
    done, data = cv2.imencode(".jpg", np.full((1500, 2000, 3), 90, np.uint8))
    assert done
    async with running(ReaderSpec(plate="rapid"), deadline=60) as pool:
        await pool.read(data.tobytes(), PLATE)
        (pid,) = pool.pids()
        busy = resident(pid)
        await until(lambda: resident(pid) < 0.8 * busy, seconds=15)


async def test_an_idle_worker_that_dies_is_replaced_before_the_next_picture() -> None:
    async with running() as pool:
        pid = pool.pids()[0]
        os.kill(pid, signal.SIGKILL)
        await until(lambda: pool.stats().ready == 1 and pool.pids() != (pid,))
        assert (await pool.read(grey_picture(READS), PLATE)).readings


async def test_the_event_loop_keeps_turning_while_workers_hang_and_restart() -> None:
    async with running(workers=2, deadline=0.5) as pool:
        gaps: list[float] = []

        async def beat() -> None:
            while True:
                start = time.monotonic()
                await asyncio.sleep(0.01)
                gaps.append(time.monotonic() - start)

        beating = asyncio.create_task(beat())
        large = b"\xff\xd8\xff" + bytes(8_000_000)
        await asyncio.gather(
            *(pool.read(grey_picture(HANGS), PLATE) for _ in range(2)),
            *(pool.read(large, PLATE, deadline=20) for _ in range(4)),
        )
        beating.cancel()
        assert max(gaps) < 0.4


async def test_closing_ends_all_workers_and_answers_what_was_waiting() -> None:
    async with running(workers=2) as pool:
        pids = pool.pids()
        tasks = [asyncio.create_task(pool.read(grey_picture(HANGS), PLATE)) for _ in range(4)]
        await until(lambda: pool.stats().busy == 2)
        start = time.monotonic()
        await pool.close()
        assert time.monotonic() - start < 5
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(r, PoolClosedError) for r in results)
        assert all(gone(pid) for pid in pids)
        with pytest.raises(PoolClosedError):
            await pool.read(grey_picture(READS), PLATE)


async def test_a_caller_that_gives_up_costs_only_its_own_picture() -> None:
    async with running() as pool:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(pool.read(grey_picture(HANGS), PLATE, deadline=1.0), 0.2)
        assert (await pool.read(grey_picture(READS), PLATE, deadline=20)).readings


async def test_a_missing_engine_stops_the_start_with_its_name() -> None:
    spec = ReaderSpec(plate="tests.ocr.faulty_reader:MissingEngine")
    with pytest.raises(WorkerStartError, match=r"x\.onnx is missing"):
        async with running(spec, workers=2):
            pass
    with pytest.raises(WorkerStartError, match="no engine 'nonsense'"):
        async with running(ReaderSpec(plate="nonsense")):
            pass


def test_workers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(
        "import asyncio\n"
        "from ocr.pool import PoolSettings, ReaderPool\n"
        "from ocr.spec import ReaderSpec\n"
        "async def main():\n"
        "    spec = ReaderSpec(plate='tests.ocr.faulty_reader:FaultyReader', preload=())\n"
        "    pool = ReaderPool(spec, PoolSettings(workers=2))\n"
        "    await pool.start()\n"
        "    print(*pool.pids(), flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.kill()
        parent.wait()
    end = time.monotonic() + 5
    while not all(gone(pid) for pid in pids):
        assert time.monotonic() < end, "a worker outlived its parent"
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def _faulty_reader_is_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent.parent.parent))
