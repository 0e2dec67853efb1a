"""The audit chain: each entry names the hash of the one before, so that no row can be changed,
taken out, put in or moved without breaking every later one.

Personal data is never inside an entry, only its hash: erasing it later breaks nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

START = "0" * 64
"""What the first entry of a chain names as its predecessor."""
ADMINISTRATION = "administration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. ``data_hash`` and ``hash`` are SHA-256 in hex, ``at`` has a zone."""

    chain: str
    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    data_hash: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one entry: ``kind`` is changed, missing, reordered, added or anchor."""

    chain: str
    number: int
    kind: str
    text: str


def lane_chain(lane: str) -> str:
    """The name of a lane's chain."""
    return f"lane/{lane}"


def canonical(plain: Any) -> str:
    """One text for one value: keys sorted, no spaces."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(plain: Any) -> str:
    """SHA-256 (hex) of the canonical text."""
    return hashlib.sha256(canonical(plain).encode()).hexdigest()


def moment(at: datetime) -> str:
    """A time as it is hashed: UTC with microseconds, whatever zone it came in."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(entry: Entry) -> str:
    """The hash that the entry must carry."""
    return digest(
        [
            entry.chain,
            entry.number,
            moment(entry.at),
            entry.actor,
            entry.action,
            entry.subject,
            entry.data_hash,
            entry.previous,
        ]
    )


def append(
    last: tuple[int, str] | None,
    *,
    chain: str,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    data_hash: str,
) -> Entry:
    """The entry that follows ``last`` (number, hash), or the first one."""
    number, previous = (last[0] + 1, last[1]) if last is not None else (1, START)
    open_entry = Entry(
        chain=chain, number=number, at=at, actor=actor, action=action, subject=subject,
        data_hash=data_hash, previous=previous, hash="",
    )  # fmt: skip
    return Entry(
        chain=chain, number=number, at=at, actor=actor, action=action, subject=subject,
        data_hash=data_hash, previous=previous, hash=hash_of(open_entry),
    )  # fmt: skip


def check(entries: Iterable[Entry], after: tuple[int, str] | None = None) -> Iterator[Fault]:
    """Every fault of one chain's entries, given by number. One damaged row is named once: the
    check goes on from what the row after it says. ``after`` is number and hash of the entry
    before the first one, where only a stretch of the chain is checked.
    """
    number, previous = (1, START) if after is None else (after[0] + 1, after[1])
    for entry in entries:
        if entry.number != number:
            text = f"entries {number} to {entry.number - 1} are gone"
            yield _fault(entry, "missing", text, number)
            previous = entry.previous
        own = hash_of(entry) == entry.hash
        if not own:
            yield _fault(entry, "changed", "its content does not give its hash")
        elif entry.previous != previous:
            text = "it does not follow the entry before it: one of them was replaced or moved"
            yield _fault(entry, "reordered", text)
        number, previous = entry.number + 1, entry.hash


def _fault(entry: Entry, kind: str, text: str, number: int | None = None) -> Fault:
    at = entry.number if number is None else number
    return Fault(chain=entry.chain, number=at, kind=kind, text=text)
