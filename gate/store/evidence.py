"""The evidence store: files named by the SHA-256 of their bytes, durable before they count."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from gate.store.errors import EvidenceFull, EvidenceLost


class EvidenceStore:
    """Content-addressed files under ``folder/ab/<sha256>``.

    The 256 folders are made beforehand, so that a picture costs two syncs and no more.

    All methods block on the disk: call them in a thread. Storing the same bytes twice is
    one file. ``put`` returns only after file and folder are synced.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(256):
            (folder / f"{number:02x}").mkdir(exist_ok=True)
        _sync_folder(folder)

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, whether or not they are there."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("an evidence name is a SHA-256 in lower-case hex")
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes, sha256: str | None = None) -> str:
        """Store ``data`` durably and return its hash.

        Raises:
            EvidenceFull: no room, or the disk can't be written.
            ValueError: ``sha256`` was given and is not the hash of ``data``.
        """
        digest = hashlib.sha256(data).hexdigest()
        if sha256 is not None and digest != sha256:
            raise ValueError("the bytes do not have the hash that was promised")
        target = self.path(digest)
        if target.exists():
            return digest
        temporary = target.with_name(f".{digest[:16]}.{secrets.token_hex(4)}")
        try:
            _write(temporary, data)
            temporary.rename(target)
            _sync_folder(target.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise EvidenceFull(f"the evidence store takes no more: {error.strerror}") from error
        return digest

    def get(self, sha256: str) -> bytes:
        """Read bytes back and check them; raises ``EvidenceLost``."""
        try:
            data = self.path(sha256).read_bytes()
        except OSError as error:
            raise EvidenceLost(f"evidence {sha256} is not in the store") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise EvidenceLost(f"evidence {sha256} was changed on disk")
        return data

    def remove(self, sha256: str) -> bool:
        """Delete the file with this hash (retention); False where there is none."""
        try:
            self.path(sha256).unlink()
        except FileNotFoundError:
            return False
        return True


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
