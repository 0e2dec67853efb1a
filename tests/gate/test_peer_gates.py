"""A plate that another gate has just told of is referred at the lane; and the keys of gates."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from devices.broker import EmbeddedBroker
from gate.app.clock import utc_now
from gate.app.firms.keys import EXCHANGE
from gate.cli import main
from gate.web.server import serve
from ocr.pool import ReaderPool
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import declare, rig, until

aio = pytest.mark.asyncio(loop_scope="session")


@aio
async def test_a_plate_seen_at_another_gate_a_moment_ago_is_referred(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    async with rig(tmp_path, database_url, broker.port, readers) as lane, ClientSession() as peer:
        await lane.add_all()
        runner = await serve(lane.service, demo=False)
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v1/sightings"
        _, key = await lane.service.firms.keys.make(
            None, name="Hekou", scopes=[EXCHANGE], actor="root", site="hekou"
        )
        await declare(lane.database, "14C12345", "14R01234")
        headers = {"Authorization": f"Bearer {key}"}
        at = (utc_now() - timedelta(seconds=20)).isoformat()
        body = {"items": [{"plate": "14C-123.45", "at": at}]}
        async with peer.post(url, json=body, headers=headers) as answer:
            assert answer.status == 200
            assert (await answer.json())["noted"] == 1

        await lane.show(picture_of(FRONT), picture_of(REAR, seed=2))
        await until(
            lambda: lane.metric("gate_decisions_total", outcome="refer") == 1, what="it is referred"
        )
        (decision,) = await lane.rows_of("SELECT outcome, codes, decision::text FROM decisions")
        assert (decision["outcome"], decision["codes"]) == ("refer", ["CLONE_SUSPECTED"])
        assert re.search(r"was at hekou only \d+ s ago", decision["decision"])
        assert lane.body.angle == 0.0
        await runner.cleanup()


@aio
async def test_keys_of_systems_are_made_listed_and_ended_by_the_tool(
    tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("GATE_DATABASE__URL", database_url)
    monkeypatch.setenv("GATE_DATA", str(tmp_path))

    async def tool(*arguments: str) -> tuple[int, str, str]:
        status = await asyncio.to_thread(main, ["key", *arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    status, out, _ = await tool("make", "Gate of Hekou", "--scope", EXCHANGE, "--site", "hekou")
    assert status == 0
    found = re.match(r"gk_([a-z0-9]{8})_[A-Za-z0-9]{43}\n", out)
    assert found is not None
    status, _, err = await tool("make", "x", "--scope", EXCHANGE)
    assert (status, "site: This is needed." in err) == (1, True)
    status, _, err = await tool("make", "x", "--scope", EXCHANGE, "--site", "mong-cai")
    assert (status, "this gate itself" in err) == (1, True)
    _, out, _ = await tool("list")
    assert f"{found[1]}  Gate of Hekou  {EXCHANGE}  for hekou  works  never used" in out
    status, _, _ = await tool("end", found[1])
    assert status == 0
    _, out, _ = await tool("list")
    assert "ended" in out
    status, _, err = await tool("end", "nothing0")
    assert (status, "there is no key" in err) == (1, True)
