"""Finished transits behind a figure: filtered, newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.store.pool import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which transits: ended from ``since`` up to but without ``until``, and more.

    Empty text means any. ``camera`` is a device that did not read the recorded plate.
    ``kind`` is ``""``, ``unaided``, ``held`` or ``overridden``. ``lanes`` are those that the
    asker may see, None for all.
    """

    since: datetime
    until: datetime
    lane: str = ""
    direction: str = ""
    ended: str = ""
    outcome: str = ""
    reason: str = ""
    camera: str = ""
    officer: str = ""
    kind: str = ""
    lanes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last row of a page; the next page is what ended before it."""

    ended_at: datetime
    transit: UUID


_TEXTS = {
    "lane": "f.lane_id = {}", "direction": "f.direction = {}", "ended": "f.ended = {}",
    "outcome": "f.outcome = {}", "reason": "f.codes <> '{{}}' AND f.codes @> ARRAY[{}]",
    "camera": "(f.read_wrong @> ARRAY[{0}] OR f.read_unread @> ARRAY[{0}])",
    "officer": "f.officers @> ARRAY[{}]",
}  # fmt: skip
_KINDS = {
    "unaided": "f.ended = 'departed' AND f.officers = '{}'",
    "held": "(f.outcome NOT IN ('release', '') OR f.with_officer_ms > 0)",
    "overridden": "f.overridden",
}


def _conditions(wanted: Wanted) -> tuple[str, list[Any]]:
    parts, values = ["f.ended_at >= $1", "f.ended_at < $2"], [wanted.since, wanted.until]
    bound: list[Any] = [*values]
    for name, text in _TEXTS.items():
        value = getattr(wanted, name)
        if value:
            bound.append(value)
            parts.append(text.format(f"${len(bound)}::text"))
    if wanted.kind:
        parts.append(_KINDS[wanted.kind])
    if wanted.lanes is not None:
        bound.append(list(wanted.lanes))
        parts.append(f"f.lane_id = ANY(${len(bound)})")
    return " AND ".join(parts), bound


async def page(
    connection: Connection, wanted: Wanted, after: Cursor | None, most: int
) -> list[dict[str, Any]]:
    """At most ``most`` transits that ended before the cursor, newest first.

    ``kept`` is false where the transit itself is no longer kept.
    """
    where, bound = _conditions(wanted)
    if after is not None:
        bound += [after.ended_at, after.transit]
        where += f" AND (f.ended_at, f.transit_id) < (${len(bound) - 1}, ${len(bound)})"
    bound.append(most)
    rows = await connection.fetch(
        f"""SELECT f.*, t.id IS NOT NULL AS kept, coalesce(t.plate, '') AS plate,
                coalesce(d.number, '') AS declaration, l.name AS lane
            FROM (SELECT * FROM transit_facts f WHERE {where} AND NOT f.demo
                  ORDER BY f.ended_at DESC, f.transit_id DESC LIMIT ${len(bound)}) AS f
            LEFT JOIN transits t ON t.id = f.transit_id
            LEFT JOIN declarations d ON d.id = t.declaration_id
            LEFT JOIN lanes l ON l.id = f.lane_id
            ORDER BY f.ended_at DESC, f.transit_id DESC""",
        *bound,
    )
    return [dict(row) for row in rows]


async def counted(connection: Connection, wanted: Wanted) -> tuple[int, int]:
    """How many there are, and how many of them are made up for the demonstration."""
    where, bound = _conditions(wanted)
    row = await connection.fetchrow(
        f"""SELECT count(*) AS n, count(*) FILTER (WHERE f.demo) AS demo
            FROM transit_facts f WHERE {where}""",
        *bound,
    )
    return int(row["n"]), int(row["demo"])
