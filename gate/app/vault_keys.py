"""The file of vault keys: 32 random bytes each in hexadecimal, one a line, the one in use first.

Further lines are keys of before: they unlock what was not locked anew yet.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FILE = Path("keys") / "vault.key"
KEY_BYTES = 32
"""AES-256."""


class VaultKeyUnusable(ValueError):
    """The key file is missing, is no key file, or is not the one that locked the secrets."""


def key_id(key: bytes) -> str:
    """Names a key without telling it: sixteen hex digits of a SHA-256."""
    return hashlib.sha256(b"gate vault key" + key).hexdigest()[:16]


def read_keys(path: Path) -> tuple[bytes, ...]:
    """The keys, the one in use first; none where there is no file. Raises ``VaultKeyUnusable``."""
    try:
        lines = path.read_text("ascii").split()
        keys = tuple(bytes.fromhex(line) for line in lines)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise VaultKeyUnusable(f"{path}: {error.strerror}") from error
    except ValueError:
        keys = ()
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise VaultKeyUnusable(
            f"{path} is no file of vault keys ({KEY_BYTES} bytes in hexadecimal a line): put the "
            "right one back from your backup"
        )
    return keys


def make_key_file(path: Path) -> None:
    """Write a first key, readable by its owner only; a file that is there stays as it is."""
    with suppress(FileExistsError):
        _write(path, (secrets.token_bytes(KEY_BYTES),), os.link)


def write_keys(path: Path, keys: tuple[bytes, ...]) -> None:
    """Put these keys in the file's place, all at once. Raises ``VaultKeyUnusable``."""
    _write(path, keys, os.replace)


def _write(path: Path, keys: tuple[bytes, ...], put: Callable[[Path, Path], None]) -> None:
    """Written and synced beside it first: a crash leaves the old file or the new one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write("".join(f"{key.hex()}\n" for key in keys))
                file.flush()
                os.fsync(file.fileno())
            put(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        _sync(path.parent)
    except FileExistsError:
        raise
    except OSError as error:
        raise VaultKeyUnusable(f"{path}: {error.strerror}") from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
