"""How far the filing of an upload is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gate.store import bulk_commits
from gate.store.bulk_commits import CommitRow
from gate.store.pool import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Declarations, not rows of the file: one may have several rows.

    ``total`` are to be filed, ``filed`` are, ``refused`` had problems when their turn came,
    ``left_out`` were wrong already when they were shown. ``stopped`` says why it ended before all
    were filed: ``firm_not_approved``, ``row_refused`` (all or nothing) or ``unreadable``.
    """

    id: UUID
    total: int
    filed: int
    refused: int
    left_out: int
    all_or_nothing: bool
    submit: bool
    asked_at: datetime
    ended_at: datetime | None
    stopped: str

    @property
    def state(self) -> str:
        """filing, done or stopped."""
        if self.ended_at is None:
            return "filing"
        return "stopped" if self.stopped else "done"

    @property
    def done(self) -> int:
        """Of how many it is known what became of them."""
        return self.filed + self.refused

    @property
    def not_filed(self) -> int:
        """How many of the whole upload were not filed, or not yet."""
        return self.total - self.filed + self.left_out


async def progress_of(connection: Connection, asked: CommitRow) -> Progress:
    """How far it is now."""
    filed, refused = await bulk_commits.counts(connection, asked.firm_id, asked.upload_id)
    return Progress(
        id=asked.upload_id, total=asked.rows, filed=filed, refused=refused,
        left_out=asked.left_out, all_or_nothing=asked.all_or_nothing, submit=asked.submit,
        asked_at=asked.asked_at, ended_at=asked.ended_at, stopped=asked.stopped,
    )  # fmt: skip
