"""The spool: pictures that wait on the camera's disk until the centre has them for good.

A file is the whole payload, named by the capture's id; ids sort by time, so the names do too.
A file is complete and on disk before :meth:`Spool.put` returns. Nothing unsent is ever deleted:
at the bound new pictures are refused, the less important ones first.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from schemas.ids import check_uuid7
from schemas.protocol_errors import BadId

_SUFFIX = ".capture"
_PART = ".part"


class SpoolFull(Exception):
    """The spool is at its bound: the picture was not taken, nothing was deleted for it."""


class SpoolFailed(Exception):
    """The spool's disk refused a write or a read."""


class Spool:
    """A folder of waiting captures, locked while open. All methods block on the disk.

    ``max_bytes`` bounds it. Pictures that are not important are refused above
    ``reserve`` (a share) of the bound, so that the rest stays for those that are.
    """

    def __init__(self, folder: Path, *, max_bytes: int = 2 * 1024**3, reserve: float = 0.8) -> None:
        self._folder = folder / "spool"
        self._refused = folder / "refused"
        self._max_bytes = max_bytes
        self._reserve_bytes = int(max_bytes * reserve)
        self._sizes: dict[str, int] = {}
        self._lock: int | None = None

    def open(self) -> tuple[str, ...]:
        """Create the folders and find what waits from before, oldest first.

        Half-written files of a crash are removed: their pictures were never accepted. Raises
        ``SpoolFailed``, also when another process has this spool open.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._refused.mkdir(parents=True, exist_ok=True)
            self._take_lock()
            self._sizes = {}
            for path in sorted(self._folder.iterdir()):
                if path.name.endswith(_PART):
                    path.unlink()
                elif path.name.endswith(_SUFFIX) and _is_id(path.stem):
                    self._sizes[path.stem] = path.stat().st_size
        except OSError as error:
            raise SpoolFailed(f"cannot open the spool {self._folder}: {error}") from error
        return tuple(self._sizes)

    def close(self) -> None:
        """Let another process have the spool; safe to call twice."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @property
    def count(self) -> int:
        """How many captures wait."""
        return len(self._sizes)

    @property
    def size_bytes(self) -> int:
        """How many bytes wait."""
        return sum(self._sizes.values())

    @property
    def nearly_full(self) -> bool:
        """Whether only important pictures are taken any more."""
        return self.size_bytes >= self._reserve_bytes

    def has(self, capture_id: str) -> bool:
        """Whether the capture waits here."""
        return capture_id in self._sizes

    def put(self, capture_id: str, payload: bytes, *, important: bool) -> None:
        """Keep a payload on disk; raises ``SpoolFull`` or ``SpoolFailed`` (nothing is kept)."""
        check_uuid7(capture_id)
        bound = self._max_bytes if important else self._reserve_bytes
        if self.size_bytes + len(payload) > bound:
            raise SpoolFull(
                f"{self.count} captures with {self.size_bytes} bytes wait in {self._folder}; "
                f"{'no' if important else 'no unimportant'} picture is taken until some are sent"
            )
        path = self._path(capture_id)
        part = path.with_suffix(_PART)
        try:
            with part.open("wb") as file:
                file.write(payload)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
            _sync_folder(self._folder)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise SpoolFailed(f"cannot write to the spool {self._folder}: {error}") from error
        self._sizes[capture_id] = len(payload)

    def read(self, capture_id: str) -> bytes:
        """The payload of a waiting capture; raises ``SpoolFailed``."""
        try:
            return self._path(capture_id).read_bytes()
        except OSError as error:
            raise SpoolFailed(f"cannot read {capture_id} from the spool: {error}") from error

    def remove(self, capture_id: str) -> None:
        """Forget a capture that the centre has; unknown ids are no error, ``SpoolFailed`` is."""
        try:
            self._path(capture_id).unlink(missing_ok=True)
        except OSError as error:
            raise SpoolFailed(f"cannot remove {capture_id} from the spool: {error}") from error
        self._sizes.pop(capture_id, None)

    def refuse(self, capture_id: str, reason: str, detail: str) -> None:
        """Set a finally refused capture aside, the reason beside it; raises ``SpoolFailed``."""
        if not self.has(capture_id):
            return
        note = {"capture": capture_id, "reason": reason, "detail": detail}
        try:
            (self._refused / f"{capture_id}.json").write_text(json.dumps(note) + "\n")
            self._path(capture_id).rename(self._refused / f"{capture_id}{_SUFFIX}")
        except OSError as error:
            raise SpoolFailed(f"cannot set {capture_id} aside: {error}") from error
        self._sizes.pop(capture_id, None)

    def _take_lock(self) -> None:
        """Held by the kernel for this process, so a crash leaves no stale lock behind."""
        if self._lock is not None:
            return
        lock = os.open(self._folder.parent / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise SpoolFailed(
                f"another process has the spool {self._folder} open; stop it or use another folder"
            ) from None
        self._lock = lock

    def _path(self, capture_id: str) -> Path:
        return self._folder / f"{capture_id}{_SUFFIX}"


def _is_id(stem: str) -> bool:
    try:
        return bool(check_uuid7(stem))
    except BadId:
        return False


def _sync_folder(folder: Path) -> None:
    """A rename is only safe from power loss once its folder is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
