"""The barrier's memory of orders on its disk: written, and safe from power loss, before it acts."""

from __future__ import annotations

import json
import os
from pathlib import Path

from devices.barrier_orders import Given, OrderMemory
from schemas.canonical import Json
from schemas.commands import AnswerResult, RefusalReason


class MemoryLost(Exception):
    """The file is there but cannot be understood: what was answered before is not known."""


class MemoryFailed(Exception):
    """The disk refused to keep the memory: the command must not be obeyed."""


def memory_to_json(memory: OrderMemory) -> dict[str, Json]:
    """The memory as JSON values."""
    answers: list[Json] = [
        [given.command, str(given.result), str(given.reason) if given.reason else ""]
        for given in memory.answers
    ]
    return {"token": memory.token, "answers": answers, "decisions": list(memory.decisions)}


def memory_from_json(text: str) -> OrderMemory:
    """The memory from its JSON text; raises ``MemoryLost``."""
    try:
        values = json.loads(text)
        answers = tuple(
            Given(
                command=str(command),
                result=AnswerResult(result),
                reason=RefusalReason(reason) if reason else None,
            )
            for command, result, reason in values["answers"]
        )
        decisions = tuple(str(decision) for decision in values["decisions"])
        return OrderMemory(token=int(values["token"]), answers=answers, decisions=decisions)
    except (ValueError, TypeError, KeyError) as error:
        raise MemoryLost(f"the barrier's memory cannot be understood: {error}") from error


class MemoryFile:
    """The file that keeps an :class:`OrderMemory`. Blocks on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> OrderMemory:
        """The kept memory, a new one at the very first start; raises ``MemoryLost``."""
        try:
            return memory_from_json(self._path.read_text())
        except FileNotFoundError:
            return OrderMemory()
        except (OSError, UnicodeDecodeError) as error:
            raise MemoryLost(f"{self._path} cannot be read: {error}") from error

    def keep(self, memory: OrderMemory) -> None:
        """Replace the file; on disk when this returns. Raises ``MemoryFailed``."""
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("w") as file:
                json.dump(memory_to_json(memory), file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise MemoryFailed(f"the barrier's memory cannot be kept: {error}") from error
