"""One worker process as its parent holds it: start, ask, kill. Blocking; used in a thread."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from ocr.outcome import ReadOutcome
from ocr.worker_messages import ReadRequest, Ready, StartFailed, WorkerSetup

_PAGE = os.sysconf("SC_PAGE_SIZE")


class WorkerLostError(Exception):
    """The worker died, or was killed, before it answered."""


class WorkerTimeoutError(WorkerLostError):
    """The worker did not answer within the deadline and was killed."""


class WorkerStartError(Exception):
    """The worker cannot start: an engine is missing or takes too long to load."""


class WorkerProcess:
    """A started worker. Every call may block; any failure leaves the worker dead."""

    def __init__(self, setup: WorkerSetup) -> None:
        """Start the process; ``wait_ready`` must follow."""
        ours, theirs = Pipe()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
        with theirs:
            # A fresh interpreter rather than a fork: no threads, sockets or locks inherited.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ocr.worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=environment,
            )
        self._pipe: Connection = ours
        self._setup = setup
        self.done = 0
        self.ready = False

    def wait_ready(self, seconds: float) -> None:
        """Wait until the models are loaded; raises WorkerStartError with what the worker said."""
        try:
            answer = self._exchange(self._setup, seconds)
        except WorkerLostError as error:
            raise WorkerStartError(f"a reading worker did not start: {error}") from error
        if not isinstance(answer, Ready):
            self.kill()
            message = answer.message if isinstance(answer, StartFailed) else repr(answer)
            raise WorkerStartError(f"a reading worker did not start: {message}")
        self.ready = True

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def read(self, request: ReadRequest, seconds: float) -> ReadOutcome:
        """Have one picture read within ``seconds``.

        Raises WorkerTimeoutError or WorkerLostError; the worker is dead then.
        """
        answer = self._exchange(request, seconds)
        if not isinstance(answer, ReadOutcome):
            self.kill()
            raise WorkerLostError(f"the worker answered with {type(answer).__name__}")
        self.done += 1
        return answer

    def resident_bytes(self) -> int:
        """Resident memory of the process, 0 when it cannot be told."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * _PAGE

    def alive(self) -> bool:
        """Tell whether the process still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process with all it started, now; safe from any thread and repeatable."""
        # A process that was waited for has no group any more, or another's.
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def stop(self, seconds: float) -> None:
        """Let the worker end by closing its pipe; kill it when it does not within ``seconds``."""
        self._pipe.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()

    def _exchange(self, message: object, seconds: float) -> object:
        """Send and receive; the deadline kills the worker, which ends either blocking call."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self.kill()

        timer = threading.Timer(seconds, expire)
        timer.daemon = True
        timer.start()
        try:
            self._pipe.send(message)
            answer: object = self._pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            timer.cancel()
            self.kill()
            code = self._process.wait()
            self._pipe.close()
            if expired.is_set():
                raise WorkerTimeoutError(f"no answer within {seconds:g} s") from error
            raise WorkerLostError(f"the worker ended with status {code}") from error
        finally:
            timer.cancel()
        return answer
