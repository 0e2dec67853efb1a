"""The API over HTTP: filing, paging, repeats, limits, errors, and other firms' data."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from gate.web.api import cursors, guard
from gate.web.api.limits import Limits
from gate.web.api.operations import PREFIX
from gate.web.api.problem import ApiError
from gate.web.api.routes import OPERATIONS
from gate.web.api.usage import USAGE
from tests.api.conftest import Api
from tests.firms.rig import content

aio = pytest.mark.asyncio(loop_scope="session")


async def filed(api: Api, **changes: Any) -> dict[str, Any]:
    status, body, _ = await api.call("POST", "/declarations", json=content(**changes))
    assert status == 201, body
    return dict(body["declaration"])


@aio
async def test_the_way_of_a_declaration_by_api(api: Api) -> None:
    status, body, headers = await api.call("POST", "/declarations", json=content())
    assert (status, body["declaration"]["status"]) == (201, "accepted")
    path = headers["Location"].removeprefix(PREFIX)
    hour = (datetime.now(UTC) + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    status, body, _ = await api.call("POST", f"{path}/slot", json={"starts_at": hour.isoformat()})
    assert (status, body["slot_at"]) == (200, hour.isoformat().replace("+00:00", "Z"))
    for authority in ("customs", "border_guard", "quarantine"):
        status, body, _ = await api.call(
            "POST", f"{path}/clearances/{authority}", key=api.system_key, json={"value": "passed"}
        )
        assert status == 200
    _, fees, _ = await api.call("GET", f"{path}/fees")
    for fee in fees["items"]:
        status, _, _ = await api.call(
            "POST", f"/fees/{fee['id']}/payment", key=api.system_key, json={"reference": "R1"}
        )
        assert status == 204
    _, body, headers = await api.call("GET", path)
    assert body["status"] == "cleared"
    status, body, _ = await api.call(
        "PATCH", path, json={"changes": {"driver.name": "Lê Văn Nam"}},
        headers={"If-Match": headers["ETag"]},
    )  # fmt: skip
    assert (status, body["status"], body["border_guard"]) == (200, "clearing", "pending")
    _, events, _ = await api.call("GET", f"{path}/events")
    assert [e["kind"] for e in events["items"]][-2:] == ["amended", "status"]
    assert {e["actor"] for e in events["items"]} >= {f"key:{api.key[3:11]}", "machine"}
    status, _, _ = await api.call("GET", path, headers={"If-None-Match": headers["ETag"]})
    assert status == 200
    status, _, _ = await api.call("GET", f"{path}/transits")
    assert status == 200


@aio
async def test_an_amendment_needs_the_tag_that_was_read(api: Api) -> None:
    made = await filed(api)
    path, change = f"/declarations/{made['id']}", {"changes": {"note": "x"}}
    status, body, _ = await api.call("PATCH", path, json=change)
    assert (status, body["code"]) == (428, "if_match_needed")
    status, body, _ = await api.call("PATCH", path, json=change, headers={"If-Match": '"0.0"'})
    assert (status, body["code"]) == (412, "changed_meanwhile")
    _, _, headers = await api.call("GET", path)
    status, _, _ = await api.call("GET", path, headers={"If-None-Match": headers["ETag"]})
    assert status == 304
    status, _, _ = await api.call("PATCH", path, json=change, headers={"If-Match": headers["ETag"]})
    assert status == 200


@aio
async def test_errors_name_the_fields(api: Api) -> None:
    wrong = content(gross_kg=60_000, containers=[{"number": "CSQU3054384"}])
    status, body, headers = await api.call("POST", "/declarations", json=wrong)
    assert status == 422
    assert headers["Content-Type"] == "application/problem+json"
    found = {(e["path"], e["code"]) for e in body["errors"]}
    assert ("gross_kg", "gross_above_permitted") in found
    assert ("containers.0.number", "container_digit") in found
    status, body, _ = await api.call("POST", "/declarations", json={"gross": 1})
    assert (status, body["errors"][0]["path"]) == (422, "gross")


@aio
@pytest.mark.parametrize(
    ("method", "path", "rest", "status", "code"),
    [
        ("GET", "/nothing", {}, 404, "not_found"),
        ("GET", "/declarations/no-id", {}, 404, "not_found"),
        ("PUT", "/declarations", {}, 405, "method_not_allowed"),
        ("POST", "/vehicles", {"data": b"x" * 300_000}, 413, "too_large"),
        ("POST", "/vehicles", {"data": b"{}"}, 415, "media_type"),
        ("POST", "/vehicles", {"data": b"{", "headers": {"Content-Type": "application/json"}},
         400, "not_json"),
        ("POST", "/vehicles", {"data": b"[" * 100_000,
                               "headers": {"Content-Type": "application/json"}}, 400, "not_json"),
        ("POST", "/vehicles", {"data": b'{"plate": NaN}',
                               "headers": {"Content-Type": "application/json"}}, 400, "not_json"),
        ("POST", "/vehicles", {"json": {"plate": "a\0b"}}, 422, "invalid"),
        ("GET", "/declarations?limit=0", {}, 422, "invalid"),
        ("GET", "/declarations?colour=red", {}, 422, "invalid"),
        ("GET", "/declarations?cursor=bm9uZQ", {}, 422, "invalid_cursor"),
        ("GET", "/vehicles?cursor=dDE", {}, 422, "invalid_cursor"),
    ],
)  # fmt: skip
async def test_every_error_is_a_problem_document(
    api: Api, method: str, path: str, rest: dict[str, Any], status: int, code: str
) -> None:
    got, body, headers = await api.call(method, path, **rest)
    assert (got, body["code"], body["status"]) == (status, code, status)
    assert headers["Content-Type"] == "application/problem+json"


@aio
async def test_without_a_working_key_nothing_is_told(api: Api) -> None:
    for key in ("gk_12345678_x", "nonsense", f"{api.key[:-1]}{'a' if api.key[-1] != 'a' else 'b'}"):
        status, body, headers = await api.call("GET", "/me", key=key)
        assert (status, body["code"]) == (401, "unauthorized")
        assert headers["WWW-Authenticate"].startswith("Bearer")
    row, secret = await api.firms.keys.make(api.firm, name="x", scopes=["fleet.read"], actor="thu")
    status, body, _ = await api.call("POST", "/vehicles", key=secret, json={})
    assert (status, body["code"]) == (403, "scope")
    await api.firms.keys.end(api.firm, row.id, actor="thu")
    status, _, _ = await api.call("GET", "/vehicles", key=secret)
    assert status == 401


@aio
async def test_a_suspended_firms_key_stops_and_works_again(api: Api) -> None:
    await api.firms.registration.suspend(api.stranger, "unpaid fees", actor="anh")
    status, _, _ = await api.call("GET", "/me", key=api.strange_key)
    assert status == 401
    await api.firms.registration.resume(api.stranger, actor="anh")
    status, _, _ = await api.call("GET", "/me", key=api.strange_key)
    assert status == 200


@aio
async def test_a_repeated_request_is_done_once(api: Api) -> None:
    sent, key = content(), {"Idempotency-Key": str(uuid4())}
    first = await api.call("POST", "/declarations", json=sent, headers=key)
    again = await api.call("POST", "/declarations", json=sent, headers=key)
    assert (first[0], first[1]) == (again[0], again[1])
    assert first[2]["Location"] == again[2]["Location"]
    assert again[2]["Idempotent-Replay"] == "true"
    other = await api.call("POST", "/declarations", json=content(), headers=key)
    assert (other[0], other[1]["code"]) == (422, "idempotency_key_reused")
    stranger = await api.call("POST", "/drafts", json={}, headers=key, key=api.strange_key)
    assert stranger[0] == 201


@aio
async def test_many_repeats_at_once_make_one_declaration(api: Api) -> None:
    sent, key = content(), {"Idempotency-Key": str(uuid4())}
    done = await asyncio.gather(
        *(api.call("POST", "/declarations", json=sent, headers=key) for _ in range(8))
    )
    assert {status for status, _, _ in done} <= {201, 409}
    made = {body["declaration"]["id"] for status, body, _ in done if status == 201}
    assert len(made) == 1
    _, found, _ = await api.call("GET", f"/declarations?text={sent['tractor']['plate']}")
    assert [one["id"] for one in found["items"]] == list(made)


@aio
async def test_an_error_is_remembered_too_and_a_fault_is_not(api: Api) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    first = await api.call("POST", "/drafts", json={"gross_kg": "x"}, headers=key)
    again = await api.call("POST", "/drafts", json={"gross_kg": "x"}, headers=key)
    assert first[0] == again[0] == 422
    assert again[2]["Idempotent-Replay"] == "true"


@aio
async def test_pages_follow_each_other_by_their_links(api: Api) -> None:
    mine = [(await filed(api))["id"] for _ in range(5)]
    seen: list[str] = []
    path = "/declarations?limit=2&status=accepted&status=clearing"
    while path:
        status, body, headers = await api.call("GET", path)
        assert status == 200
        seen += [one["id"] for one in body["items"]]
        link = re.fullmatch(r'<(.+)>; rel="next"', headers.get("Link", ""))
        path = link[1].removeprefix(PREFIX) if link else ""
        assert (body["next"] is None) == (link is None)
    assert len(seen) == len(set(seen))
    assert [one for one in seen if one in mine] == mine[::-1]


@aio
async def test_a_pass_is_a_code_that_a_lane_reads(api: Api) -> None:
    made = await filed(api)
    hour = (datetime.now(UTC) + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    await api.call("POST", f"/declarations/{made['id']}/slot", json={"starts_at": hour.isoformat()})
    _, shown, _ = await api.call("GET", f"/declarations/{made['id']}/pass")
    _, png, headers = await api.call("GET", f"/passes/{shown['id']}/qr.png")
    assert headers["Content-Type"] == "image/png"
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert zxingcpp.read_barcodes(picture)[0].text == shown["text"]
    _, svg, _ = await api.call("GET", f"/passes/{shown['id']}/qr.svg")
    assert svg.startswith(b"<svg")
    assert (await api.call("DELETE", f"/passes/{shown['id']}"))[0] == 204
    assert (await api.call("GET", f"/declarations/{made['id']}/pass"))[0] == 404


def paths_of(ids: dict[str, str]) -> list[tuple[str, str]]:
    """Every operation with an id in its path."""
    found = []
    for operation in OPERATIONS:
        names = re.findall(r"{(\w+)}", operation.path)
        if names:
            path = operation.path
            for name in names:
                path = path.replace(f"{{{name}}}", ids[name])
            found.append((operation.method, path))
    return found


@aio
async def test_no_operation_shows_or_changes_another_firms_records(api: Api) -> None:
    made = await filed(api)
    hour = (datetime.now(UTC) + timedelta(hours=4)).replace(minute=0, second=0, microsecond=0)
    await api.call("POST", f"/declarations/{made['id']}/slot", json={"starts_at": hour.isoformat()})
    _, gate_pass, _ = await api.call("GET", f"/declarations/{made['id']}/pass")
    _, draft, _ = await api.call("POST", "/drafts", json={})
    _, fees, _ = await api.call("GET", f"/declarations/{made['id']}/fees")
    _, vehicles, _ = await api.call("GET", f"/vehicles?text={made['tractor_plate']}")
    _, drivers, _ = await api.call("GET", "/drivers?limit=1")
    _, hook, _ = await api.call(
        "POST", "/webhooks", json={"url": "https://example.com/x", "events": ["*"]}
    )
    hook_id = hook["webhook"]["id"]
    _, test, _ = await api.call("POST", f"/webhooks/{hook_id}/test")
    _, upload, _ = await api.call("POST", "/uploads", json={"items": [{"content": {}}]})
    transit = await _transit(api, made["id"])
    ids = {
        "declaration": made["id"], "draft": draft["draft"]["id"], "vehicle":
        vehicles["items"][0]["id"], "driver": drivers["items"][0]["id"], "pass": gate_pass["id"],
        "fee": fees["items"][0]["id"], "webhook": hook_id, "delivery": test["delivery"],
        "transit": transit, "authority": "customs", "upload": upload["id"],
    }  # fmt: skip
    bodies: dict[str, Any] = {
        "PATCH": {"changes": {"note": "x"}}, "cancel": {"reason": "x"}, "reject": {"reason": "x"},
        "slot": {"starts_at": hour.isoformat()}, "customs": {"value": "passed"},
        "payment": {"reference": "x"}, "return": {"reference": "x"},
    }  # fmt: skip
    good = {k: v for k, v in content().items() if k in ("tractor", "driver")}
    for method, path in paths_of(ids):
        last = path.rpartition("/")[2]
        body = bodies.get(last, bodies["PATCH"] if method == "PATCH" else {})
        if "/webhooks/" in path and method == "PATCH":
            body = {"active": False}
        if method == "PUT":
            vehicle = {"kind": "truck", "plate": "14C-1", "country": "VN", "permitted_kg": 9000}
            body = vehicle if "vehicles" in path else good["driver"]
        rest: dict[str, Any] = {"headers": {"If-Match": "*"}}
        if method in ("POST", "PUT", "PATCH"):
            rest["json"] = body
        status, got, _ = await api.call(method, path, key=api.strange_key, **rest)
        system = {"accept", "reject", "customs", "payment", "return"}
        allowed = {403} if last in system else {422, 404} if method == "PUT" else {404}
        assert status in allowed, (method, path, status, got)
    for path in ("/declarations", "/drafts", "/vehicles", "/drivers", "/passes", "/fees",
                 "/transits", "/webhooks"):  # fmt: skip
        _, listed, _ = await api.call("GET", path, key=api.strange_key)
        assert not {one["id"] for one in listed["items"]} & set(ids.values()), path
    _, after, _ = await api.call("GET", f"/declarations/{made['id']}")
    assert after["status"] == "accepted"
    status, _, _ = await api.call("GET", f"/transits/{transit}")
    assert status == 200


async def _transit(api: Api, declaration: str) -> str:
    transit = uuid4()
    async with api.rig.database.connection() as connection:
        await connection.execute(
            """INSERT INTO transits
                   (id, lane_id, direction, began_at, ended_at, ended, plate, declaration_id)
               VALUES ($1, 'lane-1', 'export', now(), now(), 'departed', 'x', $2)""",
            transit, declaration,
        )  # fmt: skip
    return str(transit)


@aio
async def test_a_systems_key_sees_all_firms_and_changes_only_clearances(api: Api) -> None:
    made = await filed(api)
    status, body, _ = await api.call("GET", f"/declarations/{made['id']}", key=api.system_key)
    assert (status, body["number"]) == (200, made["number"])
    status, body, _ = await api.call("POST", "/drafts", key=api.system_key, json={})
    assert status == 403
    status, body, _ = await api.call("GET", "/statistics?days=3", key=api.system_key)
    assert status == 200
    assert len(body["days"]) == 3
    assert body["days"][0]["filed"] >= 1
    status, body, _ = await api.call("GET", "/vehicles", key=api.system_key)
    assert status == 403


@aio
async def test_a_key_that_calls_too_often_is_told_to_wait(api: Api) -> None:
    _, secret = await api.firms.keys.make(api.firm, name="x", scopes=["fleet.read"], actor="thu")
    limits = api.app[guard.LIMITS]
    burst, rate = limits._burst, limits._rate
    limits._burst, limits._rate = 3, 0.5
    try:
        done = [await api.call("GET", "/vehicles", key=secret) for _ in range(5)]
        other = await api.call("GET", "/vehicles")
    finally:
        limits._burst, limits._rate = burst, rate
    assert [status for status, _, _ in done] == [200, 200, 200, 429, 429]
    assert int(done[-1][2]["Retry-After"]) >= 1
    assert [h["RateLimit-Remaining"] for _, _, h in done[:3]] == ["2", "1", "0"]
    assert done[-1][1]["code"] == "too_many_calls"
    assert other[0] == 200


@aio
async def test_usage_is_counted_and_keys_stay_out_of_the_log(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    row, secret = await api.firms.keys.make(api.firm, name="c", scopes=["fleet.read"], actor="thu")
    with caplog.at_level(logging.DEBUG):
        for path in ("/vehicles", "/vehicles", "/me", "/webhooks"):
            await api.call("GET", path, key=secret)
    await api.app[USAGE].write()
    (used,) = [u for u in await api.firms.keys.usage(api.firm) if u.key_id == row.id]
    assert (used.calls, used.errors) == (4, 1)
    assert secret[12:] not in caplog.text
    async with api.session.get(f"{api.url}/metrics") as answer:
        text = await answer.text()
    assert 'gate_api_calls_total{operation="list_vehicles",status="200"}' in text
    assert secret[12:] not in text


@aio
async def test_registering_twice_does_not_say_whose_number_it_is(api: Api) -> None:
    plate = {"kind": "truck", "plate": "29H-123.45", "country": "VN", "permitted_kg": 9_000}
    for key in (api.key, api.strange_key):
        status, body, _ = await api.call("POST", "/vehicles", json=plate, key=key)
        assert status == 201, body
    status, body, _ = await api.call("POST", "/vehicles", json=plate)
    assert (status, body["code"]) == (409, "taken")


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_says_its_place(at: datetime, last: Any) -> None:
    found = cursors.decode(cursors.encode(at, last))
    assert found is not None
    assert (found.at, found.id) == (at, last)


@given(st.text(max_size=80))
def test_a_cursor_of_somebody_else_is_refused(text: str) -> None:
    for decode in (cursors.decode, cursors.decode_name):
        with suppress(ApiError):
            decode(text)


@given(st.integers(1, 600), st.integers(1, 50), st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_no_key_gets_more_than_its_burst_and_rate(
    a_minute: int, burst: int, pauses: list[float]
) -> None:
    limits, now, done = Limits(a_minute, burst), 0.0, 0
    for pause in pauses:
        now += pause
        done += limits.take("key", now).allowed
    assert done <= burst + now * a_minute / 60 + 1e-6
