"""Many declarations in one call of the API: accepted at once, filed meanwhile, asked after."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import uuid4

import pytest

from gate.web.api.operations import PREFIX
from tests.api.conftest import Api
from tests.firms.rig import content

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ended(api: Api, location: str) -> dict[str, Any]:
    """The upload when the service has filed it."""
    async with asyncio.timeout(20):
        while True:
            status, body, _ = await api.call("GET", location.removeprefix(PREFIX))
            assert status == 200, body
            if body["state"] != "filing":
                return dict(body)
            await asyncio.sleep(0.05)


async def test_many_declarations_are_accepted_at_once_and_filed_meanwhile(api: Api) -> None:
    items = [{"reference": f"R{n}", "content": content()} for n in range(150)]
    items[7]["content"] = content(gross_kg=90_000)
    key = {"Idempotency-Key": str(uuid4())}
    began = time.perf_counter()
    status, body, headers = await api.call("POST", "/uploads", json={"items": items}, headers=key)
    assert (status, body["state"], body["total"], body["left_out"]) == (202, "filing", 149, 1)
    assert time.perf_counter() - began < 5
    again = await api.call("POST", "/uploads", json={"items": items}, headers=key)
    assert (again[0], again[1]["id"]) == (202, body["id"])

    done = await ended(api, headers["Location"])

    assert (done["state"], done["filed"], done["refused"]) == ("done", 149, 0)
    path, found = f"/uploads/{body['id']}/results?limit=100", []
    while path:
        status, page, headers = await api.call("GET", path)
        assert status == 200
        found += page["items"]
        path = f"/uploads/{body['id']}/results?limit=100&cursor={page['next']}" * bool(page["next"])
    assert [one["reference"] for one in found] == [f"R{n}" for n in range(150) if n != 7]
    assert [one["line"] for one in found][:9] == [1, 2, 3, 4, 5, 6, 7, 9, 10]
    status, made, _ = await api.call("GET", f"/declarations/{found[0]['declaration_id']}")
    assert (status, made["number"], made["status"]) == (200, found[0]["number"], "accepted")
    status, made, _ = await api.call("GET", f"/uploads/{body['id']}", key=api.strange_key)
    assert status == 404


async def test_all_or_nothing_names_what_is_wrong_and_files_nothing(api: Api) -> None:
    good, bad = content(), content(gross_kg=90_000)
    wish = {"items": [{"content": good}, {"content": bad}], "all_or_nothing": True}
    status, body, _ = await api.call("POST", "/uploads", json=wish)
    assert status == 422
    wrong = {(e["path"], e["code"]) for e in body["errors"]}
    assert ("items.1.content.gross_kg", "gross_above_permitted") in wrong
    assert all(e["path"].startswith("items.1.") for e in body["errors"])
    _, found, _ = await api.call("GET", f"/declarations?text={good['tractor']['plate']}")
    assert found["items"] == []


async def test_many_may_become_drafts(api: Api) -> None:
    wish = {"items": [{"content": content()}], "submit": False}
    status, _, headers = await api.call("POST", "/uploads", json=wish)
    assert status == 202
    done = await ended(api, headers["Location"])
    _, page, _ = await api.call("GET", f"/uploads/{done['id']}/results")
    assert page["items"][0]["status"] == "draft"
    status, _, _ = await api.call("GET", f"/drafts/{page['items'][0]['declaration_id']}")
    assert status == 200


async def test_a_body_has_its_bound(api: Api) -> None:
    many = {"items": [{"content": {}}] * 501}
    status, body, _ = await api.call("POST", "/uploads", json=many)
    assert (status, body["errors"][0]["path"]) == (422, "items")
    status, body, _ = await api.call("POST", "/uploads", data=b"x" * (2 * 1024 * 1024 + 1))
    assert (status, body["code"]) == (413, "too_large")
