"""What the console's pages answer: candidates, referrals with tasks, shifts, calls, refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, CookieJar

from tests.gate.pictures import FRONT, REAR, empty_street, picture_of
from tests.gate.rig import LANE, declare, until
from tests.web.conftest import ENGLISH, PASSWORD, Site, signed_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Officer:
    """A signed-in person who asks the pages."""

    def __init__(self, client: ClientSession, url: str, token: str) -> None:
        self._client, self._url, self._token = client, url, token

    async def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        headers = {"X-CSRF-Token": self._token}
        async with self._client.post(self._url + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str, **query: str) -> tuple[int, Any]:
        async with self._client.get(self._url + path, params=query) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else text


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in(site: Site) -> AsyncIterator[Any]:
    clients: list[ClientSession] = []

    async def enter(name: str, language: str = "en") -> Officer:
        headers = {**ENGLISH, "Accept-Language": language}
        client = ClientSession(cookie_jar=CookieJar(unsafe=True), headers=headers)
        clients.append(client)
        return Officer(client, site.url, await signed_in(client, site.url, name))

    yield enter
    for client in clients:
        await client.close()


async def held_truck(site: Site, front: bytes, rear: bytes) -> str:
    """A truck that is with the officer; its transit."""
    await site.rig.show(front, rear)
    lane = site.rig.service.lanes[LANE]
    await until(lambda: site.rig.phase == "with_officer", what="the officer is called")
    return str(lane.state.transit)


async def test_candidates_are_ranked_while_typing_and_change_nothing(
    site: Site, sign_in: Any
) -> None:
    await declare(site.rig.database, "14C54321", "14R05678", number="302600000001")
    await declare(site.rig.database, "14C54399", number="302600000002")
    transit = await held_truck(site, empty_street(), picture_of("14R-056.78", seed=2))
    ha = await sign_in("ha")
    path = f"/lanes/{LANE}/candidates"
    before = await site.rig.count("SELECT count(*) FROM transit_events")

    _, read = await ha.get(path, transit=transit, plate="")
    _, partly = await ha.get(path, transit=transit, plate="14C543")
    _, doubtful = await ha.get(path, transit=transit, plate="14C5439?")
    _, whole = await ha.get(path, transit=transit, plate="14c-543.99")
    other, _ = await ha.get(path, transit="00000000-0000-4000-8000-000000000001", plate="")
    nonsense, _ = await ha.get(path, transit="x", plate="")

    assert read["candidates"][0]["number"] == "302600000001"
    assert partly["candidates"][0]["number"] == "302600000001"
    assert {c["number"] for c in doubtful["candidates"]} >= {"302600000002"}
    assert whole["typed"] == "14C54399"
    assert {c["number"] for c in whole["candidates"]} == {"302600000001", "302600000002"}
    assert (other, nonsense) == (409, 400)
    assert await site.rig.count("SELECT count(*) FROM transit_events") == before
    assert site.rig.service.lanes[LANE].state.corrected_plate == ""


async def test_a_referral_keeps_its_tasks_and_a_refused_one_keeps_none(
    site: Site, sign_in: Any
) -> None:
    transit = await held_truck(site, picture_of(FRONT), picture_of(REAR, seed=2))
    ha, bao, lan = await sign_in("ha"), await sign_in("bao"), await sign_in("lan")
    acts = f"/lanes/{LANE}/acts"
    refer = {"action": "refer", "transit": transit, "reason": "inspection", "note": ""}
    tasks = "SELECT id FROM inspection_tasks ORDER BY code"

    status, said = await ha.post(acts, **refer, tasks=["nonsense"])
    assert (status, "at least one task" in said["error"]) == (409, True)
    status, said = await ha.post(acts, **{**refer, "reason": ""}, tasks=["cargo"])
    assert (status, "say why" in said["error"]) == (409, True)
    assert await site.rig.rows_of(tasks) == []
    status, _ = await ha.post(acts, **refer, tasks=["cargo", "cargo"], task_words="roof")
    assert status == 200
    cargo, roof = [str(row["id"]) for row in await site.rig.rows_of(tasks)]

    assert (await ha.post(f"/inspections/{cargo}", result="failed"))[0] == 400
    assert (await bao.post(f"/inspections/{cargo}", result="passed"))[0] == 403
    assert (await lan.post(f"/inspections/{cargo}", result="passed"))[0] == 409
    assert (await ha.post(f"/inspections/{cargo}", result="failed", note="20 boxes"))[0] == 200
    assert (await ha.post(f"/inspections/{cargo}", result="passed"))[0] == 409
    assert (await ha.post(f"/inspections/{roof}", result="passed"))[0] == 200
    _, page = await ha.get(f"/transits/{transit}")
    assert "20 boxes" in page
    assert "roof" in page


async def test_an_override_needs_a_listed_reason_own_words_and_a_second_person(
    site: Site, sign_in: Any
) -> None:
    transit = await held_truck(site, picture_of(FRONT), picture_of(REAR, seed=2))
    anh, viet = await sign_in("anh"), await sign_in("ha", "vi")
    acts = f"/lanes/{LANE}/acts"
    release = {"action": "release", "transit": transit}
    full = {**release, "reason": "authority", "note": "declared by phone"}

    for incomplete in ({"note": "only words"}, {"reason": "authority"}, {"reason": "none"}):
        status, said = await anh.post(acts, **release, **incomplete)
        assert (status, "from the list" in said["error"]) == (409, True)
    status, said = await viet.post(acts, **full)
    assert (status, "giám sát viên" in said["error"]) == (409, True), said
    status, said = await anh.post(acts, **full)
    assert (status, "second person" in said["error"]) == (409, True)
    alone = {"name": "anh", "password": PASSWORD}
    assert (await anh.post(acts, **full, second=alone))[0] == 409
    wrong = {"name": "ha", "password": "wrong"}
    assert (await anh.post(acts, **full, second=wrong))[0] == 403
    assert site.rig.body.angle == 0.0
    assert (await anh.post(acts, **full, second={"name": "ha", "password": PASSWORD}))[0] == 200


async def test_a_call_for_a_second_officer_is_one_alarm_that_counts_up(
    site: Site, sign_in: Any
) -> None:
    ha = await sign_in("ha")
    assert (await ha.post(f"/lanes/{LANE}/call"))[0] == 200
    assert (await ha.post(f"/lanes/{LANE}/call"))[0] == 200
    (alarm,) = await site.rig.rows_of("SELECT * FROM alarms WHERE kind = 'SECOND_OFFICER'")
    assert alarm["count"] == 2
    assert (await ha.post(f"/alarms/{alarm['id']}/acknowledge"))[0] == 200
    assert (await ha.post(f"/alarms/{alarm['id']}/acknowledge"))[0] == 404


async def test_lanes_are_taken_and_handed_over_and_nothing_of_it_changes(
    site: Site, sign_in: Any
) -> None:
    ha, viet, lan = await sign_in("ha"), await sign_in("viet"), await sign_in("lan")
    take, over = f"/lanes/{LANE}/take", f"/lanes/{LANE}/hand-over"

    assert (await ha.post(over, note="mine?"))[0] == 409
    both = await asyncio.gather(ha.post(take, expected=""), viet.post(take, expected=""))
    assert sorted(status for status, _ in both) == [200, 409]
    first = "ha" if both[0][0] == 200 else "viet"
    assert (await lan.post(take, expected=first))[0] == 404
    assert (await viet.post(take, expected=first))[0] == 200
    await held_truck(site, picture_of(FRONT), picture_of(REAR, seed=2))
    assert (await viet.post(over, note="a truck is held"))[0] == 200

    rows = await site.rig.rows_of("SELECT * FROM lane_watch ORDER BY number")
    assert [row["kind"] for row in rows] == ["taken", "taken", "handed_over"]
    assert rows[1]["before"] == first
    assert rows[2]["matters"][0]["kind"] == "held"
    with pytest.raises(Exception, match=r"append-only|permission denied"):
        await site.rig.rows_of("UPDATE lane_watch SET officer = 'x' RETURNING number")
    _, page = await ha.get("/shift")
    assert "a truck is held" in page
