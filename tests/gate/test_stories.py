"""One truck through the gate: pictures over real MQTT, real reading, real database, an arm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from devices.broker import EmbeddedBroker
from gate.app.officer import Act, ActRefused, Person
from gate.core.lane.events import OfficerAction
from ocr.pool import ReaderPool
from schemas.capture import CameraRole
from tests.gate.pictures import FRONT, REAR, empty_street, picture_of
from tests.gate.rig import LANE, Rig, declare, rig, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

OFFICER = Person(name="ha", role="officer")


@pytest_asyncio.fixture(loop_scope="session")
async def lane(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> AsyncIterator[Rig]:
    async with rig(tmp_path, database_url, broker.port, readers) as made:
        await made.add_all()
        yield made


async def test_a_declared_truck_drives_through_without_an_officer(lane: Rig) -> None:
    await declare(lane.database, "14C12345", "14R01234")
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await lane.drive_through()
    await until(lambda: lane.phase == "idle", what="the transit ends")

    (transit,) = await lane.rows_of("SELECT * FROM transits")
    assert transit["ended"] == "departed"
    assert transit["outcome"] == "release"
    assert transit["plate"] == "14C12345"
    assert not transit["by_officer"]
    (command,) = await lane.rows_of("SELECT * FROM barrier_commands")
    assert command["result"] in ("accepted", "done")
    assert await lane.count("SELECT count(*) FROM captures WHERE transit_id IS NOT NULL") == 2
    statuses = await lane.rows_of("SELECT to_status FROM declaration_events ORDER BY number")
    assert [s["to_status"] for s in statuses] == ["released", "departed"]
    for row in await lane.rows_of("SELECT sha256 FROM captures"):
        assert lane.service.evidence.get(row["sha256"])
    assert lane.metric("gate_decisions_total", outcome="release") == 1
    assert lane.metric("gate_barrier_commands_total", result="accepted") == 1
    for camera in lane.cameras.values():
        await until(lambda c=camera: c.waiting == 0, what="the spool is empty: receipts came")


async def test_the_truck_behind_begins_when_the_first_has_gone(lane: Rig) -> None:
    await declare(lane.database, "14C12345", "14R01234")
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await until(lambda: lane.body.angle >= 1.0, what="the arm is up")
    assert lane.loop is not None
    lane.loop.sense(False)
    lane.body.safety = True
    await asyncio.sleep(0.4)
    await lane.show(picture_of("29H-555.55"))
    await asyncio.sleep(0.4)
    lane.body.exit = True
    await asyncio.sleep(0.2)
    lane.body.safety = False
    await asyncio.sleep(0.2)
    lane.body.exit = False

    await until(lambda: lane.phase == "with_officer", what="the second truck is looked at")
    rows = await lane.rows_of("SELECT plate, ended FROM transits ORDER BY began_at")
    assert [r["ended"] for r in rows] == ["departed", None]
    attached = await lane.rows_of(
        "SELECT count(*) AS n FROM captures GROUP BY transit_id ORDER BY min(received_at)"
    )
    assert [r["n"] for r in attached] == [2, 1]


async def test_an_undeclared_truck_waits_and_the_arm_stays_down(lane: Rig) -> None:
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await until(lambda: lane.phase == "with_officer", what="the officer is called")

    assert lane.body.angle == 0.0
    assert await lane.count("SELECT count(*) FROM barrier_commands") == 0
    (decision,) = await lane.rows_of("SELECT * FROM decisions")
    assert decision["codes"] == ["NO_DECLARATION"]


async def test_an_unreadable_picture_is_kept_and_goes_to_the_officer(lane: Rig) -> None:
    await declare(lane.database, "14C12345")
    await lane.show(empty_street(), empty_street(10))
    await until(lambda: lane.phase == "with_officer", what="the officer is called")

    captures = await lane.rows_of("SELECT * FROM captures")
    assert {c["status"] for c in captures} == {"failed"}
    assert {c["failure"] for c in captures} == {"no_plate"}
    assert all(lane.service.evidence.get(c["sha256"]) for c in captures)


async def test_an_officer_corrects_the_plate_and_the_truck_passes(lane: Rig) -> None:
    await declare(lane.database, "14C12345", "14R01234")
    await lane.show(empty_street(), picture_of(REAR, seed=2))
    await until(lambda: lane.phase == "with_officer", what="the officer is called")
    transit = lane.service.lanes[LANE].state.transit
    assert transit is not None

    act = Act(action=OfficerAction.CORRECT_PLATE, transit=transit, plate="14c-123.45")
    await lane.service.officers.act(LANE, OFFICER, act)

    await lane.drive_through()
    await until(lambda: lane.phase == "idle", what="the transit ends")
    decisions = await lane.rows_of("SELECT outcome, inputs FROM decisions ORDER BY at")
    assert [d["outcome"] for d in decisions] == ["hold", "release"]
    zone = ZoneInfo(lane.service.settings.web.timezone)
    for inputs in (d["inputs"] for d in decisions):
        day = datetime.fromisoformat(inputs["now"]).astimezone(zone).date()
        assert inputs["today"] == day.isoformat()


async def test_a_decision_knows_when_the_truck_before_was_sent_away(lane: Rig) -> None:
    await lane.show(empty_street(), empty_street(10))
    await until(lambda: lane.phase == "with_officer", what="the officer is called")
    actor = lane.service.lanes[LANE]
    transit = actor.state.transit
    assert transit is not None
    back = Act(action=OfficerAction.TURN_BACK, transit=transit, note="no papers")
    await lane.service.officers.act(LANE, OFFICER, back)
    (ended,) = await lane.rows_of("SELECT ended_at FROM transits")

    inputs = await lane.service.decider.gather(actor, uuid4(), "")

    assert inputs.seen.freed_at == ended["ended_at"]


async def test_an_officer_releases_with_a_reason_that_is_kept(lane: Rig) -> None:
    await declare(lane.database, "14C12345")
    await lane.show(picture_of(FRONT))
    await until(lambda: lane.phase == "with_officer", what="one look is not enough")
    transit = lane.service.lanes[LANE].state.transit
    assert transit is not None
    release = Act(action=OfficerAction.RELEASE, transit=transit, note="compared by eye")

    nothing = Act(action=OfficerAction.RELEASE, transit=transit)
    with pytest.raises(ActRefused, match="say why"):
        await lane.service.officers.act(LANE, OFFICER, nothing)
    await lane.service.officers.act(LANE, OFFICER, release)
    await lane.drive_through()
    await until(lambda: lane.phase == "idle", what="the transit ends")

    (row,) = await lane.rows_of("SELECT * FROM decisions WHERE actor = 'ha'")
    assert row["note"] == "compared by eye"
    assert row["codes"][0] == "OFFICER_RELEASED"
    (ended,) = await lane.rows_of("SELECT * FROM transits")
    assert ended["by_officer"]


async def test_what_needs_a_supervisor_is_refused_to_an_officer(lane: Rig) -> None:
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await until(lambda: lane.phase == "with_officer", what="the officer is called")
    transit = lane.service.lanes[LANE].state.transit
    assert transit is not None
    act = Act(action=OfficerAction.RELEASE, transit=transit, note="let him through")

    with pytest.raises(ActRefused, match="supervisor"):
        await lane.service.officers.act(LANE, OFFICER, act)
    boss = Person(name="anh", role="supervisor")
    with pytest.raises(ActRefused, match="second person"):
        await lane.service.officers.act(LANE, boss, act)
    elsewhere = Person(name="anh", role="supervisor", lanes=("lane-9",))
    with pytest.raises(ActRefused, match="not yours"):
        await lane.service.officers.act(LANE, elsewhere, act)
    other = Act(action=OfficerAction.HOLD, transit=UUID(int=7), note="wrong truck")
    with pytest.raises(ActRefused, match="another truck"):
        await lane.service.officers.act(LANE, boss, other)

    assert lane.body.angle == 0.0


async def test_a_barrier_that_vanishes_keeps_the_truck_with_the_officer(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    async with rig(tmp_path, database_url, broker.port, readers) as made:
        await declare(made.database, "14C12345", "14R01234")
        await made.add_camera("cam-front", CameraRole.FRONT)
        await made.add_camera("cam-rear", CameraRole.REAR)
        await made.show(picture_of(FRONT), picture_of(REAR, seed=2))
        await until(lambda: made.phase == "with_officer", what="no barrier: the officer")

        alarms = await made.rows_of("SELECT kind FROM alarms")
        assert "BARRIER_NOT_READY" in {a["kind"] for a in alarms}
        assert await made.count("SELECT count(*) FROM barrier_commands") == 0


async def test_after_a_restart_the_truck_waits_for_an_officer_and_nothing_opens(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    async with rig(tmp_path, database_url, broker.port, readers) as made:
        await made.add_all()
        await made.show(picture_of(FRONT), picture_of(REAR, seed=2))
        await until(lambda: made.phase == "with_officer", what="undeclared: the officer")
        token = made.service.lanes[LANE].lease.token
        await declare(made.database, "14C12345", "14R01234")

    async with rig(tmp_path, database_url, broker.port, readers) as again:
        await asyncio.sleep(1.0)
        assert again.phase == "with_officer"
        assert again.service.lanes[LANE].lease.token > token
        assert await again.count("SELECT count(*) FROM barrier_commands") == 0
        assert await again.count("SELECT count(*) FROM transits WHERE ended_at IS NULL") == 1
