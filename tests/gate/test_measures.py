"""Scale and seal reader over real MQTT: what they say decides whether the truck passes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from devices.broker import EmbeddedBroker
from gate.core.decide import decide
from gate.store import transits
from ocr.pool import ReaderPool
from schemas.transit import SeenWeight
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import LANE, Rig, declare, under_policy, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEAL = "VN1234567"
POLICY = """
name = "measured"
version = 1
require = ["weight", "seal"]
[deadlines]
reading_ms = 2_500
"""


@pytest_asyncio.fixture(loop_scope="session")
async def lane(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> AsyncIterator[Rig]:
    async with under_policy(tmp_path, database_url, broker.port, readers, POLICY) as made:
        yield made


async def arrive(lane: Rig, *, kg: int = 20_000, seals: tuple[str, ...] = (SEAL,)) -> None:
    """The declared truck rolls onto the scale; its seals are read."""
    scale, reader = await lane.add_scale(), await lane.add_seal_reader()
    await declare(lane.database, "14C12345", "14R01234", gross_kg=20_000, seals=[SEAL])
    scale.weigh(kg * 400, stable=False)
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
    reader.read(seals)
    scale.weigh(kg * 1000, stable=True)


async def decided(lane: Rig) -> dict[str, Any]:
    """The one decision of the truck, once the officer has it."""
    await until(lambda: lane.phase == "with_officer", what="the officer is called")
    rows = await lane.rows_of("SELECT * FROM decisions ORDER BY at, id")
    return rows[-1]


async def test_a_truck_of_the_declared_weight_and_seal_passes(lane: Rig) -> None:
    await arrive(lane, kg=20_400)
    await lane.drive_through()
    await until(lambda: lane.phase == "idle", what="the transit ends")

    (transit,) = await lane.rows_of("SELECT id, ended, by_officer FROM transits")
    assert (transit["ended"], transit["by_officer"]) == ("departed", False)
    found = await transits.latest_decision(lane.database, transit["id"])
    assert found is not None
    _, made, inputs = found
    assert inputs.seen.weight == SeenWeight(gross_kg=20_400, stable=True)
    assert inputs.seen.seals == (SEAL,)
    assert decide(inputs, lane.service.policy) == made
    kinds = {r["kind"] for r in await lane.rows_of("SELECT kind FROM transit_events")}
    assert {"weighed", "seals_read"} <= kinds
    assert lane.service.lanes[LANE].state.weight is None


async def test_an_overweight_truck_is_denied_with_both_figures(lane: Rig) -> None:
    await arrive(lane, kg=46_000)
    decision = await decided(lane)

    assert decision["outcome"] == "deny"
    assert set(decision["codes"]) == {"OVERWEIGHT_LEGAL", "WEIGHT_DIFFERS"}
    texts = [r["text"] for r in decision["decision"]["reasons"]]
    assert "46,000 kg, permitted are 44,000 kg" in texts
    assert lane.body.angle == 0.0


async def test_another_seal_than_declared_is_referred(lane: Rig) -> None:
    await arrive(lane, seals=("HQ7654321",))
    decision = await decided(lane)

    assert (decision["outcome"], decision["codes"]) == ("refer", ["SEAL_MISMATCH"])


async def test_a_seal_that_is_gone_is_referred(lane: Rig) -> None:
    await arrive(lane, seals=())
    decision = await decided(lane)

    assert (decision["outcome"], decision["codes"]) == ("refer", ["SEAL_MISSING"])


async def test_a_scale_that_comes_to_no_rest_holds_until_it_does(lane: Rig) -> None:
    scale, reader = await lane.add_scale(), await lane.add_seal_reader()
    await declare(lane.database, "14C12345", "14R01234", gross_kg=20_000, seals=[SEAL])
    scale.weigh(19_000_000, stable=False)
    await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
    reader.read((SEAL,))
    assert (await decided(lane))["codes"] == ["WEIGHT_UNSTABLE"]

    scale.weigh(20_000_000, stable=True)
    await lane.drive_through()
    await until(lambda: lane.phase == "idle", what="the transit ends")
    outcomes = await lane.rows_of("SELECT outcome FROM decisions ORDER BY at, id")
    assert [r["outcome"] for r in outcomes] == ["hold", "release"]
