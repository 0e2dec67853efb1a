"""Readers in worker processes behind one asynchronous call: bounded, with deadlines.

Each worker has a thread here that talks to it, so that the event loop never waits for a
pipe. A picture that makes its worker crash is tried once more in a fresh worker; one that
hangs its worker is not. The pool's own failures are values too: a caller always gets a
``ReadOutcome``, except when the queue is full or the pool is closed.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ocr.outcome import ReadOutcome
from ocr.pool_slot import Job, PoolSettings, Shared, Slot
from ocr.sniff import DecodeLimits
from ocr.spec import ReaderSpec
from ocr.worker_messages import ReadRequest, WorkerSetup
from ocr.worker_process import WorkerStartError
from schemas.readings import ReadingKind

__all__ = [
    "PoolClosedError",
    "PoolFullError",
    "PoolSettings",
    "PoolStats",
    "ReaderPool",
    "WorkerStartError",
]

_COUNTED = ("done", "lost", "timeouts", "restarts", "recycled", "refused")


class PoolFullError(Exception):
    """The queue is full: more pictures arrive than are read. Try again, or drop the picture."""


class PoolClosedError(Exception):
    """The pool was closed, or not started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStats:
    """Figures for metrics: the first four are now, the others since the start."""

    workers: int
    ready: int
    busy: int
    queued: int
    done: int
    lost: int
    timeouts: int
    restarts: int
    recycled: int
    refused: int


class ReaderPool:
    """Worker processes that read pictures; start it before use and close it after."""

    def __init__(
        self,
        spec: ReaderSpec | None = None,
        settings: PoolSettings | None = None,
        limits: DecodeLimits | None = None,
    ) -> None:
        """Remember the settings; nothing starts yet."""
        self._settings = settings or PoolSettings()
        setup = WorkerSetup(
            spec=spec or ReaderSpec(),
            limits=limits or DecodeLimits(),
            address_space=self._settings.address_space,
        )
        self._jobs: queue.Queue[Job | None] = queue.Queue(self._settings.queue)
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._shared = Shared(
            jobs=self._jobs,
            setup=setup,
            settings=self._settings,
            count=self._count,
            answer=self._answer,
        )
        self._slots: list[Slot] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Start all workers and wait until every one has its models loaded.

        Raises WorkerStartError when one cannot; the others are stopped then.
        """
        self._loop = asyncio.get_running_loop()
        self._slots = [Slot(self._shared, n) for n in range(self._settings.workers)]
        for slot in self._slots:
            slot.start()
        started = [asyncio.wrap_future(slot.started) for slot in self._slots]
        results = await asyncio.gather(*started, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                await self.close()
                raise result

    async def read(
        self, picture: bytes | Path, kind: ReadingKind, *, deadline: float | None = None
    ) -> ReadOutcome:
        """Read all marks of ``kind`` in a picture, given as bytes or as the path of its file.

        ``deadline`` (seconds, default the settings') bounds the wait in the queue and then the
        reading; past it the outcome's failure is ``timeout``. Raises PoolFullError or
        PoolClosedError.
        """
        if self._loop is None or not self._slots:
            raise PoolClosedError("the reader pool is not running")
        job = Job(
            request=ReadRequest(picture=picture, kind=kind),
            result=self._loop.create_future(),
            seconds=deadline or self._settings.deadline,
            queued_at=time.monotonic(),
        )
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            self._count("refused")
            raise PoolFullError(
                f"{self._settings.queue} pictures are waiting to be read already"
            ) from None
        return await job.result

    def stats(self) -> PoolStats:
        """Return the current figures."""
        with self._lock:
            return PoolStats(
                workers=len(self._slots),
                ready=sum(slot.ready for slot in self._slots),
                busy=sum(slot.busy for slot in self._slots),
                queued=self._jobs.qsize(),
                **{name: self._counts[name] for name in _COUNTED},
            )

    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers that run."""
        workers = (slot.worker for slot in self._slots)
        return tuple(worker.pid for worker in workers if worker and worker.alive())

    async def close(self) -> None:
        """Stop all workers; pictures in work or waiting get PoolClosedError."""
        slots, self._slots = self._slots, []
        for slot in slots:
            slot.close()
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is not None:
                self._settle(job, None)
        for _ in slots:
            self._jobs.put_nowait(None)
        await asyncio.gather(*(asyncio.to_thread(slot.join) for slot in slots))

    def _count(self, name: str) -> None:
        with self._lock:
            self._counts[name] += 1

    def _answer(self, job: Job, outcome: ReadOutcome | None) -> None:
        """Hand a result from a worker's thread to the event loop; None: the pool closes."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._settle, job, outcome)

    @staticmethod
    def _settle(job: Job, outcome: ReadOutcome | None) -> None:
        if job.result.done():
            return  # the caller gave up
        if outcome is None:
            job.result.set_exception(PoolClosedError("the reader pool was closed"))
        else:
            job.result.set_result(outcome)
