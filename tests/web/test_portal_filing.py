"""Filing a table goes on without its page, which shows how far it is and the report by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.firms.test_bulk import as_csv, line
from tests.web.axe import violations
from tests.web.conftest import Site, photograph
from tests.web.portal_firm import add_firm, on_phone, sign_in
from tests.web.speaking import speak

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def fits(page: Page) -> None:
    """Nothing is wider than the screen, and readers of screens find everything."""
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert await violations(page) == []


async def test_a_table_is_filed_without_its_page_and_the_page_tells_how_far(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = await add_firm(site)
    bulk = site.rig.service.firms.bulk
    turn, go = bulk.filer._turn, asyncio.Semaphore(1)

    async def held(*given: Any) -> None:
        async with go:
            await turn(*given)

    monkeypatch.setattr(bulk.filer, "_turn", held)
    rows = [line(f"R{n}", n, plate=f"14C-{10_000 + n}") for n in range(130)]
    rows.append(line("bad", 999, gross="heavy"))
    shown = await bulk.preview(firm.id, "December trucks.csv", as_csv("en", rows).encode())
    context, page = await on_phone(browser)
    await sign_in(page, site, firm.boss)
    address = f"{site.url}/portal/bulk/{shown.id}"
    await page.goto(address)
    await go.acquire()  # the service waits before each piece
    async with page.expect_navigation():
        await page.click("#commit button")
    await expect(page.locator("#live .tally")).to_contain_text("0 of 130 rows")
    await fits(page)
    await photograph(page, "portal-filing-360")
    go.release()
    await expect(page.locator("#live .tally")).to_contain_text("130 declarations were submitted")
    await expect(page.locator("#not-filed")).to_have_text("1")
    await expect(page.locator("#live [data-final]")).to_be_visible()
    await page.reload()
    await expect(page.locator("#filed")).to_have_text("130")
    count = "SELECT count(*) FROM declarations WHERE firm_id = $1"
    assert await site.rig.count(count, firm.id) == 130
    for language in ("vi", "zh"):
        await speak(page, language)
        await page.goto(address)
        await fits(page)
        await photograph(page, f"portal-filed-360-{language}")
        await page.goto(f"{site.url}/portal/bulk")
        await fits(page)
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.goto(address)
    await fits(page)
    await photograph(page, "portal-filed-1366-zh")
    await context.close()
