from __future__ import annotations
import pytest, asyncio
from playwright.async_api import Page, expect
from tests.web.conftest import PASSWORD, Site, photograph
from tests.web.axe import violations
from tests.web.operations_gate import *
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

async def test_dev(site: Site, page: Page):
    print(await add_past(site.rig))
    await site.rig.service.register.refresh()
    await drive(site.rig)
    await drive_overridden(site.rig)
    await turn_back(site.rig)
    await counted(site.rig)
    print(await site.rig.rows_of("select * from transit_facts where not demo"))
    print(await site.rig.rows_of("select * from device_uptime"))
    await page.goto(f"{site.url}/sign-in")
    await page.fill("#name", "bao"); await page.fill("#password", PASSWORD); await page.click("button.primary")
    for size in ((1920,1080),(1366,768)):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.goto(f"{site.url}/operations")
        await asyncio.sleep(1.5)
        await page.screenshot(path=f"build/screenshots/dev-now-{size[0]}.png", full_page=True)
    print(await violations(page))
    for path in ("transits","transits?kind=overridden","cameras","history","report/2026-11-24","report/2026-11-20", "transits?day=2026-11-20"):
        await page.goto(f"{site.url}/operations/{path}")
        await page.screenshot(path=f"build/screenshots/dev-{path.replace('/','-').replace('?','-')}.png", full_page=True)
        print(path, await violations(page))
    for size in ((1920,1080),(3840,1080)):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await page.goto(f"{site.url}/wall")
        await asyncio.sleep(1.5)
        await page.screenshot(path=f"build/screenshots/dev-wall-{size[0]}.png")
    print(await violations(page))
