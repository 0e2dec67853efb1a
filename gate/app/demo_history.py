"""Two past weeks for the demonstration, so that its charts have something to be compared with.

Only facts for the statistics are made, marked ``demo``: transits, events and decisions are
proof, and no proof is made up. Pages say that nothing is kept behind these figures.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from gate.app.statistics_days import WEEK, midnight, today
from gate.store import statistics_demo
from gate.store.pool import Database

BACK = 2 * WEEK
"""So that each day of the past week has its own to be compared with."""
OFFICERS = ("officer", "lead", "supervisor")
BUSY = (2, 1, 1, 1, 1, 2, 6, 14, 20, 22, 21, 16, 12, 15, 20, 22, 21, 18, 13, 9, 7, 5, 4, 3)
"""Trucks a lane in each hour of the day: gates open at seven, and midday is slack."""
REASONS = (
    ("NO_DECLARATION", 26), ("FEE_UNPAID", 18), ("PLATE_DOUBTFUL", 15), ("CUSTOMS_PENDING", 12),
    ("TOO_EARLY", 9), ("FRONT_REAR_DIFFER", 6), ("PLATE_UNREADABLE", 5), ("DANGEROUS_GOODS", 4),
    ("TRAILER_MISMATCH", 3), ("PERMIT_EXPIRED", 2),
)  # fmt: skip
REFER = frozenset({"DANGEROUS_GOODS"})
READ_RATE = {"cam-front": 0.95, "cam-rear": 0.93}


async def make_history(
    database: Database,
    lanes: tuple[tuple[str, str], ...],
    zone: str,
    now: datetime,
    rng: random.Random,
) -> int:
    """Fill the weeks before this hour, where no fact is stored yet; returns how many were made.

    ``lanes`` are ids with their directions.
    """
    first = midnight(today(now, zone) - BACK, zone)
    hours = int((now - first) / timedelta(hours=1))
    rows = [
        row
        for n in range(hours)
        for lane, direction in lanes
        for row in _hour(first + timedelta(hours=n), n, zone, lane, direction, rng)
    ]
    days = (today(first, zone), today(now, zone))
    return await statistics_demo.write_facts(database, rows, *days)


def _hour(
    start: datetime, n: int, zone: str, lane: str, direction: str, rng: random.Random
) -> list[dict[str, Any]]:
    """The trucks of one lane in one hour; Sundays are slacker, lanes differ a little."""
    day = today(start, zone)
    sunday = 0.75 if day.weekday() == 6 else 1.0
    mean = BUSY[n % 24] * sunday * (0.9 if lane.endswith(("2", "4")) else 1.05)
    number = max(0, round(rng.gauss(mean, mean**0.5 * 0.8)))
    return [_truck(start, day, lane, direction, rng) for _ in range(number)]


def _truck(
    start: datetime, day: date, lane: str, direction: str, rng: random.Random
) -> dict[str, Any]:
    code = rng.choices([c for c, _ in REASONS], [w for _, w in REASONS])[0]
    held = rng.random() < 0.17
    referred = held and code in REFER
    turned = held and not referred and code == "NO_DECLARATION" and rng.random() < 0.5
    departed = not (referred or turned)
    officer = rng.choices(OFFICERS, (7, 2, 1))[0] if held else ""
    stages = {
        "arriving_ms": round(rng.uniform(600, 2_500)),
        "reading_ms": round(rng.lognormvariate(6.2, 0.3)),
        "deciding_ms": round(rng.uniform(8, 40)),
        "with_officer_ms": round(rng.lognormvariate(11.0, 0.7)) if held else 0,
        "releasing_ms": round(rng.uniform(300, 900)) if departed else 0,
        "passing_ms": round(rng.lognormvariate(9.3, 0.25)) if departed else 0,
        "clearing_ms": round(rng.uniform(1_400, 2_200)) if departed else 0,
        "fault_ms": 0,
    }
    dwell = sum(stages.values())
    ended = start + timedelta(seconds=rng.uniform(0, 3_599))
    read = _reads(rng) if departed else {"exact": [], "wrong": [], "unread": []}
    return {
        "transit_id": UUID(int=rng.getrandbits(128), version=4), "ended_at": ended, "hour": start,
        "day": day,
        "began_at": ended - timedelta(milliseconds=dwell), "lane_id": lane,
        "direction": direction,
        "ended": "departed" if departed else "referred_out" if referred else "turned_back",
        "outcome": ("refer" if referred else "hold") if held else "release",
        "codes": [code] if held else [], "officers": [officer] if held else [],
        "decided_by": officer if held and departed else "",
        "overridden": held and departed and rng.random() < 0.4,
        "dwell_ms": dwell, **stages,
        "barrier_ms": round(rng.uniform(40, 120)) if departed else None,
        "lead_s": None if code == "NO_DECLARATION" and held
        else round(rng.lognormvariate(9.6, 0.8)),
        **{f"read_{how}": devices for how, devices in read.items()}, "demo": True,
    }  # fmt: skip


def _reads(rng: random.Random) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"exact": [], "wrong": [], "unread": []}
    for device, rate in READ_RATE.items():
        luck = rng.random()
        how = "exact" if luck < rate else "wrong" if luck < (1 + rate) / 2 else "unread"
        found[how].append(device)
    return found
