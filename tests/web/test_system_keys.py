"""Keys of other systems on the administrators' page: two persons make one, it is shown once."""

from __future__ import annotations

from contextlib import AsyncExitStack, aclosing
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from gate.app.firms.keys import MOST
from gate.store import audit_check
from tests.gate.rig import SITE
from tests.web.axe import violations
from tests.web.conftest import PASSWORD, Site, photograph
from tests.web.supervisor_people import SECOND, Browser, add_more, browser_of

pytestmark = pytest.mark.asyncio(loop_scope="session")
CLEARS = {
    "name": "Customs of Mong Cai", "days": "30", "scope.declarations.read": "yes",
    "scope.clearances.write": "yes",
}  # fmt: skip
KEYS = "SELECT count(*) FROM api_keys"


async def open_proposal(site: Site) -> str:
    """The path of the one proposal that waits."""
    (row,) = await site.rig.rows_of("SELECT id, act FROM proposals WHERE state = 'open'")
    assert row["act"] == "system_key"
    return f"/approvals/{row['id']}"


async def status_with(browser: Browser, secret: str) -> int:
    """How the API answers who has this key."""
    called = {"Authorization": f"Bearer {secret}"}
    async with browser.client.get(f"{browser.url}/api/v1/me", headers=called) as answer:
        return answer.status


async def test_a_key_is_proposed_by_one_made_by_another_and_ended_by_one(site: Site) -> None:
    await add_more(site)
    async with AsyncExitStack() as stack:
        quan, minh, anh, viet = [
            await stack.enter_async_context(aclosing(await browser_of(site, name)))
            for name in ("quan", "minh", "anh", "viet")
        ]
        for other in (anh, viet):
            assert (await other.get("/devices/keys"))[0] == 403
            assert (await other.post("/devices/keys", **CLEARS))[0] == 403
        status, answer = await quan.post("/devices/keys", **CLEARS)
        assert (status, answer["go"], "once" in answer) == (200, "/approvals", False)
        assert await site.rig.count(KEYS) == 0

        path = await open_proposal(site)
        for words in ("Customs of Mong Cai", "clearances.write", "30 days", "Proposed by"):
            assert words in (await minh.get("/approvals"))[1], words
        own = (await quan.get("/approvals"))[1]
        assert f"{path}/refuse" in own
        assert f"{path}/confirm" not in own
        assert path not in (await viet.get("/approvals"))[1]
        status, answer = await quan.post(f"{path}/confirm")
        assert (status, "another one than the first" in answer["error"]) == (409, True)
        assert (await viet.post(f"{path}/confirm"))[0] == 409
        assert await site.rig.count(KEYS) == 0

        status, made = await minh.post(f"{path}/confirm")
        assert (status, made["once"][:3]) == (200, "gk_")
        secret = made["once"]
        assert await status_with(minh, secret) == 200
        assert (await minh.post(f"{path}/confirm"))[0] == 409
        assert await site.rig.count(KEYS) == 1
        for browser, where in ((quan, "/devices/keys"), (quan, "/approvals"), (minh, "/approvals")):
            assert secret not in (await browser.get(where))[1]
        assert "Customs of Mong Cai" in (await quan.get("/devices/keys"))[1]
        (row,) = await site.rig.rows_of("SELECT * FROM api_keys")
        assert list(row["scopes"]) == ["declarations.read", "clearances.write"]
        lasts = (row["expires_at"] - row["created_at"]) / timedelta(days=1)
        assert (row["created_by"], round(lasts, 3)) == ("quan", 30)
        await both_names_are_in_the_audit(site, quan, secret)

        end = f"/devices/keys/{row['id']}/end"
        assert (await anh.post(end, reason="it leaked"))[0] == 403
        assert (await quan.post(end, reason=" no "))[0] == 409
        assert (await quan.post(end, reason="it leaked"))[0] == 200
        assert (await quan.post(end, reason="it leaked"))[0] == 404
        assert await status_with(quan, secret) == 401
        assert "it leaked" in (await quan.get("/audit"))[1]
        assert (await audit_check.verify(site.rig.database))[1] == []


async def both_names_are_in_the_audit(site: Site, browser: Browser, secret: str) -> None:
    """The act with its first and second person, and the secret nowhere."""
    (made,) = await site.rig.rows_of(
        """SELECT e.actor, d.data FROM audit_events e JOIN audit_data d USING (chain, number)
           WHERE e.action = 'key.made'"""
    )
    facts = made["data"]
    assert (made["actor"], facts["second"]) == ("quan", "minh")
    assert "clearances.write" in facts["scopes"]
    for table in ("audit_events", "audit_data", "proposals", "api_keys"):
        held = f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%' || $1 || '%'"
        assert await site.rig.count(held, secret.rpartition("_")[2]) == 0
    page = (await browser.get("/audit"))[1]
    assert "API key made" in page


async def test_what_makes_no_key_is_said_before_anybody_is_asked_to_confirm(site: Site) -> None:
    await add_more(site)
    async with aclosing(await browser_of(site, "quan")) as quan:
        exchange = {"name": "Gate", "scope.sightings.exchange": "yes"}
        own = {"second_name": "quan", "second_password": PASSWORD}
        for bad, words in (
            ({**CLEARS, "name": " "}, "Whose key it is"),
            ({"name": "x"}, "It may"),
            (exchange, "The other gate"),
            ({**CLEARS, "site": "hekou"}, "The other gate"),
            ({**exchange, "site": "Hekou!"}, "The other gate"),
            ({**exchange, "site": SITE}, "this gate itself"),
            ({**CLEARS, "days": "9" * 5000}, "how long"),
            ({**CLEARS, **own}, "another one than the first"),
        ):
            status, answer = await quan.post("/devices/keys", **bad)
            assert (status, words in answer["error"]) == (409, True), (bad, answer)
        wrong = {**SECOND, "second_password": "not hers"}
        assert (await quan.post("/devices/keys", **CLEARS, **wrong))[0] == 403
        assert await site.rig.count("SELECT count(*) FROM proposals") == 0
        assert await site.rig.count(KEYS) == 0

        # The second in the form itself: who sent it is shown the key, as with a device's.
        status, answer = await quan.post("/devices/keys", **CLEARS, **SECOND)
        assert (status, answer["once"][:3], await site.rig.count(KEYS)) == (200, "gk_", 1)
        assert (await quan.post("/devices/keys", **CLEARS))[0] == 200
        path = await open_proposal(site)
        for n in range(MOST - 1):  # as many as there may be, made while the proposal waits
            await site.rig.service.firms.keys.make(
                None, name=f"k{n}", scopes=["passes.read"], actor="x"
            )
        status, answer = await quan.post("/devices/keys", **CLEARS)
        assert (status, f"{MOST} keys" in answer["error"]) == (409, True)
        async with aclosing(await browser_of(site, "thu")) as thu:
            status, answer = await thu.post(f"{path}/confirm")
            assert (status, f"{MOST} keys" in answer["error"]) == (409, True)
        assert await site.rig.count(KEYS) == MOST
        assert await open_proposal(site) == path  # nothing was lost: it waits on


async def test_an_account_that_nobody_confirmed_is_neither_first_nor_second(site: Site) -> None:
    await add_more(site)
    async with (
        aclosing(await browser_of(site, "quan")) as quan,
        aclosing(await browser_of(site, "minh")) as minh,
    ):
        assert (await minh.post("/devices/keys", **CLEARS))[0] == 200
        path = await open_proposal(site)
        async with site.rig.database.connection() as connection:
            await connection.execute("UPDATE users SET given_by = '{minh}' WHERE name = 'quan'")
        status, answer = await quan.post("/devices/keys", **CLEARS)
        assert (status, "takes no part" in answer["error"]) == (409, True)
        status, answer = await quan.post(f"{path}/confirm")
        assert (status, "takes no part" in answer["error"]) == (409, True)
    assert await site.rig.count(KEYS) == 0


@pytest.mark.browser
async def test_the_second_person_is_shown_the_key_once_and_the_first_ends_it(
    site: Site, page: Page
) -> None:
    await add_more(site)
    await sign_in(site, page, "quan")
    await page.goto(f"{site.url}/devices")
    await page.click(".tabs a >> nth=1")
    await expect(page.locator("main .empty")).to_be_visible()
    await page.fill("#name", "Gate of Hekou")
    await page.check("input[name='scope.sightings.exchange']")
    await page.fill("#site", "hekou")
    assert await violations(page) == []
    await photograph(page, "system-keys-form")
    await page.click("main form.card button.primary")
    await expect(page).to_have_url(f"{site.url}/approvals")
    await expect(page.locator("article.card")).to_contain_text("Make a key for another system")
    await expect(page.locator("article.card button.primary")).to_have_count(0)

    await page.context.clear_cookies()
    await sign_in(site, page, "thu")
    await page.goto(f"{site.url}/approvals")
    await expect(page.locator("article.card")).to_contain_text("hekou")
    await photograph(page, "system-keys-approval")
    await page.click("article.card button.primary")
    await expect(page.locator("#once .secret")).to_contain_text("gk_")
    assert await violations(page) == []
    await photograph(page, "system-keys-once")
    await page.click("#once a.button")
    await expect(page.locator("main .empty")).to_be_visible()
    await expect(page.locator("#once")).to_be_hidden()

    await page.context.clear_cookies()
    await sign_in(site, page, "quan")
    await page.goto(f"{site.url}/devices/keys")
    row = page.locator("tbody tr")
    await expect(row).to_contain_text("hekou")
    await row.locator("summary").click()
    await row.locator("input[name=reason]").fill("the agreement has ended")
    await row.locator("button.primary").click()
    await expect(row).to_contain_text("ended")
    await expect(row.locator("details")).to_have_count(0)


async def sign_in(site: Site, page: Page, name: str) -> None:
    """Sign in as somebody in this browser."""
    form = {"name": name, "password": PASSWORD}
    await page.context.request.post(f"{site.url}/sign-in", form=form, max_redirects=0)
