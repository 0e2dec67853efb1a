"""The figures of the operations page and the wall as they are now: plain values for JSON.

Made once for all who look. What changes with every truck is read anew each time; what a
look of some seconds ago tells as well (medians, last week, what is expected) is kept a while.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from gate.app.clock import Clock
from gate.app.statistics_days import WEEK, days, hours_of, same_time, today
from gate.app.statistics_lanes import lane_figures, load_of
from gate.core.operations.flow import Load, answer, of_gate
from gate.core.operations.stages import STAGES
from gate.store import lane_watch, statistics_day, statistics_now, statistics_reads
from gate.store.lane_watch import Watch
from gate.store.pool import Connection, Database
from gate.store.statistics_day import Span
from schemas.declarations import Direction

FRESH_S = 1.5
"""Figures younger than this are good for the next one who asks."""
SLOW_S = 15.0
HOUR = timedelta(hours=1)
DIRECTIONS = tuple(direction.value for direction in Direction)
Row = dict[str, Any]


class Figures:
    """The newest figures; raises ``StoreError`` where the database does not answer."""

    def __init__(self, database: Database, site: str, zone: str, clock: Clock) -> None:
        self._database = database
        self._site = site
        self._zone = zone
        self._clock = clock
        self._lock = asyncio.Lock()
        self._made: tuple[float, Row] | None = None
        self._slow: dict[str, tuple[float, Any]] = {}

    async def now(self) -> Row:
        """The figures of this moment."""
        async with self._lock:
            if self._made is not None and self._clock.monotonic() - self._made[0] < FRESH_S:
                return self._made[1]
            staff = await lane_watch.staff_on_lanes(self._database)
            async with self._database.connection() as connection:
                made = await self._make(connection, staff)
            self._made = (self._clock.monotonic(), made)
            return made

    async def _make(self, connection: Connection, staff: dict[str, Watch]) -> Row:
        now = self._clock.now()
        day = today(now, self._zone)
        before = day - WEEK
        this, last = days(day, day, self._zone), days(before, before, self._zone)
        hours = await statistics_day.by_hour(connection, this)
        hours_before = await self._kept(
            f"hours {before}", lambda: statistics_day.by_hour(connection, last)
        )
        lanes = await statistics_now.lanes(connection)
        reads = await statistics_reads.by_hour(connection, this)
        alarms = await statistics_now.standing_alarms(connection)
        slow = await self._slowly(connection, now, this, last)
        return {
            "at": now.isoformat(), "day": day.isoformat(), "against": before.isoformat(),
            "made_up": sum(row["demo"] for row in [*hours, *hours_before]),
            "flow": _flow(lanes, slow, now),
            "totals": {"today": _summary(slow["today"]), "last": _summary(slow["last"])},
            "hours": _hours(hours_of(day, self._zone), hours, hours_before),
            "lanes": lane_figures(
                lanes, hours, reads, await statistics_now.devices(connection), alarms,
                staff, now,
            ),
            "stages": _stages(hours),
            "reasons": _reasons(
                await statistics_day.reasons(connection, this),
                await self._kept(
                    f"reasons {before}", lambda: statistics_day.reasons(connection, last)
                ),
            ),
            "alarms": [_alarm(row) for row in alarms],
            "cameras": _cameras(reads),
            "overdue": slow["overdue"],
        }  # fmt: skip

    async def _slowly(
        self, connection: Connection, now: datetime, this: Span, last: Span
    ) -> dict[str, Any]:
        then = same_time(now, today(last.since, self._zone), self._zone)
        day, site = statistics_day, self._site
        return {
            "today": await self._kept(
                "today", lambda: day.summary(connection, this.since, this.until)
            ),
            "last": await self._kept("last", lambda: day.summary(connection, last.since, then)),
            "hour": await self._kept(
                "hour", lambda: day.by_direction(connection, now - HOUR, now + HOUR)
            ),
            "expected": await self._kept(
                "expected", lambda: statistics_now.expected(connection, site, now)
            ),
            "overdue": await self._kept(
                "overdue",
                lambda: statistics_now.overdue(connection, site, now - timedelta(days=1), now),
            ),
        }

    async def _kept(self, name: str, make: Callable[[], Awaitable[Any]]) -> Any:
        at = self._clock.monotonic()
        found = self._slow.get(name)
        if found is None or at - found[0] >= SLOW_S:
            self._slow = {k: v for k, v in self._slow.items() if at - v[0] < SLOW_S}
            found = self._slow[name] = (at, await make())
        return found[1]


def _flow(lanes: list[Row], slow: dict[str, Any], now: datetime) -> Row:
    ways = {way: load_of(lanes, slow["hour"], slow["expected"], now, way) for way in DIRECTIONS}
    answers = {way: answer(load) for way, load in ways.items() if load.lanes}
    said = of_gate(tuple(answers.values()))
    return {
        "answer": said.flow.value, "why": [why.value for why in said.why],
        "lanes": len(lanes), "working": sum(load.working for load in ways.values()),
        "directions": {way: _direction(load) for way, load in ways.items()},
    }  # fmt: skip


def _direction(load: Load) -> Row:
    said = answer(load)
    return {
        "answer": said.flow.value, "wait_s": said.wait_s, "standing": load.standing,
        "waiting": load.waiting, "expected": round(load.expected, 1),
        "capacity": None if load.capacity is None else round(load.capacity),
        "passed": load.passed, "working": load.working, "lanes": len(load.lanes),
    }  # fmt: skip


def _summary(row: Row) -> Row:
    return {
        "finished": row["finished"],
        "departed": row["departed"],
        "unaided": row["unaided"],
        "held": row["held"],
        "dwell_s": None if row["dwell_ms"] is None else row["dwell_ms"] / 1000,
    }


def finished(row: Row) -> int:
    """Trucks of a roll-up row that came to a decision: all but the aborted."""
    return int(row["departed"] + row["turned_back"] + row["referred_out"])


def _hours(starts: list[datetime], rows: list[Row], before: list[Row]) -> list[Row]:
    """Each hour of the day with both days' trucks by direction and by lane."""
    sums: dict[datetime, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for place, (found, shift) in enumerate(((rows, timedelta()), (before, WEEK))):
        for row in found:
            for name in (row["direction"], f"lane {row['lane_id']}"):
                sums[row["hour"] + shift][name][place] += finished(row)
    return [
        {
            "hour": start.isoformat(),
            **{way: sums[start][way] for way in DIRECTIONS},
            "lanes": {
                name.removeprefix("lane "): counts
                for name, counts in sorted(sums[start].items())
                if name.startswith("lane ")
            },
        }
        for start in starts
    ]


def _stages(rows: list[Row]) -> list[Row]:
    """Mean seconds a truck in each stage, hour by hour."""
    found: dict[datetime, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["hour"]].append(row)
    return [
        {"hour": hour.isoformat(), "transits": n, **_means(own, n)}
        for hour, own in sorted(found.items())
        if (n := sum(finished(r) + r["aborted"] for r in own))
    ]


def _means(rows: list[Row], n: int) -> dict[str, float]:
    return {
        stage.value: round(sum(r[f"{stage.value}_ms"] for r in rows) / n / 1000, 2)
        for stage in STAGES
    }


def _reasons(rows: list[Row], before: list[Row]) -> list[Row]:
    last = {row["code"]: row["transits"] for row in before}
    return [
        {"code": r["code"], "transits": r["transits"], "last": last.get(r["code"], 0)} for r in rows
    ]


def _alarm(row: Row) -> Row:
    return {
        "id": str(row["id"]), "lane": row["lane_id"], "kind": row["kind"], "text": row["text"],
        "transit": None if row["transit_id"] is None else str(row["transit_id"]),
        "raised_at": row["raised_at"].isoformat(), "last_at": row["last_at"].isoformat(),
        "count": row["count"], "acked_by": row["acked_by"],
    }  # fmt: skip


def _cameras(rows: list[Row]) -> list[Row]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        found[row["lane_id"], row["device"]].append(row)
    return [
        {
            "lane": lane, "device": device, "exact": sum(r["exact"] for r in own),
            "seen": sum(r["exact"] + r["wrong"] + r["unread"] for r in own),
        }
        for (lane, device), own in sorted(found.items())
    ]  # fmt: skip
