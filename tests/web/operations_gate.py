"""A gate with a past and some traffic, for the tests of operations."""

from __future__ import annotations

import random
import secrets
from typing import Any

from gate.app.clock import utc_now
from gate.app.demo_history import make_history
from gate.app.device_keys import locked
from gate.app.officer import Act, Person
from gate.core.lane.events import OfficerAction
from gate.store import seed as seed_store
from gate.store.devices import DeviceRow
from schemas.declarations import Direction
from tests.gate.pictures import FRONT, REAR, empty_street, picture_of
from tests.gate.rig import LANE, Rig, declare, until

ZONE = "Asia/Ho_Chi_Minh"
MORE = (("lane-2", Direction.EXPORT), ("lane-3", Direction.IMPORT), ("lane-4", Direction.IMPORT))
OFFICER = Person(name="ha", role="officer", lanes=())
LEAD = Person(name="viet", role="shift_lead", lanes=())


async def add_past(made: Rig, seed: int = 5) -> int:
    """Three more lanes, and a made-up past for all four."""
    rows = [
        DeviceRow(lane=lane, id=name, kind=kind, key_id=f"{lane}.{name}",
                  secret=secrets.token_bytes(32))
        for lane, _ in MORE
        for name, kind in (("cam-front", "camera"), ("cam-rear", "camera"), ("barrier", "barrier"))
    ]  # fmt: skip
    async with made.database.transaction() as connection:
        lanes = tuple((lane, f"Lane {lane[-1]}", way) for lane, way in MORE)
        kept = [locked(made.service.vault, row) for row in rows]
        await seed_store.write_lanes(connection, lanes, kept)
    every = ((LANE, "export"), *((lane, way.value) for lane, way in MORE))
    return await make_history(made.database, every, ZONE, utc_now(), random.Random(seed))


async def drive(made: Rig, plate: str = FRONT, trailer: str = REAR, **declaration: Any) -> None:
    """A declared truck comes, is released by the machine, and goes."""
    texts = [text.replace("-", "").replace(".", "") for text in (plate, trailer)]
    await declare(made.database, *texts, **declaration)
    before = await made.count("SELECT count(*) FROM transits WHERE ended = 'departed'")
    await made.show(picture_of(plate), picture_of(trailer, seed=2))
    await made.drive_through()
    await until(
        lambda: _more(made, "SELECT count(*) FROM transits WHERE ended = 'departed'", before),
        what="the truck has gone",
    )


async def drive_overridden(made: Rig, plate: str = "15C-678.90") -> None:
    """A truck with an open fee is held, and a shift lead lets it pass."""
    text = plate.replace("-", "").replace(".", "")
    await declare(made.database, text, fee="pending", status="clearing")
    before = await made.count("SELECT count(*) FROM transits WHERE ended = 'departed'")
    await made.show(picture_of(plate), picture_of(plate, seed=2))
    await until(lambda: made.phase == "with_officer", what="the truck is held")
    act = Act(action=OfficerAction.RELEASE, transit=_at(made), note="paid at the window")
    await made.service.officers.act(LANE, LEAD, act)
    await made.drive_through()
    await until(
        lambda: _more(made, "SELECT count(*) FROM transits WHERE ended = 'departed'", before),
        what="the truck has gone",
    )


async def turn_back(made: Rig) -> None:
    """A truck nobody can read is turned back by an officer."""
    before = await made.count("SELECT count(*) FROM transits WHERE ended = 'turned_back'")
    await made.show(empty_street(), empty_street(seed=4))
    await until(lambda: made.phase == "with_officer", what="the truck is held")
    act = Act(action=OfficerAction.TURN_BACK, transit=_at(made), note="no plates at all")
    await made.service.officers.act(LANE, OFFICER, act)
    if made.loop is not None:
        made.loop.sense(False)
    await until(
        lambda: _more(made, "SELECT count(*) FROM transits WHERE ended = 'turned_back'", before),
        what="the truck has gone",
    )
    await until(lambda: made.phase == "idle", what="the lane is free")


def _at(made: Rig) -> Any:
    return made.service.lanes[LANE].state.transit


async def _more(made: Rig, sql: str, before: int) -> bool:
    return await made.count(sql) > before


async def counted(made: Rig) -> None:
    """Wait until every ended transit is in the statistics."""
    await until(lambda: _none_due(made), what="all transits are counted", seconds=10)


async def _none_due(made: Rig) -> bool:
    return await made.count("SELECT count(*) FROM statistics_due") == 0
