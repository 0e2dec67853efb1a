"""The demonstration's data: what the rules ask for is there, and each story tells it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from config.policy_file import DEMO, load_policy
from gate.app.clock import Clock
from gate.app.demo import prepare_demo
from gate.app.demo_seed import make_seed
from gate.app.demo_traffic import TOO_HEAVY_KG, plan_traffic
from gate.core.clues import clues_of
from gate.core.decide import decide
from gate.store import preselect
from gate.store.pool import Database
from schemas.declarations import Direction
from schemas.transit import DecisionInputs, SeenWeight
from tests.core.builders import NOW, look, seen
from tests.firms.rig import new_vault
from tests.gate.rig import SITE

SEED = make_seed(random.Random(2026), NOW)


def test_no_declared_truck_is_heavier_than_it_may_be_and_the_overloaded_is_than_all() -> None:
    permitted = [d.tractor.permitted_kg for d in SEED.declarations]

    assert all(d.gross_kg <= d.tractor.permitted_kg for d in SEED.declarations)
    assert max(permitted) < TOO_HEAVY_KG


def test_some_have_booked_a_lane_of_their_direction_and_some_are_not_insured() -> None:
    lanes = {(d.direction, d.lane) for d in SEED.declarations if d.lane}
    over = [d for d in SEED.declarations if d.tractor.insurance_until < NOW]

    assert lanes == {("export", "lane-1"), ("export", "lane-2"), ("import", "lane-3"),
                     ("import", "lane-4")}  # fmt: skip
    assert 0.2 < sum(bool(d.lane) for d in SEED.declarations) / len(SEED.declarations) < 0.6
    assert 3 < len(over) < 0.1 * len(SEED.declarations)


@pytest.mark.asyncio(loop_scope="session")
async def test_booked_lanes_and_insurance_reach_the_rules_through_the_database(
    database: Database, tmp_path: Path
) -> None:
    await prepare_demo(
        database, tmp_path, SITE, Clock(), lambda _word: "x", 2026, new_vault(tmp_path)
    )
    async with database.connection() as connection:
        row = await connection.fetchrow(
            """SELECT d.number, d.tractor_plate, d.trailer_plate, d.direction, d.seals, d.gross_kg
               FROM declarations d JOIN vehicles v ON v.id = d.tractor_id
               WHERE v.insurance_until < now() AND d.status = 'cleared' AND d.lane <> ''
                 AND d.un_number = '' AND v.permit_until > now() AND d.trailer_plate <> ''
               ORDER BY d.number LIMIT 1"""
        )
    what = seen(
        look(row["tractor_plate"]), look(row["trailer_plate"], "rear"), gate=SITE,
        direction=Direction(row["direction"]), seals=tuple(row["seals"]),
        weight=SeenWeight(gross_kg=row["gross_kg"]), oldest_capture_at=None,
    )  # fmt: skip
    now = Clock().now()
    found = await preselect.candidates(database, clues_of(what), SITE, now)
    inputs = DecisionInputs(seen=what, declarations=found, now=now, policy="demo")

    assert [r.code for r in decide(inputs, load_policy(DEMO)).reasons] == ["INSURANCE_EXPIRED"]
    own = next(d for d in found if d.number == row["number"])
    assert own.lane in ("lane-1", "lane-2", "lane-3", "lane-4")


@pytest.mark.asyncio(loop_scope="session")
async def test_the_plan_brings_a_truck_that_is_too_heavy_and_one_with_another_seal(
    database: Database, tmp_path: Path
) -> None:
    await prepare_demo(
        database, tmp_path, SITE, Clock(), lambda _word: "x", 2026, new_vault(tmp_path)
    )
    plan = await plan_traffic(database, random.Random(2026))
    first = [t["story"] for trucks in plan["first"].values() for t in trucks]

    assert first.count("overweight") == 1
    assert first.count("resealed") == 1
    async with database.connection() as connection:
        booked = dict(
            await connection.fetch(
                "SELECT tractor_plate, lane FROM declarations WHERE lane <> ''"
            )
        )  # fmt: skip
    rest = {t["plate"]: lane for lane, own in plan["lanes"].items() for t in own}
    assert {p: rest[p] for p in booked if p in rest} == {
        p: lane for p, lane in booked.items() if p in rest
    }
