"""The worker process: reads one picture after another that its parent sends over a pipe.

Started as ``python -m ocr.worker FD``; see ``ocr.worker_process`` for the parent's side. The
worker ends by itself when the pipe closes, so that no worker outlives its service.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

from ocr.outcome import ReadOutcome
from ocr.worker_messages import ReadRequest, Ready, StartFailed, WorkerSetup
from schemas.readings import ReadFailure

_PR_SET_PDEATHSIG = 1
# Keeping freed memory makes the next picture 20 % faster (measured); an idle worker gives
# it back, which halves its resident size.
_IDLE_SECONDS = 2.0


def main(descriptor: int) -> None:
    """Serve the parent at file ``descriptor`` until it closes the pipe."""
    _detach()
    with Connection(descriptor) as pipe:
        try:
            setup: WorkerSetup = pipe.recv()
            _limit_memory(setup.address_space)
            _serve(pipe, setup)
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return  # the parent is gone or no longer wants this worker


def _serve(pipe: Connection, setup: WorkerSetup) -> None:
    # Imported here, after the memory limit, so that it holds for the models too.
    from ocr.engines.models import EngineUnavailableError
    from ocr.readers import Readers, UnknownEngineError
    from ocr.reading import read_picture

    try:
        readers = Readers(setup.spec)
        readers.warm_up()
    except (EngineUnavailableError, UnknownEngineError) as error:
        pipe.send(StartFailed(message=str(error)))
        return
    pipe.send(Ready())
    while True:
        if not pipe.poll(_IDLE_SECONDS):
            _give_memory_back()
        request: ReadRequest = pipe.recv()
        try:
            data = _bytes_of(request.picture, setup.limits.max_bytes)
            outcome = read_picture(readers, data, request.kind, setup.limits)
        except MemoryError:
            _answer_failure(pipe, request, "the picture needs more memory than a worker may use")
            return  # memory may be in pieces: a fresh worker takes over
        except OSError as error:
            failure = ReadFailure(reason="undecodable", message=f"the file cannot be read: {error}")
            outcome = ReadOutcome(kind=request.kind, failure=failure)
        except Exception as error:  # noqa: BLE001 any engine's error is this picture's failure
            message = f"the reader failed: {type(error).__name__}: {error}"
            failure = ReadFailure(reason="reader_failed", message=message)
            outcome = ReadOutcome(kind=request.kind, failure=failure)
        pipe.send(outcome)


def _give_memory_back() -> None:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # the GNU C library has it
    if trim is not None:
        trim(0)


def _answer_failure(pipe: Connection, request: ReadRequest, message: str) -> None:
    failure = ReadFailure(reason="reader_failed", message=message)
    pipe.send(ReadOutcome(kind=request.kind, failure=failure))


def _bytes_of(picture: bytes | Path, most: int) -> bytes:
    """The picture's bytes; of an oversized file just enough to be refused as such."""
    if isinstance(picture, bytes):
        return picture
    with picture.open("rb") as file:
        return file.read(most + 1)


def _detach() -> None:
    """Own process group (so that children die with it), no Ctrl-C, death with the parent."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(5)  # the service's event loop comes first when cores are short


def _limit_memory(address_space: int) -> None:
    if address_space:
        resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))


if __name__ == "__main__":
    main(int(sys.argv[1]))
