"""What an amendment does to fees, on the pages of the firm and of the cashier."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.web.axe import violations
from tests.web.conftest import Site, photograph
from tests.web.portal_firm import add_firm, file, on_phone, sign_in
from tests.web.speaking import speak

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
LIGHT = {"tractor.plate": "14C77777", "tractor.permitted_kg": 29_000}


async def test_firm_and_cashier_see_what_was_paid_too_much_until_it_is_paid_back(
    site: Site, browser: Browser
) -> None:
    firm = await add_firm(site)
    desk = site.rig.service.firms
    declaration = await file(site, firm)
    for fee in await desk.fees.of(firm.id, declaration):
        await desk.fees.pay(fee.id, actor="bao", reference="R-1")
    row = await desk.filing.declaration(firm.id, declaration)
    await desk.filing.amend(firm.id, row.id, LIGHT, actor=firm.boss, version=row.version)
    context, page = await on_phone(browser)
    await sign_in(page, site, firm.boss)
    await page.goto(f"{site.url}/portal/fees")
    await expect(page.locator(".truck")).to_contain_text("300,000 VND")
    await expect(page.get_by_role("heading", name="Paid too much")).to_be_visible()
    await page.goto(f"{site.url}/portal/declarations/{declaration}")
    await expect(page.locator(".timeline")).to_contain_text("Fee: computed anew")
    await expect(page.locator(".timeline")).to_contain_text("Paid too much: 300,000 VND")
    for language in ("vi", "zh"):
        await speak(page, language)
        for path in ("/portal/fees", f"/portal/declarations/{declaration}"):
            await page.goto(f"{site.url}{path}")
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert await violations(page) == []
            await photograph(page, f"amended-fees-{language}{path[7:13].replace('/', '-')}")
    await context.close()

    context = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    page = await context.new_page()
    await sign_in(page, site, "bao")
    await page.goto(f"{site.url}/clearances/{declaration}")
    credit = page.locator(".clearance-form", has_text="paid too much")
    await expect(credit).to_contain_text("300,000 VND")
    assert await violations(page) == []
    await photograph(page, "amended-fees-cashier")
    await credit.get_by_label("Voucher of the payment").fill("V-17")
    async with page.expect_navigation():
        await credit.get_by_role("button", name="Paid back").click()
    back = page.locator(".clearance-form", has_text="paid back")
    await expect(back).to_contain_text("V-17")
    await context.close()
    assert await desk.fees.credits(firm.id) == []
