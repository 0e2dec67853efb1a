"""Where else a plate was seen: this gate's own transits and what other gates tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from gate.app.clock import utc_now
from gate.core.decide import decide
from gate.core.reasons import reason
from gate.store import inspections, lanes, sightings, transits
from gate.store.pool import Database
from schemas.declarations import Direction
from schemas.policy import Policy
from schemas.protocol_errors import BadName
from schemas.transit import Outcome, Sighting, TransitEnd
from tests.core.builders import declaration, inputs, seen
from tests.gate.rig import SITE

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLATE = "14C12345"


async def of(database: Database, now: datetime) -> tuple[Sighting, ...]:
    return await sightings.of_plates(database, (PLATE,), UUID(int=1), SITE, now)


async def note(database: Database, site: str, plate: str, at: datetime) -> bool:
    """Another gate tells of one plate; False where that was known."""
    async with database.transaction() as connection:
        seen = [sightings.Told(plate=plate, at=at)]
        return await sightings.note_many(connection, site, seen, "ab12cd34") == 1


async def test_what_another_gate_tells_carries_its_name_and_the_moment(database: Database) -> None:
    now = utc_now()
    at = now - timedelta(minutes=1)
    assert await note(database, "hekou", PLATE, at)
    assert not await note(database, "hekou", PLATE, at)

    (found,) = await of(database, now)
    assert (found.gate, found.lane, found.departed) == ("hekou", "", False)
    assert found.came_at == found.left_at == at


async def test_a_truck_at_two_gates_at_once_is_a_suspected_clone(database: Database) -> None:
    now = utc_now()
    await note(database, "hekou", PLATE, now - timedelta(seconds=30))
    what = seen(sightings=await of(database, now), oldest_capture_at=None)
    open_now = declaration(
        window_from=now - timedelta(hours=1), window_to=now + timedelta(hours=5),
        permit_until=None,
    )  # fmt: skip

    codes = [r.code for r in decide(inputs(what, open_now, now=now), Policy()).reasons]
    assert codes == ["CLONE_SUSPECTED"]


async def test_old_own_future_and_other_plates_sightings_do_not_count(database: Database) -> None:
    now = utc_now()
    for site, plate, at in (
        ("hekou", PLATE, now - timedelta(hours=25)),
        ("hekou", PLATE, now + timedelta(hours=1)),
        (SITE, PLATE, now),
        ("hekou", "29H55555", now),
    ):
        await note(database, site, plate, at)
    assert await of(database, now) == ()


async def test_own_transits_come_beside_those_of_others_and_each_is_bounded(
    database: Database,
) -> None:
    now = utc_now()
    async with database.transaction() as connection:
        await lanes.add_lane(connection, "lane-1", "Lane 1", Direction.EXPORT)
        own = uuid4()
        await transits.begin(connection, own, "lane-1", Direction.EXPORT, now)
        await connection.execute("UPDATE transits SET plate = $2 WHERE id = $1", own, PLATE)
    for n in range(2 * sightings.MOST):
        await note(database, "hekou", PLATE, now - timedelta(minutes=n))

    found = await of(database, now)
    assert [s.gate for s in found] == [SITE, *["hekou"] * sightings.MOST]
    assert found[0].transit == own
    assert found[1].came_at == now


async def stored(database: Database, **changes: object) -> UUID:
    """A transit of PLATE at lane-1 that has ended, with a machine's decision."""
    now = utc_now()
    transit, decision_id = uuid4(), uuid4()
    decision = replace(decide(inputs(), Policy()), plate=PLATE, **changes)  # type: ignore[arg-type]
    async with database.transaction() as connection:
        await lanes.add_lane(connection, "lane-1", "Lane 1", Direction.EXPORT)
        await transits.begin(connection, transit, "lane-1", Direction.EXPORT, now)
        given = inputs()
        await transits.keep_policy(database, Policy(), given.policy)
        await transits.add_decision(
            connection, decision_id=decision_id, transit=transit, at=now, actor="machine",
            decision=replace(decision, declaration=None), inputs=given, ms=1,
        )  # fmt: skip
    return transit


async def end(database: Database, transit: UUID) -> UUID:
    async with database.transaction() as connection:
        await transits.finish(connection, transit, TransitEnd.TURNED_BACK, utc_now())
    return transit


DRAWN = {"outcome": Outcome.REFER, "reasons": (reason("RANDOM_INSPECTION", "drawn"),)}
REMINDED = {"outcome": Outcome.REFER, "reasons": (reason("INSPECTION_OPEN", "not passed"),)}
LET_GO = {
    "outcome": Outcome.RELEASE,
    "reasons": (reason("OFFICER_RELEASED", "released"), reason("RANDOM_INSPECTION", "drawn")),
}
WEIGHED = {"outcome": Outcome.REFER, "reasons": (reason("WEIGHT_DIFFERS", "heavier"),)}


@pytest.mark.parametrize(
    ("decided", "inspection"),
    [({}, ""), (DRAWN, "owed"), (REMINDED, ""), (LET_GO, ""), (WEIGHED, "")],
)
async def test_a_truck_that_was_drawn_and_left_owes_the_inspection(
    database: Database, decided: dict[str, object], inspection: str
) -> None:
    await stored(database, **decided)

    (found,) = await of(database, utc_now())
    assert found.inspection == inspection


async def test_however_often_it_turned_round_since_what_it_owes_is_remembered(
    database: Database,
) -> None:
    first = await end(database, await stored(database, **DRAWN))
    for _ in range(2 * sightings.MOST):
        await end(database, await stored(database, **REMINDED))

    found = await of(database, utc_now())
    assert len(found) == sightings.MOST + 1
    assert [s.inspection for s in found] == [""] * sightings.MOST + ["owed"]
    assert found[-1].transit == first


async def test_a_referral_is_owed_until_all_that_was_asked_for_has_been_passed(
    database: Database,
) -> None:
    transit, now = await stored(database, **WEIGHED), utc_now()
    tasks = [(uuid4(), "seal", ""), (uuid4(), "weight", "")]

    async def tick(task: UUID, passed: bool) -> str:
        async with database.transaction() as connection:
            done = {"passed": passed, "note": "", "by": "ha", "at": utc_now(), "lanes": None}
            await inspections.finish(connection, task, **done)  # type: ignore[arg-type]
        return (await of(database, utc_now()))[0].inspection

    async with database.transaction() as connection:
        await inspections.add(connection, "lane-1", transit, tasks, "ha", now)
        await transits.finish(connection, transit, TransitEnd.REFERRED_OUT, now)
    assert [await tick(task, True) for task, _, _ in tasks] == ["owed", "passed"]

    another = await stored(database, **WEIGHED)
    async with database.transaction() as connection:
        await inspections.add(connection, "lane-1", another, [(uuid4(), "seal", "")], "ha", now)
        await transits.finish(connection, another, TransitEnd.REFERRED_OUT, now)
        (task,) = await connection.fetch(
            "SELECT id FROM inspection_tasks WHERE transit_id = $1", another
        )
    assert await tick(task["id"], False) == "owed"


async def test_a_site_that_can_not_be_one_is_refused(database: Database) -> None:
    with pytest.raises(BadName):
        await note(database, "He Kou", PLATE, utc_now())


async def test_old_ones_are_forgotten(database: Database) -> None:
    now = utc_now()
    await note(database, "hekou", PLATE, now - timedelta(days=8))
    await note(database, "hekou", PLATE, now)

    assert await sightings.forget(database, now - timedelta(days=7)) == 1
    assert len(await of(database, now)) == 1
