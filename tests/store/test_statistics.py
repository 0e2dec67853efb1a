"""Statistics: counted once, exact roll-ups, facts that never change, cameras that get dirty."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from gate.app.alarms_lens import LensWatch
from gate.app.clock import Clock
from gate.app.demo_history import make_history
from gate.app.metrics import Metrics
from gate.app.statistics import Statistics
from gate.app.statistics_days import days, hours_of, midnight
from gate.core.operations.facts import TransitFacts
from gate.core.operations.lens import WINDOW
from gate.store import (
    alarms,
    seed,
    statistics_day,
    statistics_devices,
    statistics_reads,
    statistics_roll,
    statistics_transits,
)
from gate.store.devices import DeviceRow
from gate.store.errors import DatabaseBusy
from gate.store.pool import Database
from gate.store.statistics_rollups import TABLES, recount
from gate.store.statistics_transits import Cursor, Wanted
from schemas.declarations import Direction

pytestmark = pytest.mark.asyncio(loop_scope="session")

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
LANE = "lane-1"


@dataclass
class Timeline:
    """A clock that a test sets."""

    now: datetime = NOW
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(now=lambda: self.now)


@pytest_asyncio.fixture(loop_scope="session")
async def gate(database: Database) -> AsyncIterator[Database]:
    """A database with one lane and its two cameras."""
    rows = [
        DeviceRow(lane=LANE, id=name, kind="camera", key_id=name, secret=b"x" * 32)
        for name in ("cam-front", "cam-rear")
    ]
    async with database.transaction() as connection:
        await seed.write_lanes(connection, ((LANE, LANE, Direction.EXPORT),), rows)
    yield database


def fact(at: datetime, **changes: Any) -> TransitFacts:
    """A transit that the machine released, with both plates read exactly."""
    values: dict[str, Any] = {
        "id": uuid4(), "lane": LANE, "direction": "export", "began_at": at - timedelta(seconds=30),
        "ended_at": at, "ended": "departed", "outcome": "release", "codes": (), "officers": (),
        "decided_by": "", "overridden": False,
        "stages_ms": (1000, 500, 20, 0, 300, 26_000, 2_180, 0), "barrier_ms": 300,
        "lead_s": 7200, "read_exact": ("cam-front", "cam-rear"), "read_wrong": (),
        "read_unread": (), **changes,
    }  # fmt: skip
    return TransitFacts(**values)


def drawn(rng: random.Random, since: datetime, hours: float) -> TransitFacts:
    """Any transit."""
    held = rng.random() < 0.4
    how = rng.choice(["exact", "wrong", "unread", "none"])
    return fact(
        since + timedelta(hours=rng.uniform(0, hours)),
        lane=rng.choice([LANE, "lane-2"]), direction=rng.choice(["export", "import"]),
        ended=rng.choice(["departed", "departed", "turned_back", "referred_out", "aborted"]),
        outcome="hold" if held else "release",
        codes=tuple(rng.sample(["FEE_UNPAID", "TOO_EARLY", "NO_DECLARATION"], rng.randint(1, 3)))
        if held else (),
        officers=tuple(rng.sample(["ha", "viet"], rng.randint(0, 2))) if held else (),
        decided_by="ha" if held and rng.random() < 0.5 else "", overridden=held,
        lead_s=rng.choice([None, 60, 86_400]), barrier_ms=rng.choice([None, 200]),
        read_exact=("cam-front",) if how == "exact" else (),
        read_wrong=("cam-front",) if how == "wrong" else (),
        read_unread=("cam-front",) if how == "unread" else (),
    )  # fmt: skip


async def write(database: Database, *facts: TransitFacts) -> int:
    async with database.transaction() as connection:
        return await statistics_roll.write(connection, facts, ZONE)


async def rollups(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    async with database.connection() as connection:
        return {
            table: [
                tuple(row)
                for row in await connection.fetch(
                    f"SELECT {', '.join((*key, *sums))} FROM {table} ORDER BY {', '.join(key)}"
                )
            ]
            for table, (_select, key, sums) in TABLES.items()
        }


@pytest.mark.parametrize("seed_number", [1, 2, 3])
async def test_roll_ups_added_truck_by_truck_equal_a_recount_of_the_facts(
    gate: Database, seed_number: int
) -> None:
    rng, since = random.Random(seed_number), NOW - timedelta(days=2)
    every = [drawn(rng, since, 40) for _ in range(120)]
    while every:
        some, every = every[: (n := rng.randint(1, 25))], every[n:]
        assert await write(gate, *some) == len(some)
        assert await write(gate, *rng.sample(some, 1)) == 0, "counted once"
    added = await rollups(gate)
    async with gate.transaction() as connection:
        first, last = (NOW - timedelta(days=4)).date(), (NOW + timedelta(days=1)).date()
        await recount(connection, first, last)
    assert await rollups(gate) == added
    assert sum(row[-1] for row in added["hourly_transits"]) == 0, "nothing is made up"


async def kept(database: Database, transit: UUID, at: datetime, officer: dict[str, Any]) -> None:
    """A transit that an officer turned back, as the service keeps it."""
    begin = [{"kind": "start_transit", "transit": str(transit)}]
    end = [{"kind": "end_transit", "transit": str(transit), "end": "turned_back"}]
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO transits (id, lane_id, direction, began_at) VALUES ($1, $2, 'export', $3)",
            transit, LANE, at,
        )  # fmt: skip
        for n, (kind, data, effects) in enumerate(
            (("loop_entry", {"occupied": True}, begin), ("officer_acted", officer, end))
        ):
            await connection.execute(
                """INSERT INTO transit_events (lane_id, number, transit_id, at, kind, data, effects,
                       token)
                   SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, 1
                   FROM transit_events WHERE lane_id = $1""",
                LANE, transit, at + timedelta(seconds=5 * n), kind, data, effects,
            )  # fmt: skip
        await connection.execute(
            "UPDATE transits SET ended_at = $2, ended = 'turned_back' WHERE id = $1",
            transit, at + timedelta(seconds=9),
        )  # fmt: skip


async def test_a_record_that_is_not_as_it_should_be_is_set_aside_and_stops_nothing(
    gate: Database,
) -> None:
    metrics = Metrics()
    statistics = Statistics(gate, "site", ZONE, Timeline().clock, metrics)
    await statistics.open()
    broken, well, gone = uuid4(), uuid4(), uuid4()
    act = {"officer": "ha", "action": "turn_back"}
    month = NOW - timedelta(days=40)
    try:
        await kept(gate, broken, month, {})
        await kept(gate, well, month + timedelta(minutes=1), act)
        async with gate.connection() as connection:
            await connection.execute(
                "INSERT INTO statistics_due (transit_id, ended_at) VALUES ($1, $2)", gone, NOW
            )
        assert await statistics.count() == 3
        assert await statistics.count() == 0, "nothing is taken twice"
        async with gate.connection() as connection:
            facts = await connection.fetch("SELECT * FROM transit_facts")
            left = await connection.fetch("SELECT transit_id, failed FROM statistics_due")
    finally:
        await statistics.close()
    assert [(row["transit_id"], row["officers"], row["dwell_ms"]) for row in facts] == [
        (well, ["ha"], 9_000)
    ]
    assert facts[0]["arriving_ms"] == 9_000
    assert [(row["transit_id"], row["failed"]) for row in left] == [(broken, "KeyError('officer')")]
    failed = {"kind": "STATISTICS_FAILED"}
    assert metrics.registry.get_sample_value("gate_alarms_total", failed) == 1


async def test_the_facts_of_a_transit_never_change(gate: Database) -> None:
    one = fact(NOW)
    await write(gate, one)
    async with gate.connection() as connection:
        with pytest.raises(asyncpg.RestrictViolationError):
            await connection.execute("UPDATE transit_facts SET dwell_ms = 1")
    changed = fact(NOW, id=one.id, ended="aborted")
    assert await write(gate, changed) == 0
    async with gate.connection() as connection:
        assert await connection.fetchval("SELECT ended FROM transit_facts") == "departed"


async def test_hours_and_days_are_those_of_the_gates_zone(gate: Database) -> None:
    night = datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC)  # 23:59:59 in Viet Nam
    await write(gate, fact(night), fact(night + timedelta(seconds=1)))
    first, last = date(2026, 11, 23), date(2026, 11, 24)
    assert days(first, last, ZONE).since == midnight(first, ZONE)
    async with gate.connection() as connection:
        found = await statistics_day.by_day(connection, first, last)
    assert [(row["day"], row["departed"]) for row in found] == [
        (date(2026, 11, 23), 1), (date(2026, 11, 24), 1)
    ]  # fmt: skip


async def test_days_have_the_hours_that_they_have_where_clocks_change() -> None:
    assert len(hours_of(date(2026, 3, 29), "Europe/Berlin")) == 23
    assert len(hours_of(date(2026, 10, 25), "Europe/Berlin")) == 25
    assert midnight(date(2026, 11, 24), ZONE) == datetime(2026, 11, 23, 17, tzinfo=UTC)


async def test_a_list_page_by_page_holds_every_transit_once(gate: Database) -> None:
    same = NOW - timedelta(minutes=5)
    facts = [fact(same if n % 2 else same - timedelta(seconds=n)) for n in range(23)]
    await write(gate, *facts)
    wanted = Wanted(since=NOW - timedelta(days=1), until=NOW)
    seen: list[UUID] = []
    after: Cursor | None = None
    async with gate.connection() as connection:
        while rows := await statistics_transits.page(connection, wanted, after, 5):
            seen += [row["transit_id"] for row in rows]
            after = Cursor(ended_at=rows[-1]["ended_at"], transit=rows[-1]["transit_id"])
        count = await statistics_transits.counted(connection, wanted)
    assert len(seen) == len(set(seen)) == 23
    assert set(seen) == {one.id for one in facts}
    assert count == (23, 0)


async def test_a_list_keeps_to_its_filters_and_to_the_askers_lanes(gate: Database) -> None:
    held = fact(NOW, outcome="hold", codes=("FEE_UNPAID",), officers=("ha",), overridden=True)
    misread = fact(NOW, read_exact=("cam-rear",), read_unread=("cam-front",), lane="lane-2")
    await write(gate, held, misread, fact(NOW))

    async def found(**filters: Any) -> set[UUID]:
        wanted = Wanted(since=NOW, until=NOW + timedelta(seconds=1), **filters)
        async with gate.connection() as connection:
            rows = await statistics_transits.page(connection, wanted, None, 10)
            assert len(rows) == (await statistics_transits.counted(connection, wanted))[0]
        return {row["transit_id"] for row in rows}

    assert len(await found()) == 3
    for filters in ({"reason": "FEE_UNPAID"}, {"officer": "ha"}, {"kind": "overridden"},
                    {"outcome": "hold"}, {"kind": "held"}):  # fmt: skip
        assert await found(**filters) == {held.id}, filters
    assert await found(camera="cam-front") == await found(lane="lane-2") == {misread.id}
    assert await found(lanes=("lane-2",)) == {misread.id}
    assert await found(lanes=("lane-2",), lane=LANE) == set()
    assert await found(reason="'; DROP TABLE transits; --") == set()


def camera(at: datetime, exact: bool) -> TransitFacts:
    return fact(at, read_exact=("cam-front",) if exact else (),
                read_wrong=() if exact else ("cam-front",))  # fmt: skip


async def standing(database: Database) -> list[dict[str, Any]]:
    return await alarms.standing(database, LANE)


async def test_a_lens_that_gets_dirty_alarms_counts_up_and_clears_when_it_is_clean(
    gate: Database,
) -> None:
    time, metrics = Timeline(), Metrics()
    watch = LensWatch(gate, time.clock, metrics)
    past = NOW - timedelta(days=3)
    await write(gate, *(camera(past + timedelta(minutes=n), n % 20 != 0) for n in range(300)))

    async def trucks(number: int, rate: float) -> None:
        for n in range(number):
            time.now += timedelta(minutes=2)
            await write(gate, camera(time.now, (n % 100) * rate % 1 + rate >= 1))
        await watch.look()

    await trucks(WINDOW, 0.95)
    assert await standing(gate) == []
    await trucks(WINDOW, 0.5)
    (alarm,) = await standing(gate)
    assert (alarm["kind"], alarm["count"]) == ("DIRTY_LENS_CAM_FRONT", 1)
    assert "clean the lens" in alarm["text"]
    await watch.look()
    assert (await standing(gate))[0]["count"] == 1, "the same reads do not count up"

    lane = await alarms.acknowledge(gate, alarm["id"], "ha", time.now, None)
    assert lane == LANE
    assert len(await standing(gate)) == 1, "seeing it does not clean it"
    await trucks(WINDOW + 1, 0.5)
    (again,) = await standing(gate)
    assert (again["count"], again["acked_by"]) == (2, None)

    await trucks(2 * WINDOW, 0.97)
    assert await standing(gate) == []
    rate = metrics.registry.get_sample_value(
        "gate_camera_read_rate", {"lane": LANE, "device": "cam-front", "span": "newest"}
    )
    assert rate is not None
    assert rate > 0.9
    assert metrics.registry.get_sample_value("gate_alarms_total", {"kind": "DIRTY_LENS"}) == 2


async def test_made_up_reads_judge_no_camera(gate: Database) -> None:
    made = await make_history(gate, ((LANE, "export"),), ZONE, NOW, random.Random(1))
    assert made > 500
    assert await make_history(gate, ((LANE, "export"),), ZONE, NOW, random.Random(1)) == 0
    async with gate.connection() as connection:
        span = statistics_day.Span(since=NOW - timedelta(days=28), until=NOW)
        past = await statistics_reads.history(connection, LANE, "cam-front", span)
        newest, _ = await statistics_reads.newest(
            connection, LANE, "cam-front", NOW - timedelta(days=1)
        )
        sums = await statistics_day.by_day(connection, span.since.date(), NOW.date())
        kept = await connection.fetchval(
            "SELECT (SELECT count(*) FROM transits) + (SELECT count(*) FROM decisions)"
            " + (SELECT count(*) FROM transit_events) + (SELECT count(*) FROM audit_events)"
        )
    assert (past.seen, newest.seen, kept) == (0, 0, 0)
    assert sum(row["demo"] for row in sums) == made


async def heard(database: Database, at: datetime, online: bool = True) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE devices SET last_seen = $1, online = $2 WHERE id = 'cam-front'", at, online
        )


async def test_up_time_is_told_from_heartbeats_silence_and_goodbyes(gate: Database) -> None:
    start = NOW - timedelta(hours=2)
    for n in range(0, 3600, 30):
        await heard(gate, start + timedelta(seconds=n))
    await heard(gate, start + timedelta(seconds=3600), online=False)
    back = start + timedelta(seconds=5400)
    for n in range(0, 900, 30):  # then silence without a word
        await heard(gate, back + timedelta(seconds=n))
    async with gate.connection() as connection:
        front, rear = await statistics_devices.uptime(connection, start, NOW)
        hour = await statistics_devices.uptime(connection, start, start + timedelta(hours=1))
    assert (front["up_s"], front["known_s"], front["returns"]) == (3600 + 870, 7200, 1)
    assert (rear["up_s"], rear["known_s"]) == (0, None), "never heard: nothing is known"
    assert hour[0]["up_s"] == 3600


async def test_a_long_question_ends_at_its_own_limit_and_blocks_nobody(gate: Database) -> None:
    beside = gate.beside(size=1, acquire_ms=200, command_ms=300)
    await beside.open()
    try:
        with pytest.raises(DatabaseBusy):
            async with beside.connection() as connection:
                await connection.execute("SELECT pg_sleep(30)")
        assert gate.in_use == 0
        assert await beside.alive(), "the connection is well again"
    finally:
        await beside.close()
