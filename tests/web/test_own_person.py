"""An account is no second pair of eyes for whoever gave it its sign-in, until somebody confirms."""

from __future__ import annotations

from contextlib import AsyncExitStack, aclosing

import pytest
from aiohttp import ClientSession, CookieJar
from playwright.async_api import Page, expect

from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import LANE, until
from tests.web.axe import violations
from tests.web.conftest import ENGLISH, PASSWORD, Site, photograph, signed_in
from tests.web.speaking import speak
from tests.web.supervisor_people import Browser, add_more, browser_of, token_on

pytestmark = pytest.mark.asyncio(loop_scope="session")
ENTRY = {"kind": "plate", "value": "14C99999", "reason": "case 9/26", "days": "30"}
NEW = {"name": "ba", "full_name": "Ba", "role": "officer"}
RETIRE = f"/devices/{LANE}/barrier/retire"


async def take(site: Site, name: str, given: str) -> Browser:
    """The holder signs in with the password that was handed over and chooses an own one."""
    client = ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH)
    form = {"name": name, "password": given}
    async with client.post(f"{site.url}/sign-in", data=form, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/sign-in/password"
    own = {"old": given, "new": PASSWORD, "again": PASSWORD}
    csrf = await token_on(client, f"{site.url}/sign-in/password")
    form = {"csrf": csrf, **own}
    async with client.post(f"{site.url}/sign-in/password", data=form) as answer:
        assert answer.status == 200
    return Browser(client, site.url, await token_on(client, f"{site.url}/account"))


async def id_of(site: Site, name: str) -> str:
    (row,) = await site.rig.rows_of("SELECT id FROM users WHERE name = $1", name)
    return str(row["id"])


async def add(by: Browser, site: Site, name: str, role: str) -> tuple[str, str]:
    """Added on the page: the id and the password."""
    status, said = await by.post("/users", name=name, full_name=f"{name.title()} New", role=role)
    assert status == 200, said
    return await id_of(site, name), said["once"].split()[1]


def second(name: str) -> dict[str, str]:
    return {"second_name": name, "second_password": PASSWORD}


async def refused(browser: Browser, path: str, words: str, **given: str) -> None:
    status, said = await browser.post(path, **given)
    assert (status, words in said["error"]) == (409, True), said


async def test_nobody_is_both_eyes_with_an_account_of_their_own_making(site: Site) -> None:
    await add_more(site)
    async with AsyncExitStack() as stack:
        quan, minh, anh = [
            await stack.enter_async_context(aclosing(await browser_of(site, name)))
            for name in ("quan", "minh", "anh")
        ]
        moi_id, password = await add(quan, site, "moi", "supervisor")
        phu_id, phu_password = await add(quan, site, "phu", "administrator")
        await refused(minh, f"/approvals/accounts/{moi_id}/confirm", "choose a password")

        # Quan signs in as both; they look as if holders had chosen passwords.
        moi = await stack.enter_async_context(aclosing(await take(site, "moi", password)))
        phu = await stack.enter_async_context(aclosing(await take(site, "phu", phu_password)))
        await refused(quan, RETIRE, "moi takes no part", **second("moi"))
        await refused(anh, "/watchlists", "moi takes no part", **ENTRY, **second("moi"))
        await refused(moi, "/watchlists", "moi takes no part", **ENTRY, **second("anh"))
        await refused(phu, RETIRE, "phu takes no part", **second("moi"))
        assert await site.rig.count("SELECT count(*) FROM watchlist") == 0
        (open_one,) = await site.rig.rows_of(
            "SELECT id FROM proposals WHERE state = 'open' AND proposed_by = 'quan'"
        )
        await refused(moi, f"/approvals/{open_one['id']}/confirm", "moi takes no part")
        # Nor do they wash each other, or make another one for quan to confirm.
        for browser in (quan, moi, phu):
            for user in (moi_id, phu_id):
                status, _ = await browser.post(f"/approvals/accounts/{user}/confirm")
                assert status == 409
        await refused(phu, "/users", "waits to be confirmed", **NEW)
        bao = await id_of(site, "bao")
        await refused(phu, f"/users/{bao}/password", "waits to be confirmed")
        await refused(phu, f"/users/{bao}/second-factor", "waits to be confirmed")
        # A new role and a second giver change nothing.
        role = {"full_name": "Moi New", "role": "administrator", "lanes": "", "active": "on"}
        assert (await quan.post(f"/users/{moi_id}", **role))[0] == 200
        await refused(quan, RETIRE, "moi takes no part", **second("moi"))
        assert (await minh.post(f"/users/{moi_id}/second-factor"))[0] == 200
        for browser in (quan, minh):
            await refused(browser, f"/approvals/accounts/{moi_id}/confirm", "somebody else")

        # A supervisor who gave it nothing confirms: now it counts, until it is helped again.
        assert "moi" in (await anh.get("/approvals"))[1]
        assert (await anh.post(f"/approvals/accounts/{moi_id}/confirm"))[0] == 200
        assert (await quan.post(RETIRE, **second("moi")))[0] == 200
        (row,) = await site.rig.rows_of(
            """SELECT e.actor, d.data FROM audit_events e JOIN audit_data d USING (chain, number)
               WHERE e.action = 'user_confirm'"""
        )
        assert (row["actor"], row["data"]) == ("anh", {"name": "moi", "given_by": ["minh", "quan"]})
        assert "by anh" in (await quan.get("/users"))[1]
        assert (await quan.post(f"/users/{moi_id}/password"))[0] == 200
        (row,) = await site.rig.rows_of("SELECT given_by FROM users WHERE name = 'moi'")
        assert row["given_by"] == ["quan"]

        # One's own new password, and that of a firm's person, concern nobody.
        for name in ("fu", "quan"):
            assert (await quan.post(f"/users/{await id_of(site, name)}/password"))[0] == 200
        assert await site.rig.count(
            "SELECT count(*) FROM users WHERE name IN ('fu', 'quan') AND given_by <> '{}'"
        ) == 0  # fmt: skip


async def test_at_the_lane_neither_first_nor_second_may_wait_for_confirmation(site: Site) -> None:
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await until(lambda: site.rig.phase == "with_officer", what="the officer is called")
    transit = str(site.rig.service.lanes[LANE].state.transit)
    async with aclosing(await browser_of(site, "anh")) as anh:
        release = {
            "action": "release", "transit": transit, "reason": "authority", "note": "by phone",
            "second": {"name": "ha", "password": PASSWORD},
        }  # fmt: skip
        for waits in ("ha", "anh"):
            await site.rig.rows_of("UPDATE users SET given_by = '{}' RETURNING id")
            await site.rig.rows_of(
                "UPDATE users SET given_by = '{quan}' WHERE name = $1 RETURNING id", waits
            )
            status, said = await anh.post(f"/lanes/{LANE}/acts", **release)
            assert (status, f"account {waits} is no second" in said["error"]) == (409, True), said
        assert site.rig.body.angle == 0.0
        await site.rig.rows_of("UPDATE users SET given_by = '{}' RETURNING id")
        assert (await anh.post(f"/lanes/{LANE}/acts", **release))[0] == 200


@pytest.mark.browser
async def test_the_pages_show_whose_account_it_is_and_a_colleague_confirms(
    site: Site, page: Page
) -> None:
    await add_more(site)
    async with AsyncExitStack() as stack:
        quan = await stack.enter_async_context(aclosing(await browser_of(site, "quan")))
        user, password = await add(quan, site, "moi", "supervisor")
        _, other = await add(quan, site, "phu", "administrator")
        await stack.enter_async_context(aclosing(await take(site, "moi", password)))
        assert other
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        await signed_in(client, site.url, "minh")
        cookies = [{"name": c.key, "value": c.value, "url": site.url} for c in client.cookie_jar]
        await page.context.add_cookies(cookies)  # type: ignore[arg-type]
        for language in ("en", "vi", "zh"):
            await page.goto(f"{site.url}/users")
            await speak(page, language)
            await photograph(page, f"users-{language}")
            assert await violations(page) == []
            for name, path in (("user", f"/users/{user}"), ("accounts", "/approvals")):
                await page.goto(site.url + path)
                assert await violations(page) == []
                await photograph(page, f"{name}-to-confirm-{language}")
        await speak(page, "en")
        await page.click(f"form[data-send='/approvals/accounts/{user}/confirm'] button")
        await expect(page.locator(".found")).to_have_count(1)
        await page.goto(f"{site.url}/users/{user}")
        await expect(page.locator("main")).to_contain_text("counts in acts of two persons")
