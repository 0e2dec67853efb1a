"""A lane that staff take into their own hands, close, and give back: each with reason and proof."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from devices.broker import EmbeddedBroker
from gate.app.officer import Act, ActRefused, LaneMode, Person
from gate.core.lane.events import OfficerAction
from ocr.pool import ReaderPool
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import LANE, Rig, declare, rig, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

LEAD = Person(name="viet", role="shift_lead")


@pytest_asyncio.fixture(loop_scope="session")
async def lane(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> AsyncIterator[Rig]:
    async with rig(tmp_path, database_url, broker.port, readers) as made:
        await made.add_all()
        yield made


async def test_at_a_lane_worked_by_hand_nothing_opens_without_an_officer(lane: Rig) -> None:
    officers = lane.service.officers
    await officers.set_lane_mode(LANE, LEAD, LaneMode.MANUAL, "camera is being cleaned")
    assert lane.service.lanes[LANE].state.manual
    await declare(lane.database, "14C12345", "14R01234")
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await until(lambda: lane.phase == "with_officer", what="the officer is called")

    (decision,) = await lane.rows_of("SELECT outcome, codes FROM decisions")
    assert decision["codes"] == ["LANE_MANUAL"]
    assert lane.body.angle == 0.0
    transit = lane.service.lanes[LANE].state.transit
    assert transit is not None
    act = Act(action=OfficerAction.RELEASE, transit=transit, note="all in order")
    await officers.act(LANE, Person(name="ha", role="officer"), act)
    await lane.drive_through()
    await until(lambda: lane.phase == "idle", what="the transit ends")

    await officers.set_lane_mode(LANE, LEAD, LaneMode.AUTOMATIC, "camera is clean")
    assert not lane.service.lanes[LANE].state.manual


async def test_a_closed_lane_sends_trucks_to_the_officer_until_it_is_opened(lane: Rig) -> None:
    officers = lane.service.officers
    await officers.set_lane_mode(LANE, LEAD, LaneMode.CLOSED, "night")
    assert lane.phase == "closed"
    await lane.show(picture_of(FRONT))
    await until(lambda: lane.phase == "with_officer", what="the officer is called")
    transit = lane.service.lanes[LANE].state.transit
    assert transit is not None
    act = Act(action=OfficerAction.TURN_BACK, transit=transit, note="lane is closed")
    await officers.act(LANE, LEAD, act)
    assert lane.loop is not None
    lane.loop.sense(False)
    await until(lambda: lane.phase == "closed", what="the lane is closed again")

    await officers.set_lane_mode(LANE, LEAD, LaneMode.MANUAL, "early shift")
    state = lane.service.lanes[LANE].state
    assert (lane.phase, state.closed, state.manual) == ("idle", False, True)


async def test_every_change_of_mode_is_an_audit_entry_with_its_person_and_reason(lane: Rig) -> None:
    officers = lane.service.officers
    await officers.set_lane_mode(LANE, LEAD, LaneMode.CLOSED, "  night  ")
    await officers.set_lane_mode(LANE, LEAD, LaneMode.CLOSED, "night again")
    await officers.set_lane_mode(LANE, LEAD, LaneMode.AUTOMATIC, "morning")

    entries = await lane.rows_of(
        """SELECT actor, action FROM audit_events
           WHERE chain = 'lane/lane-1' AND action LIKE 'lane_%' ORDER BY number"""
    )
    assert [(e["actor"], e["action"]) for e in entries] == [
        ("viet", "lane_closed"), ("viet", "lane_opened"),
    ]  # fmt: skip
    events = await lane.rows_of(
        "SELECT data FROM transit_events WHERE kind LIKE 'lane_%' ORDER BY number"
    )
    assert [e["data"]["reason"] for e in events] == ["night", "morning"]


@pytest.mark.parametrize(
    ("person", "reason", "why"),
    [
        (Person(name="bao", role="operations"), "because", "may look at lanes but not act"),
        (Person(name="ha", role="officer", lanes=("lane-9",)), "because", "not yours"),
        (LEAD, "  ", "say why"),
    ],
)
async def test_who_may_not_or_gives_no_reason_is_refused(
    lane: Rig, person: Person, reason: str, why: str
) -> None:
    with pytest.raises(ActRefused, match=why):
        await lane.service.officers.set_lane_mode(LANE, person, LaneMode.CLOSED, reason)
    assert lane.phase == "idle"
