"""Watching a folder into which cameras upload pictures (the way most cameras can)."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from devices.spool import SpoolFailed, SpoolFull
from schemas.protocol_errors import ProtocolError

log = logging.getLogger(__name__)

SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})

_AGAIN_AFTER_S = 5.0

Submit = Callable[[bytes], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class _Look:
    """What a file looked like: name, size in bytes, time of change in ns."""

    name: str
    size: int
    changed_ns: int


class FolderWatch:
    """Submits each new, complete picture of a folder once, oldest first.

    A file counts as complete when its size and time have not changed for ``settle_s``. Files are
    left as they are; ``journal`` (a file outside the folder) remembers which are done over
    restarts; a crash at the wrong moment can send a picture twice, never not at all. One that
    cannot be kept now (full spool) is tried again later; one that is no picture is logged once
    and passed over.
    """

    def __init__(
        self,
        folder: Path,
        journal: Path,
        *,
        poll_s: float = 0.2,
        settle_s: float = 0.4,
        pause_s: float = 0.0,
    ) -> None:
        self._folder = folder
        self._journal = journal
        self._poll_s = poll_s
        self._settle_s = settle_s
        self._pause_s = pause_s
        self._done: set[_Look] = set()
        self._first_seen: dict[_Look, float] = {}
        self.submitted = 0
        self.passed_over = 0

    async def run(self, submit: Submit) -> None:
        """Watch until cancelled."""
        self._done = await asyncio.to_thread(self._read_journal)
        try:
            while True:
                for look in await asyncio.to_thread(self._settled):
                    if await self._take(look, submit) and self._pause_s:
                        await asyncio.sleep(self._pause_s)
                await asyncio.sleep(self._poll_s)
        finally:
            self._write_journal()

    async def _take(self, look: _Look, submit: Submit) -> bool:
        path = self._folder / look.name
        try:
            picture = await asyncio.to_thread(path.read_bytes)
            capture_id = await submit(picture)
        except ProtocolError as error:
            log.warning("%s passed over (%s): %s", path, error.code, error.text)
            self.passed_over += 1
        except (SpoolFull, SpoolFailed) as error:
            log.warning("%s waits: %s", path, error)
            self._first_seen[look] = time.monotonic() + _AGAIN_AFTER_S
            return False
        except OSError as error:
            log.warning("%s cannot be read: %s", path, error)
            return False
        else:
            log.info("%s is capture %s", path.name, capture_id)
            self.submitted += 1
        self._done.add(look)
        await asyncio.to_thread(self._write_journal)
        return True

    def _settled(self) -> list[_Look]:
        """Complete files that are not done, oldest first; forgets files that are gone."""
        looks = self._look()
        now = time.monotonic()
        self._first_seen = {look: self._first_seen.get(look, now) for look in looks}
        self._done &= looks
        settled = [
            look
            for look, since in self._first_seen.items()
            if look not in self._done and now - since >= self._settle_s
        ]
        return sorted(settled, key=lambda look: (look.changed_ns, look.name))

    def _look(self) -> set[_Look]:
        looks = set()
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    named = Path(entry.name).suffix.lower() in SUFFIXES
                    if named and not entry.name.startswith(".") and entry.is_file():
                        stat = entry.stat()
                        if stat.st_size > 0:
                            looks.add(_Look(entry.name, stat.st_size, stat.st_mtime_ns))
        except OSError as error:
            log.warning("cannot look into %s: %s", self._folder, error)
        return looks

    def _read_journal(self) -> set[_Look]:
        try:
            rows = json.loads(self._journal.read_text())
            return {_Look(str(name), int(size), int(changed)) for name, size, changed in rows}
        except FileNotFoundError:
            return set()
        except (OSError, ValueError, TypeError) as error:
            # At worst pictures are sent twice under new ids; losing some would be worse.
            log.warning("the journal %s cannot be read, starting anew: %s", self._journal, error)
            return set()

    def _write_journal(self) -> None:
        rows = sorted((look.name, look.size, look.changed_ns) for look in self._done)
        part = self._journal.with_suffix(".part")
        try:
            self._journal.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(rows))
            part.replace(self._journal)
        except OSError as error:
            log.warning("the journal %s cannot be written: %s", self._journal, error)
