"""A firm sees only its own: other firms' ids are not found, other roles are refused."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar, web

from gate.core.permissions import Permission
from gate.web.access import permission_of
from gate.web.firms.routes import ROUTES as STAFF_ROUTES
from gate.web.portal.routes import ROUTES
from tests.web.conftest import ENGLISH, Site, signed_in
from tests.web.portal_firm import GOOD, Firm, add_firm, content, csv_of, file

pytestmark = pytest.mark.asyncio(loop_scope="session")

BODIES: dict[str, dict[str, Any]] = {
    "/slot": {"starts_at": "2020-01-01T00:00:00+00:00"},
    "/save": {"changes": {"note": "x"}},
    "/amend/submit": {"changes": {"note": "x"}, "version": 1},
    "/cancel": {"reason": "not mine"},
    "/commit": {"all_or_nothing": "no", "submit": "no"},
}


async def everything_of(site: Site, firm: Firm) -> dict[str, str]:
    """Path prefix -> id of a record of the firm."""
    firms, boss = site.rig.service.firms, firm.boss
    declaration = await file(site, firm)
    draft = await firms.filing.new_draft(firm.id, actor=boss, content=content(site))
    key, _secret = await firms.keys.make(
        firm.id, name="k", scopes=("declarations.read",), actor=boss
    )
    hook, _secret = await firms.webhooks.make(
        firm.id, url="https://example.com/hook", events=("declaration.accepted",), actor=boss
    )
    clerk = next(m for m in await firms.people.members(firm.id) if m.name == firm.clerk)
    preview = await firms.bulk.preview(firm.id, "x.csv", csv_of(GOOD))
    return {
        "/portal/declarations": str(declaration), "/portal/passes": str(declaration),
        "/portal/drafts": str(draft.id), "/portal/vehicles": str(firm.ids["tractor"]),
        "/portal/drivers": str(firm.ids["driver"]), "/portal/members": str(clerk.id),
        "/portal/keys": str(key.id), "/portal/webhooks": str(hook.id),
        "/portal/bulk": str(preview.id),
    }  # fmt: skip


def routes_with_ids() -> list[web.RouteDef]:
    return [r for table in ROUTES for r in table if isinstance(r, web.RouteDef) and "{" in r.path]


async def asked(
    client: ClientSession, site: Site, route: web.RouteDef, path: str, csrf: str
) -> int:
    """The status of a request as a script of the page would send it."""
    if route.method == "GET":
        async with client.get(f"{site.url}{path}") as answer:
            return answer.status
    body = next((b for end, b in BODIES.items() if path.endswith(end)), {"role": "firm_user"})
    headers = {"X-CSRF-Token": csrf}
    async with client.post(f"{site.url}{path}", json=body, headers=headers) as answer:
        return answer.status


async def test_another_firms_ids_are_not_found_on_any_page(site: Site) -> None:
    mine, other = await add_firm(site, 0), await add_firm(site, 1)
    theirs = await everything_of(site, other)
    events = "SELECT count(*) FROM declaration_events"
    before = await site.rig.count(events)
    statuses = {}
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        csrf = await signed_in(client, site.url, mine.boss)
        for route in routes_with_ids():
            prefix = next(p for p in theirs if route.path.startswith(f"{p}/"))
            path = route.path.replace("{id}", theirs[prefix]).replace("{delivery}", theirs[prefix])
            statuses[f"{route.method} {route.path}"] = await asked(client, site, route, path, csrf)
        copy = {"copy": theirs["/portal/declarations"]}
        async with client.post(
            f"{site.url}/portal/drafts", json=copy, headers={"X-CSRF-Token": csrf}
        ) as answer:
            assert answer.status == 404
        async with client.get(f"{site.url}/portal/declarations?show=all") as answer:
            assert theirs["/portal/declarations"] not in await answer.text()
    assert len(statuses) > 25
    assert {name: status for name, status in statuses.items() if status != 404} == {}
    assert await site.rig.count(events) == before


async def test_clerks_staff_and_firms_keep_to_their_pages(site: Site) -> None:
    firm = await add_firm(site, 0)
    own = await everything_of(site, firm)
    for name, wanted in ((firm.clerk, Permission.FIRM_ADMINISTER), ("anh", None)):
        async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
            csrf = await signed_in(client, site.url, name)
            for table in ROUTES:
                for route in table:
                    assert isinstance(route, web.RouteDef)
                    needed = permission_of(route.handler)
                    if needed is None or (wanted is not None and needed is not wanted):
                        continue
                    some = next((v for p, v in own.items() if route.path.startswith(p)), firm.id)
                    path = route.path.replace("{id}", str(some)).replace("{delivery}", str(some))
                    assert await asked(client, site, route, path, csrf) == 403, (name, path)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        csrf = await signed_in(client, site.url, firm.boss)
        for table in STAFF_ROUTES:
            for route in table:
                assert isinstance(route, web.RouteDef)
                path = route.path.split("/{step")[0].replace("{id}", str(firm.id))
                path = path.replace("{fee}", str(firm.id))
                path += "/approve" if "{step:approve" in route.path else ""
                path += "/pay" if "{step:pay" in route.path else ""
                assert await asked(client, site, route, path, csrf) == 403, path


async def test_too_many_applications_from_one_address_wait(site: Site) -> None:
    form = {"name": "F", "tax_number": "0100109106", "country": "VN", "contact_name": "A",
            "contact_phone": "+84 912 345 678", "email": "a@example.com",
            "user_full_name": "A B", "password": "river-lotus-stone"}  # fmt: skip
    statuses = []
    async with ClientSession(headers=ENGLISH) as client:
        for n in range(8):
            body = {**form, "user_name": f"user{n}"}
            async with client.post(f"{site.url}/register", json=body) as answer:
                statuses.append(answer.status)
                said = await answer.json()
    assert statuses[0] == 200
    assert statuses[1] == 409, "the tax number is registered"
    assert statuses[-1] == 429
    assert "try again in" in said["error"]
    assert await site.rig.count("SELECT count(*) FROM firms WHERE name = 'F'") == 1
