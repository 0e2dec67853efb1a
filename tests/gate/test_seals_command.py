"""``gate seals`` run as a program: an officer's handheld over a real broker."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from devices.broker import EmbeddedBroker
from gate.commands.device_options import KEY_VARIABLE
from ocr.pool import ReaderPool
from tests.gate.rig import LANE, Rig, rig, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def lane(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> AsyncIterator[Rig]:
    async with rig(tmp_path, database_url, broker.port, readers) as made:
        yield made


async def seals(lane: Rig, *arguments: str, key: str | None = None) -> tuple[int, str]:
    secret = lane.rows["seal-reader"].secret.hex() if key is None else key
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gate.cli", "seals", "--lane", "1", "--seconds", "1",
        "--broker", f"127.0.0.1:{lane.port}", *arguments,
        env={**os.environ, KEY_VARIABLE: secret}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_the_seals_of_the_truck_that_stands_there_become_its_own(lane: Rig) -> None:
    await lane.add_loop()
    assert lane.loop is not None
    lane.loop.sense(True)
    await until(lambda: lane.phase == "arriving", what="the truck is there")

    assert (await seals(lane, "vn1234567", "HQ-55"))[0] == 0
    state = lane.service.lanes[LANE].state
    assert state.seals == ("VN1234567", "HQ-55")
    assert (await seals(lane, "--none"))[0] == 0
    assert lane.service.lanes[LANE].state.seals == ()


@pytest.mark.parametrize(
    ("arguments", "key", "complaint"),
    [
        (("V 1",), None, "no seals' numbers"),
        (("VN1234567",), "abc", "hexadecimal"),
        (("--none", "--broker", "nowhere"), None, "HOST:PORT"),
        (("--none", "--device", "Seal Reader"), None, "device"),
    ],
)
async def test_wrong_use_is_told_and_nothing_is_sent(
    lane: Rig, arguments: tuple[str, ...], key: str | None, complaint: str
) -> None:
    status, said = await seals(lane, *arguments, key=key)
    assert status == 2
    assert complaint in said
