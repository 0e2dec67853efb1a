"""One place in the pool: a thread that keeps one worker process alive and feeds it."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from ocr.outcome import ReadOutcome
from ocr.worker_messages import ReadRequest, WorkerSetup
from ocr.worker_process import (
    WorkerLostError,
    WorkerProcess,
    WorkerStartError,
    WorkerTimeoutError,
)
from schemas.readings import ReadFailure

log = logging.getLogger(__name__)

GIGABYTE = 1 << 30
_STOP_SECONDS = 2.0
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 10.0
_TRIES = 2
# How often an idle slot looks whether its worker still lives, in seconds.
_WATCH = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """How many workers, and what each may take.

    ``queue`` is how many pictures may wait; ``deadline`` the seconds one may take, first to
    wait and then to be read; ``recycle_after`` the pictures after which a worker is replaced;
    ``recycle_bytes`` the resident memory above which it is; ``address_space`` the hard
    memory limit of a worker, in bytes (0: none).
    """

    workers: int = 2
    queue: int = 64
    deadline: float = 5.0
    start_seconds: float = 60.0
    recycle_after: int = 2_000
    recycle_bytes: int = GIGABYTE
    address_space: int = 6 * GIGABYTE


@dataclass(slots=True, kw_only=True)
class Job:
    """A picture on its way; ``queued_at`` is monotonic, ``seconds`` its deadline."""

    request: ReadRequest
    result: asyncio.Future[ReadOutcome]
    seconds: float
    queued_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all slots of a pool have in common; the two functions may be called in any thread."""

    jobs: queue.Queue[Job | None]
    setup: WorkerSetup
    settings: PoolSettings
    count: Callable[[str], None]
    answer: Callable[[Job, ReadOutcome | None], None]


class Slot:
    """A thread with its worker process; a worker that dies, hangs or ages is replaced."""

    def __init__(self, shared: Shared, number: int) -> None:
        """Prepare; ``start`` begins."""
        self._shared = shared
        self._thread = threading.Thread(target=self._run, name=f"reader-{number}", daemon=True)
        self._closing = threading.Event()
        self._pause = _FIRST_PAUSE
        self.started: Future[None] = Future()
        self.worker: WorkerProcess | None = None
        self.busy = False

    @property
    def ready(self) -> bool:
        """Whether a worker with loaded models is there."""
        worker = self.worker
        return worker is not None and worker.ready and worker.alive()

    def start(self) -> None:
        """Start the thread and, in it, the worker; ``started`` tells when it is ready."""
        self._thread.start()

    def close(self) -> None:
        """Make the thread end soon: no new picture, and one in work is given up."""
        self._closing.set()
        worker = self.worker
        if worker is not None and (self.busy or not worker.ready):
            worker.kill()

    def join(self) -> None:
        """Wait for the thread's end; the worker is gone then."""
        self._thread.join()

    def _run(self) -> None:
        try:
            self._start_worker()
        except WorkerStartError as error:
            self.started.set_exception(error)
            return
        self.started.set_result(None)
        while not self._closing.is_set():
            self._keep_worker()
            try:
                job = self._shared.jobs.get(timeout=_WATCH)
            except queue.Empty:
                continue
            if job is None:
                break
            self.busy = True
            self._shared.answer(job, self._handle(job))
            self.busy = False
        if self.worker is not None:
            self.worker.stop(_STOP_SECONDS)

    def _start_worker(self) -> None:
        worker = self.worker = WorkerProcess(self._shared.setup)
        if self._closing.is_set():
            worker.kill()
        worker.wait_ready(self._shared.settings.start_seconds)
        self._pause = _FIRST_PAUSE

    def _keep_worker(self) -> None:
        """Replace a worker that died, read enough pictures or grew too large."""
        worker, settings = self.worker, self._shared.settings
        if worker is not None and worker.alive():
            grown = worker.resident_bytes() > settings.recycle_bytes
            if worker.done < settings.recycle_after and not grown:
                return
            worker.stop(_STOP_SECONDS)
            self._shared.count("recycled")
        else:
            self._shared.count("restarts")
        try:
            self._start_worker()
        except WorkerStartError as error:
            if not self._closing.is_set():
                log.warning("%s; next try in %.1f s", error, self._pause)
                self._closing.wait(self._pause)
                self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _handle(self, job: Job) -> ReadOutcome | None:
        """Read the job's picture, twice if the worker dies; None when the pool closes."""
        waited = time.monotonic() - job.queued_at
        if waited > job.seconds or job.result.cancelled():
            self._shared.count("timeouts")
            return _failure(job, "timeout", f"waited {waited:.1f} s in the queue", waited)
        reason = "no worker could be started"
        for _ in range(_TRIES):
            if self._closing.is_set():
                return None
            if not self.ready:
                self._keep_worker()
            worker = self.worker
            if worker is None or not worker.ready:
                continue
            try:
                outcome = worker.read(job.request, job.seconds)
            except WorkerTimeoutError as error:
                self._shared.count("timeouts")
                log.warning("reading was stopped: %s", error)
                return _failure(job, "timeout", f"reading was stopped: {error}", waited)
            except WorkerLostError as error:
                if not self._closing.is_set():
                    self._shared.count("lost")
                    log.warning("a reading worker was lost: %s", error)
                reason = str(error)
            else:
                self._shared.count("done")
                return replace(outcome, waited_ms=round(waited * 1000))
        if self._closing.is_set():
            return None
        return _failure(job, "worker_lost", f"no worker could read the picture: {reason}", waited)


def _failure(job: Job, reason: str, message: str, waited: float) -> ReadOutcome:
    return ReadOutcome(
        kind=job.request.kind,
        failure=ReadFailure(reason=reason, message=message),
        waited_ms=round(waited * 1000),
    )
