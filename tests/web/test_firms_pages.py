"""Staff's pages about firms: decisions with reasons, filters, how they look."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, CookieJar
from playwright.async_api import Browser

from gate.app.firms.registration import Application
from tests.web.axe import violations
from tests.web.conftest import ENGLISH, Site, photograph, signed_in
from tests.web.portal_firm import HASH, TAX, add_firm, file, sign_in
from tests.web.speaking import speak

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_refusal_and_a_suspension_need_a_reason_and_end_all_sessions(site: Site) -> None:
    firm = await add_firm(site)
    async with (
        ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as office,
        ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as clerk,
    ):
        await signed_in(clerk, site.url, firm.clerk)
        headers = {"X-CSRF-Token": await signed_in(office, site.url, "bao")}
        address = f"{site.url}/firms/{firm.id}"
        for step, body, status in (
            ("refuse", {"reason": "late"}, 409), ("suspend", {"reason": " "}, 422),
            ("suspend", {"reason": "unpaid fees"}, 200), ("suspend", {"reason": "again"}, 409),
        ):  # fmt: skip
            async with office.post(f"{address}/{step}", json=body, headers=headers) as answer:
                assert answer.status == status, step
        async with office.get(address) as answer:
            assert "unpaid fees" in await answer.text()
        async with clerk.get(f"{site.url}/portal", allow_redirects=False) as answer:
            assert answer.status in (303, 401), "the session is over"
        async with office.post(f"{address}/resume", json={}, headers=headers) as answer:
            assert answer.status == 200
    trail = await site.rig.rows_of(
        "SELECT actor FROM audit_events WHERE action IN ('firm.suspended', 'firm.approved')"
    )
    assert "bao" in {row["actor"] for row in trail}


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "language"), [("light", "vi"), ("dark", "zh")])
async def test_staffs_pages_are_accessible_in_both_themes(
    site: Site, browser: Browser, theme: str, language: str
) -> None:
    firm = await add_firm(site)
    declaration = await file(site, firm, customs_number=None)
    await site.rig.service.firms.registration.apply(
        Application(
            name="Quảng Tây 广西物流", tax_number=TAX[1], country="VN", contact_name="Li Wei",
            contact_phone="+86 771 123 4567", email="li@example.com", language="zh",
            user_name="liwei", user_full_name="Li Wei",
        ),
        HASH,
        address="127.0.0.1",
    )  # fmt: skip
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    page = await context.new_page()
    await sign_in(page, site, "anh")
    await speak(page, language)
    cookie = {"name": "theme", "value": theme, "url": site.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    broken = []
    for name, path, wanted in (
        ("firms", "/firms", "广西物流"), ("firm", f"/firms/{firm.id}", TAX[0]),
        ("found", f"/firms?text={TAX[1][:6]}", "广西物流"),
        ("waiting", "/clearances?text=123.45&direction=export", "14C-123.45"),
        ("none", "/clearances?direction=import", ""),
        ("clearance", f"/clearances/{declaration}", "14C-123.45"),
    ):  # fmt: skip
        await page.goto(f"{site.url}{path}")
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found = await violations(page)
        if found or wide > 0 or wanted not in await page.content():
            broken.append((path, wide, found))
        await photograph(page, f"staff-{theme}-{name}")
    await context.close()
    assert broken == []
