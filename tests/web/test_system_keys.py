"""Keys of other systems on the administrators' page: made, shown once, used, ended, audited."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from gate.store import audit_check
from tests.gate.rig import SITE
from tests.web.axe import violations
from tests.web.conftest import PASSWORD, Site, photograph
from tests.web.supervisor_people import add_more, browser_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_administrator_makes_and_ends_a_key_and_nobody_else_may(site: Site) -> None:
    await add_more(site)
    quan, anh = await browser_of(site, "quan"), await browser_of(site, "anh")
    good = {"name": "Customs of Mong Cai", "scope.declarations.read": "yes", "days": "30"}
    assert (await anh.get("/devices/keys"))[0] == 403
    assert (await anh.post("/devices/keys", **good))[0] == 403
    exchange = {"name": "Gate", "scope.sightings.exchange": "yes"}
    for bad, words in (
        ({**good, "name": " "}, "Whose key it is"),
        ({"name": "x"}, "It may"),
        (exchange, "The other gate"),
        ({**good, "site": "hekou"}, "The other gate"),
        ({**exchange, "site": "Hekou!"}, "The other gate"),
        ({**exchange, "site": SITE}, "this gate itself"),
    ):
        status, answer = await quan.post("/devices/keys", **bad)
        assert (status, words in answer["error"]) == (409, True), (bad, answer)
    assert await site.rig.count("SELECT count(*) FROM api_keys") == 0

    status, made = await quan.post("/devices/keys", **good)
    assert status == 200
    secret = made["once"]
    called = {"Authorization": f"Bearer {secret}"}
    async with quan.client.get(f"{site.url}/api/v1/me", headers=called) as answer:
        assert answer.status == 200
    page = (await quan.get("/devices/keys"))[1]
    assert "Customs of Mong Cai" in page
    assert secret not in page
    (row,) = await site.rig.rows_of("SELECT id, prefix, scopes, created_by, site FROM api_keys")
    assert (list(row["scopes"]), row["created_by"]) == (["declarations.read"], "quan")

    path = f"/devices/keys/{row['id']}/end"
    assert (await anh.post(path, reason="it leaked"))[0] == 403
    assert (await quan.post(path, reason=" no "))[0] == 409
    assert (await quan.post(path, reason="it leaked"))[0] == 200
    assert (await quan.post(path, reason="it leaked"))[0] == 404
    async with quan.client.get(f"{site.url}/api/v1/me", headers=called) as answer:
        assert answer.status == 401
    acts = (await quan.get("/audit"))[1]
    assert "API key made" in acts
    assert "it leaked" in acts
    assert (await audit_check.verify(site.rig.database))[1] == []
    for browser in (quan, anh):
        await browser.aclose()


async def test_an_account_that_nobody_confirmed_makes_no_key(site: Site) -> None:
    await add_more(site)
    async with site.rig.database.connection() as connection:
        await connection.execute("UPDATE users SET given_by = '{minh}' WHERE name = 'quan'")
    quan = await browser_of(site, "quan")
    good = {"name": "Customs", "scope.clearances.write": "yes"}
    assert (await quan.post("/devices/keys", **good))[0] == 409
    assert await site.rig.count("SELECT count(*) FROM api_keys") == 0
    await quan.aclose()


@pytest.mark.browser
async def test_the_page_shows_a_new_key_once_and_ends_it_for_a_reason(
    site: Site, page: Page
) -> None:
    await add_more(site)
    form = {"name": "quan", "password": PASSWORD}
    await page.context.request.post(f"{site.url}/sign-in", form=form, max_redirects=0)
    await page.goto(f"{site.url}/devices")
    await page.click(".tabs a >> nth=1")
    await expect(page.locator("main .empty")).to_be_visible()
    await page.fill("#name", "Gate of Hekou")
    await page.check("input[name='scope.sightings.exchange']")
    await page.fill("#site", "hekou")
    await page.click("main form.card button.primary")
    await expect(page.locator("#once .secret")).to_contain_text("gk_")
    assert await violations(page) == []
    await photograph(page, "system-keys-once")
    await page.click("#once a.button")
    row = page.locator("tbody tr")
    await expect(row).to_contain_text("hekou")
    await expect(page.locator("#once")).to_be_hidden()
    await row.locator("summary").click()
    await row.locator("input[name=reason]").fill("the agreement has ended")
    await row.locator("button.primary").click()
    await expect(row).to_contain_text("ended")
    await expect(row.locator("details")).to_have_count(0)
