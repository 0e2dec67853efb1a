"""The lanes as operations see them: one strip a lane, and the load that they carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from gate.core.lane.state import Lane, Phase
from gate.core.operations.flow import LaneNow, Load
from gate.store.lane_watch import Watch

Row = dict[str, Any]


def load_of(
    lanes: list[Row], hour: dict[str, Row], expected: dict[str, float], now: datetime, way: str
) -> Load:
    """The load of a direction; ``hour`` is what passed in the last hour, by direction."""
    passed = hour.get(way)
    return Load(
        lanes=tuple(_lane_now(row, now) for row in lanes if row["direction"] == way),
        passed=0 if passed is None else passed["finished"],
        dwell_s=None if passed is None else passed["dwell_s"],
        expected=expected.get(way, 0.0),
        since_last_s=None if passed is None else (now - passed["last"]).total_seconds(),
    )


def _lane_now(row: Row, now: datetime) -> LaneNow:
    state: Lane | None = row["state"]
    if state is None:
        return LaneNow(open=False)
    held = (now - (row["called_at"] or now)).total_seconds()
    return LaneNow(
        open=not state.closed,
        fault=state.phase is Phase.FAULT,
        barrier_online=state.barrier.online,
        occupied=row["transit"] is not None,
        with_officer_s=max(0.0, held) if state.phase is Phase.WITH_OFFICER else 0.0,
        next_waiting=state.next_waiting,
    )


def lane_figures(
    lanes: list[Row],
    hours: list[Row],
    reads: list[Row],
    devices: list[Row],
    alarms: list[Row],
    staff: dict[str, Watch],
    now: datetime,
) -> list[Row]:
    """One strip a lane, in order."""
    since = now - timedelta(hours=1)
    own_devices = _by_lane(devices)
    own_reads = _by_lane(reads)
    own_hours = _by_lane(hours)
    own_alarms = _by_lane(alarms)
    return [
        {
            "id": row["id"], "name": row["name"], "direction": row["direction"],
            **_state(row), **_trucks(own_hours[row["id"]], since),
            "reads": _reads(own_reads[row["id"]]),
            "devices": [
                {"id": d["id"], "kind": d["kind"], "online": d["online"], "clock": d["clock_trust"]}
                for d in own_devices[row["id"]]
            ],
            "alarms": len(own_alarms[row["id"]]),
            "staff": [staff[row["id"]].full_name] if row["id"] in staff else [],
        }
        for row in lanes
    ]  # fmt: skip


def _by_lane(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["lane_id"]].append(row)
    return found


def _state(row: Row) -> Row:
    state: Lane | None = row["state"]
    if state is None:
        return {"phase": "closed", "since": None, "manual": False, "barrier": False,
                "plate": "", "transit": None, "waiting": False}  # fmt: skip
    transit = row["transit"]
    return {
        "phase": state.phase.value, "since": state.since.isoformat(), "manual": state.manual,
        "barrier": state.barrier.online, "plate": row["plate"] or "",
        "transit": None if transit is None else str(transit), "waiting": state.next_waiting,
    }  # fmt: skip


def _trucks(rows: list[Row], since: datetime) -> Row:
    newest = max((row["hour"] for row in rows), default=None)
    current = [row for row in rows if row["hour"] == newest and row["hour"] > since]
    return {"this_hour": _sum(current), "today": _sum(rows)}


def _sum(rows: list[Row]) -> int:
    return sum(r["departed"] + r["turned_back"] + r["referred_out"] for r in rows)


def _reads(rows: list[Row]) -> Row:
    exact = sum(r["exact"] for r in rows)
    return {"exact": exact, "seen": exact + sum(r["wrong"] + r["unread"] for r in rows)}
