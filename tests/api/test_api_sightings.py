"""What gates tell each other over the API: by keys of gates only, each for its own site."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from gate.app.clock import utc_now
from gate.app.firms.errors import Invalid
from gate.app.firms.keys import EXCHANGE
from gate.app.peer_gates import SETTLED
from tests.api.conftest import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")


def item(plate: str, at: datetime) -> dict[str, str]:
    return {"plate": plate, "at": at.isoformat()}


async def told(api: Api, *items: dict[str, str], key: str = "") -> tuple[int, Any]:
    status, body, _ = await api.call(
        "POST", "/sightings", key=key or api.peer_key, json={"items": list(items)}
    )
    return status, body


def counted(api: Api) -> list[float]:
    """The metric's counts: noted, known, refused."""
    return [api.rig.metric("gate_sightings_told_total", site="hekou", result=result)
            for result in ("noted", "known", "refused")]  # fmt: skip


async def test_sightings_are_taken_once_and_what_can_not_be_is_named(api: Api) -> None:
    now = utc_now()
    seen = [item("51C-111.11", now - timedelta(minutes=3)), item("桂F 12345", now)]
    bad = [item("no plate", now), item("51C11112", now + timedelta(hours=1)),
           item("51C11113", now - timedelta(days=8))]  # fmt: skip

    before = counted(api)
    status, body = await told(api, *seen, *bad)
    assert (status, body["site"], body["noted"], body["known"]) == (200, "hekou", 2, 0)
    assert [(one["path"], one["code"]) for one in body["refused"]] == [
        ("items.2.plate", "plate_form"), ("items.3.at", "in_future"), ("items.4.at", "too_old"),
    ]  # fmt: skip
    status, body = await told(api, *seen, *seen)
    assert (status, body["noted"], body["known"]) == (200, 0, 4)
    rows = await api.rig.rows_of(
        "SELECT site, plate, told_by FROM foreign_sightings WHERE told_by = $1 ORDER BY plate",
        api.peer_key[3:11],
    )
    assert [(row["site"], row["plate"]) for row in rows] == [
        ("hekou", "51C11111"), ("hekou", "桂F12345"),
    ]  # fmt: skip
    (act,) = await api.rig.rows_of(
        """SELECT e.actor, e.subject, d.data FROM audit_events e JOIN audit_data d
               ON d.chain = e.chain AND d.number = e.number
           WHERE e.action = 'sightings.told' ORDER BY e.number DESC LIMIT 1"""
    )
    assert (act["actor"], act["subject"], act["data"]) == (
        f"key:{api.peer_key[3:11]}", "hekou", {"noted": 2, "refused": 3},
    )  # fmt: skip
    assert [n - m for n, m in zip(counted(api), before, strict=True)] == [2, 4, 3]


async def test_many_that_tell_the_same_at_once_do_not_block_each_other(api: Api) -> None:
    now = utc_now()
    seen = [item(f"51C{20_000 + n}", now) for n in range(200)]
    done = await asyncio.gather(
        *(told(api, *(seen if n % 2 else reversed(seen))) for n in range(6))
    )
    assert [status for status, _ in done] == [200] * 6
    assert sum(body["noted"] for _, body in done) == 200


async def test_only_a_gates_key_may_tell_and_ask(api: Api) -> None:
    one = item("51C33333", utc_now())
    for key in (api.key, api.system_key):
        for method, rest in (("POST", {"json": {"items": [one]}}), ("GET", {})):
            status, body, _ = await api.call(method, "/sightings", key=key, **rest)
            assert (status, body["code"]) == (403, "scope")
    for path in ("/declarations", "/transits", "/statistics", "/fees"):
        status, _, _ = await api.call("GET", path, key=api.peer_key)
        assert status == 403, path
    keys = api.firms.keys
    for firm, scopes, site in (
        (api.firm, [EXCHANGE], "hekou"), (None, [EXCHANGE], ""), (None, [EXCHANGE], "He Kou"),
        (None, ["passes.read"], "hekou"), (api.firm, ["fleet.read"], "hekou"),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            await keys.make(firm, name="x", scopes=scopes, actor="thu", site=site)
    own = api.rig.service.settings.site
    _, text = await keys.make(None, name="we", scopes=[EXCHANGE], actor="root", site=own)
    assert (await told(api, one, key=text))[0] == 403


@pytest.mark.parametrize(
    "body",
    [{}, {"items": []}, {"items": [{"plate": "51C1"}]}, {"items": [{"at": "2026-01-01T00:00Z"}]},
     {"items": [{"plate": "51C11111", "at": "2026-11-24T08:00:00"}]},
     {"items": [{"plate": "51C11111", "at": "2026-11-24T08:00:00Z", "site": "other"}]},
     {"items": [{"plate": "51C11111", "at": "2026-11-24T08:00:00Z"}] * 501}],
    ids=["nothing", "none", "no time", "no plate", "no zone", "another site", "too many"],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_whole(api: Api, body: dict[str, Any]) -> None:
    status, said, _ = await api.call("POST", "/sightings", key=api.peer_key, json=body)
    assert (status, said["code"]) == (422, "invalid")


async def passed(api: Api, plate: str, ended: datetime) -> UUID:
    """A transit that ended then."""
    transit = uuid4()
    async with api.rig.database.connection() as connection:
        await connection.execute(
            """INSERT INTO transits (id, lane_id, direction, began_at, ended_at, ended, plate)
               VALUES ($1, 'lane-1', 'export', $2, $3, 'departed', $4)""",
            transit, ended - timedelta(minutes=2), ended, plate,
        )  # fmt: skip
    return transit


async def test_a_peer_reads_all_sightings_of_this_gate_in_order_page_by_page(api: Api) -> None:
    begin = utc_now() - timedelta(hours=5)
    await passed(api, "51C40099", begin - timedelta(minutes=1))
    await passed(api, "", begin + timedelta(minutes=1))
    for n in range(7):
        await passed(api, f"51C{40_000 + n}", begin + timedelta(minutes=n // 2))
    await passed(api, "51C40098", utc_now() - SETTLED / 2)  # not settled yet
    path, found = "/sightings", []
    query = {"since": begin.isoformat(), "limit": "3"}
    while True:
        status, page, _ = await api.call("GET", path, key=api.peer_key, params=query)
        assert status == 200
        found += page["items"]
        if page["next"] is None:
            break
        query = {"cursor": page["next"], "limit": "3"}
    plates = [one["plate"] for one in found if one["plate"].startswith("51C400")]
    assert sorted(plates) == [f"51C{40_000 + n}" for n in range(7)]
    assert [one["at"] for one in found] == sorted(one["at"] for one in found)
    assert set(found[0]) == {"id", "plate", "came_at", "at"}, "nothing else is told of a truck"
    again = {"since": found[-1]["at"]}
    _, page, _ = await api.call("GET", path, key=api.peer_key, params=again)
    assert found[-1]["id"] in {one["id"] for one in page["items"]}
