"""The supervisor's day in a real browser, and every page of supervisors without a violation."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from uuid import uuid4

import pyotp
import pytest
from playwright.async_api import Page, expect

from config.policy_file import SHIPPED
from gate.app.clock import utc_now
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import declare, until
from tests.web.axe import violations
from tests.web.conftest import PASSWORD, Site, photograph
from tests.web.supervisor_people import SECOND, add_more, browser_of

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
STRICT = re.sub(r"(?m)^version = \d+$", "version = 77", SHIPPED.read_text("utf-8")).replace(
    "require = []", 'require = ["document"]'
)


async def enter_page(page: Page, site: Site, name: str) -> None:
    """Sign in with the form."""
    await page.context.clear_cookies()
    await page.goto(f"{site.url}/sign-in")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("button.primary")
    # A test that goes elsewhere before the answer is there would cross its way.
    await expect(page.locator("#name")).to_have_count(0)


async def second(page: Page, suffix: str = "") -> None:
    """The second person signs in the form."""
    await page.fill(f"#second-name{suffix}", "thu")
    await page.fill(f"#second-password{suffix}", PASSWORD)


async def test_the_supervisors_day(site: Site, page: Page) -> None:
    await add_more(site)
    await declare(site.rig.database, "14C12345", "14R01234")
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await site.rig.drive_through()
    await until(lambda: site.rig.phase == "idle", what="the truck has gone")

    # Morning: the second factor is set up.
    await enter_page(page, site, "anh")
    await page.goto(f"{site.url}/account/second-factor")
    secret = (await page.inner_text("code.secret")).replace(" ", "")
    await photograph(page, "second-factor")
    await page.fill("#code", pyotp.TOTP(secret).now())
    await page.click("button.primary")
    await expect(page.locator(".codes li")).to_have_count(10)
    recovery = await page.locator(".codes code").first.inner_text()
    await page.click("a.button.primary")
    await expect(page.locator(".codes")).to_have_count(0)

    # A truck is looked for by a piece of its plate, and its proof is read.
    await page.goto(f"{site.url}/search")
    await page.fill("#plate", "C12?45")
    await page.fill("#why", "question of the customs")
    await page.click("main button.primary")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await photograph(page, "search")
    link = await page.locator("tbody a").first.get_attribute("href")
    await page.goto(f"{site.url}{link}/proof")
    await expect(page.locator(".verdict")).to_contain_text("Nothing was changed")
    await expect(page.locator(".replay")).to_contain_text("the same again")
    await photograph(page, "proof")

    # A plate is put on the watchlist, with the second person at the desk.
    await page.goto(f"{site.url}/watchlists")
    await page.fill("#value", "29C-888.88")
    await page.fill("#reason", "file 77 of the customs")
    await second(page)
    await page.click("main form.card button.primary")
    await expect(page.locator("tbody tr")).to_contain_text("29C88888")

    # A stricter policy: a mistake is shown as one types, then compared and put in force.
    await page.goto(f"{site.url}/policy")
    await expect(page.locator("#verdict")).to_contain_text("A good policy")
    await page.fill("#toml", STRICT.replace("sources_needed", "sorces_needed"))
    await expect(page.locator("#verdict")).to_contain_text("sorces_needed: unknown key")
    await page.fill("#toml", STRICT)
    await expect(page.locator("#verdict")).to_contain_text("A good policy: default 77")
    await page.click("#compare")
    await expect(page.locator("#preview")).to_contain_text("1 of 1 decisions would be others")
    await photograph(page, "policy")
    await page.fill("#note", "documents for all from today")
    await second(page)
    await page.click("#policy button.primary")
    await expect(page.locator("h1")).to_contain_text("default 77")
    assert site.rig.service.decider.policy.version == 77

    # Coffee: the screen is locked; a recovery code signs in after lunch.
    await page.click("#lock")
    await expect(page.locator("h1")).to_contain_text("Locked")
    assert await violations(page) == []
    await photograph(page, "locked")
    await page.goto(f"{site.url}/watchlists")
    await expect(page.locator("h1")).to_contain_text("Locked")
    await page.fill("#password", PASSWORD)
    await page.click("button.primary")
    await expect(page.locator("h1")).to_contain_text("Watchlists")
    await page.click("#sign-out")
    await expect(page.locator("#name")).to_be_visible()
    await enter_page(page, site, "anh")
    await page.fill("#code", recovery)
    assert await violations(page) == []
    await photograph(page, "code")
    await page.click("button.primary")
    await expect(page).to_have_url(f"{site.url}/lanes")


async def fill(site: Site) -> dict[str, str]:
    """Something on every page; returns paths with ids."""
    await add_more(site)
    await declare(site.rig.database, "14C12345", "14R01234")
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await site.rig.drive_through()
    await until(lambda: site.rig.phase == "idle", what="the truck has gone")
    anh, quan = await browser_of(site, "anh"), await browser_of(site, "quan")
    for plate in ("29C88888", "桂F12345"):
        entry = {"kind": "plate", "value": plate, "days": "12",
                 "reason": f"Công văn {secrets.randbelow(999)}/HQ-QN"}  # fmt: skip
        assert (await anh.post("/watchlists", **entry, **SECOND))[0] == 200
    await anh.post("/watchlists", kind="container", value="CSQU3054383", days="90",
                   reason="biên bản 12/BP")  # fmt: skip
    await anh.post("/policy", toml=STRICT, note="documents for all")
    await quan.post("/devices/lane-1/barrier/key", at_once="on")
    exchange = {"scope.sightings.exchange": "yes", "site": "hekou", "days": "365"}
    assert (await quan.post("/devices/keys", name="Cửa khẩu Hekou", **exchange, **SECOND))[0] == 200
    wide = {"scope.declarations.read": "yes", "scope.clearances.write": "yes"}
    assert (await quan.post("/devices/keys", name="Hải quan Móng Cái", **wide))[0] == 200
    await anh.post("/retention/holds", kind="plate", value="14C12345", reason="vụ án 7/2026")
    await anh.post("/retention/run")
    (transit,) = await site.rig.rows_of("SELECT id FROM transits")
    (entry_row, *_rest) = await site.rig.rows_of("SELECT id FROM watchlist")
    (user,) = await site.rig.rows_of("SELECT id FROM users WHERE name = 'ha'")
    driver, now = uuid4(), utc_now()
    async with site.rig.database.transaction() as connection:
        await connection.execute(
            """INSERT INTO drivers SELECT $1, firm_id, 'Nguyễn Văn Tèo', 'VNM', 'passport',
               'C7654321', '1980-01-01', $2 FROM vehicles LIMIT 1""", driver,
            (now + timedelta(days=900)).date(),
        )  # fmt: skip
    for browser in (anh, quan):
        await browser.aclose()
    return {
        "search-page": "/search?plate=14C&since=", "proof-page": f"/transits/{transit['id']}/proof",
        "watchlists": "/watchlists", "entry": f"/watchlists/{entry_row['id']}",
        "policy-page": "/policy", "approvals": "/approvals", "account": "/account",
        "retention": "/retention?person=Tèo", "audit": "/audit", "access": "/audit/access",
        "check": "/audit/check", "users": "/users", "user": f"/users/{user['id']}",
        "devices": "/devices", "system-keys": "/devices/keys", "factor": "/account/second-factor",
    }  # fmt: skip


LOOKS = (("vi", "light", (1366, 768)), ("en", "dark", (360, 740)), ("zh", "dark", (1920, 1080)))
"""Language, theme and size of each page; axe judges the colours of the first two only."""
TOO_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth
    ? [] : [...document.querySelectorAll("main *")].filter(one => !one.closest(".scroll, .menu")
        && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .slice(0, 3).map(one => `${one.tagName} ${one.className} ${one.id}`)"""
"""What sticks out where the page is wider than the window."""
OPEN_ALL = "open => document.querySelectorAll('main details').forEach(d => { d.open = open })"


@pytest.mark.slow
async def test_every_page_is_without_a_violation_in_each_language_and_theme(
    site: Site, page: Page
) -> None:
    paths = await fill(site)
    wrong: list[str] = []
    for name, role in (("anh", "supervisor"), ("quan", "administrator")):
        await page.context.clear_cookies()
        form = {"name": name, "password": PASSWORD}
        await page.context.request.post(f"{site.url}/sign-in", form=form, max_redirects=0)
        for what, path in paths.items():
            if (what in ("users", "user", "devices", "system-keys")) == (role == "administrator"):
                wrong += [f"{what}: {v}" for v in await look_at(page, site.url, what, path)]
    assert not wrong, "\n".join(wrong)


async def look_at(page: Page, url: str, what: str, path: str) -> list[str]:
    """What is wrong with a page: violations with everything unfolded, and width."""
    wrong: list[str] = []
    for language, theme, (width, height) in LOOKS:
        cookies = {"language": language, "theme": theme}
        await page.context.add_cookies(
            [{"name": k, "value": v, "url": url} for k, v in cookies.items()]
        )
        await page.set_viewport_size({"width": width, "height": height})
        await page.goto(f"{url}{path}")
        await photograph(page, f"{what}-{language}-{width}")
        await page.evaluate(OPEN_ALL, True)
        found = await violations(page, colours=language != "zh")
        wrong += [f"{language} {theme}: {v}" for v in found]
        wrong += [f"{language} {width} px: {w}" for w in await page.evaluate(TOO_WIDE)]
    return wrong
