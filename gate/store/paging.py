"""Where a page of a list goes on: after the last row's time and id (keyset paging)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The place of the last row that was shown; lists go from the newest to the oldest."""

    at: datetime
    id: UUID


def place(after: Cursor | None) -> tuple[datetime | None, UUID | None]:
    """The two parameters of ``($n IS NULL OR (at, id) < ($n, $m))``."""
    return (None, None) if after is None else (after.at, after.id)
