"""Watchlists: what the gate must not let pass unseen, each entry with reason and expiry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class WatchKind(StrEnum):
    """What an entry is about."""

    PLATE = "plate"
    PERSON = "person"
    FIRM = "firm"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchEntry:
    """One entry. ``value`` is a normal form: plate, document number, firm id or container.

    ``reason`` is the words of the authority that asked; it ends at ``until`` (at most twelve
    months after it began, renewable: general practice, docs/deciding.md).
    """

    id: UUID
    kind: WatchKind
    value: str
    reason: str
    since: datetime
    until: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchHit:
    """An entry that something seen or declared may be about, in force at the decision."""

    entry: UUID
    kind: WatchKind
    value: str
    reason: str
