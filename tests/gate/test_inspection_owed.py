"""A referred truck that comes again uninspected is referred again; inspected, it passes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from devices.broker import EmbeddedBroker
from devices.seal_reader import SealReaderAgent
from gate.app.inspections import Inspections
from gate.app.officer import Act, Person
from gate.core.lane.events import OfficerAction
from ocr.pool import ReaderPool
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import LANE, Rig, declare, under_policy, until
from tests.gate.test_measures import SEAL

pytestmark = pytest.mark.asyncio(loop_scope="session")

POLICY = """
name = "sealed"
version = 1
require = ["seal"]
[deadlines]
reading_ms = 2_500
"""
LEAD = Person(name="lan", role="shift_lead")


@pytest_asyncio.fixture(loop_scope="session")
async def lane(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> AsyncIterator[Rig]:
    async with under_policy(tmp_path, database_url, broker.port, readers, POLICY) as made:
        yield made


async def comes(lane: Rig, reader: SealReaderAgent, seal: str) -> None:
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
    reader.read((seal,))


async def leaves(lane: Rig) -> None:
    """It rolls back off the entry loop."""
    assert lane.loop is not None
    lane.loop.sense(False)
    await until(lambda: lane.phase == "idle", what="the transit ends")


async def decided(lane: Rig) -> tuple[str, list[str]]:
    """Outcome and codes of the truck's decision, once the officer has it."""
    await until(lambda: lane.phase == "with_officer", what="the officer is called")
    rows = await lane.rows_of("SELECT outcome, codes FROM decisions ORDER BY at, id")
    return rows[-1]["outcome"], rows[-1]["codes"]


async def test_a_referred_truck_passes_only_when_its_inspection_was_passed(lane: Rig) -> None:
    service, reader = lane.service, await lane.add_seal_reader()
    work = Inspections(service.database, service.officers, service.clock)
    await declare(lane.database, "14C12345", "14R01234", gross_kg=20_000, seals=[SEAL])

    await comes(lane, reader, "HQ7654321")
    assert await decided(lane) == ("refer", ["SEAL_MISMATCH"])
    transit = service.lanes[LANE].state.transit
    assert transit is not None
    refer = Act(action=OfficerAction.REFER, transit=transit, note="vehicle must be inspected")
    await work.refer(LANE, LEAD, refer, ["seal", "cargo"], "")
    await leaves(lane)

    # On the way to the inspection he has put the declared seal back on.
    await comes(lane, reader, SEAL)
    assert await decided(lane) == ("refer", ["INSPECTION_OPEN"])
    again = service.lanes[LANE].state.transit
    assert again is not None
    back = Act(action=OfficerAction.TURN_BACK, transit=again, note="to the inspection first")
    await service.officers.act(LANE, LEAD, back)
    await leaves(lane)

    for task in await lane.rows_of("SELECT id FROM inspection_tasks"):
        assert await work.finish(task["id"], LEAD, passed=True, note="") == LANE
    await comes(lane, reader, SEAL)
    await lane.drive_through()
    await until(lambda: lane.phase == "idle", what="the transit ends")

    ends = await lane.rows_of("SELECT ended, by_officer FROM transits ORDER BY began_at")
    assert [(r["ended"], r["by_officer"]) for r in ends] == [
        ("referred_out", False), ("turned_back", False), ("departed", False)
    ]  # fmt: skip
