"""The officer's page in a real browser: live, by keyboard, with reasons, honest when it is cut."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.gate.pictures import FRONT, REAR, empty_street, picture_of
from tests.gate.rig import declare, until
from tests.web.conftest import PASSWORD, Site, photograph

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def open_console(page: Page, site: Site, name: str = "ha") -> None:
    await page.goto(f"{site.url}/sign-in")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="lane-1").click()
    await expect(page.locator("#decision-word")).to_have_text("Idle")
    # The clock runs once the scripts do; a key pressed before is nobody's.
    await expect(page.locator("#clock")).not_to_be_empty()


async def test_a_truck_appears_is_released_and_goes_without_reloading(
    page: Page, site: Site
) -> None:
    await declare(site.rig.database, "14C12345", "14R01234", cargo="Fresh durian")
    await open_console(page, site)
    await page.evaluate("window.notReloaded = true")
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))

    await expect(page.locator("#decision")).to_have_attribute("data-outcome", "release")
    await expect(page.locator("#plate > :first-child")).to_have_text("14C12345")
    await expect(page.locator("#compare")).to_contain_text("Fresh durian")
    await expect(page.locator("#reasons")).to_contain_text("OK_ALL")
    await expect(page.locator("#match")).to_contain_text("front plate: speaks strongly for it")
    await expect(page.locator("#crops canvas")).to_have_count(2)
    await until(lambda: site.rig.body.angle >= 1.0, what="the arm is up")
    await expect(page.locator("#barrier")).to_have_attribute("data-arm", "open")
    await photograph(page, "console-release")
    await site.rig.drive_through()
    await expect(page.locator("#decision-word")).to_have_text("Idle")
    await expect(page.locator("#recent")).to_contain_text("14C-123.45")
    assert await page.evaluate("window.notReloaded")


async def test_an_officer_holds_corrects_and_releases_by_keyboard(page: Page, site: Site) -> None:
    await declare(site.rig.database, "14C12345", "14R01234", fee="pending", status="clearing")
    await open_console(page, site, "viet")
    await site.rig.show(empty_street(), picture_of(REAR, seed=2))
    await expect(page.locator("#decision-word")).to_have_text("Hold")
    await expect(page.locator("#reasons")).to_contain_text("PLATE_UNREADABLE")
    await photograph(page, "console-hold")

    await page.keyboard.press("c")
    await page.locator("#correct-plate").fill("14C12345")
    await expect(page.locator("#candidates")).to_contain_text("14C12345")
    await page.locator("#correct-plate").press("Enter")
    await expect(page.locator("#correct")).to_be_hidden()
    await expect(page.locator("#reasons")).to_contain_text("FEE_UNPAID")
    await page.keyboard.press("h")
    await page.locator("#ask-note").fill("call the cashier")
    await page.keyboard.press("Enter")
    await expect(page.locator("#ask")).to_be_hidden()
    await expect(page.locator("#decision-line")).to_contain_text("in hand: viet")
    await page.keyboard.press("r")
    await expect(page.locator("#problem")).to_contain_text("override with O")
    await page.keyboard.press("o")
    await expect(page.locator("#ask-title")).to_have_text("Release against the rules?")
    await photograph(page, "console-ask")
    await page.keyboard.press("Enter")
    await page.locator("#ask-note").press("Enter")
    await expect(page.locator("#ask")).to_be_visible()
    assert site.rig.phase == "with_officer", "the barrier never hangs on Enter alone"
    await page.locator("#ask-do").click()
    await expect(page.locator("#ask-problem")).to_contain_text("say why")
    await page.select_option("#ask-reason", "papers_checked")
    await page.locator("#ask-note").fill("paid at the window")
    await page.locator("#ask-do").click()
    await expect(page.locator("#decision")).to_have_attribute("data-outcome", "release")
    await until(lambda: site.rig.body.angle >= 1.0, what="the arm is up")


async def test_a_refused_act_says_why_and_changes_nothing(page: Page, site: Site) -> None:
    await open_console(page, site)
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await expect(page.locator("#reasons")).to_contain_text("NO_DECLARATION")

    await page.keyboard.press("o")
    await expect(page.locator("#ask-who")).to_contain_text("supervisor + second person")
    await expect(page.locator("#ask-who")).to_contain_text("You may not")
    await expect(page.locator("#ask-do")).to_be_hidden()
    assert site.rig.phase == "with_officer"


async def test_text_from_outside_is_shown_as_text(page: Page, site: Site) -> None:
    evil = "<script>window.owned = true</script><img src=x onerror=window.owned=true>"
    await declare(site.rig.database, "14C12345", "14R01234", cargo=evil, seals=[evil])
    await open_console(page, site)
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))

    await expect(page.locator("#compare")).to_contain_text(evil)
    assert not await page.evaluate("window.owned ?? false")


async def test_alarms_are_acknowledged(page: Page, site: Site) -> None:
    await declare(site.rig.database, "14C12345", "14R01234")
    site.rig.body.switch = type(site.rig.body.switch)(local=True)
    await open_console(page, site)
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await expect(page.locator("#alarms")).to_contain_text("barrier not ready")
    await expect(page.locator("#alarms")).to_contain_text("release again once it is ready")
    await photograph(page, "console-alarm")

    await page.wait_for_timeout(900)
    await page.keyboard.press("a")

    await expect(page.locator("#alarms")).to_contain_text("None.")


async def test_a_lost_connection_is_said_plainly_and_comes_back(page: Page, site: Site) -> None:
    await open_console(page, site)
    await expect(page.locator("#barrier-word")).to_have_text("Barrier closed")
    await site.stop()
    await expect(page.locator("#lost")).to_be_visible()
    await photograph(page, "console-lost")

    await site.start()

    await expect(page.locator("#lost")).to_be_hidden()
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await expect(page.locator("#plate > :first-child")).to_have_text("14C12345")


async def test_the_console_fits_a_phone(page: Page, site: Site) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await open_console(page, site)
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await expect(page.locator("#decision-word")).to_have_text("Hold")

    wide = await page.evaluate("document.documentElement.scrollWidth")
    await photograph(page, "console-phone")
    assert wide <= 360


async def test_who_only_looks_has_no_acts(page: Page, site: Site) -> None:
    await open_console(page, site, "bao")
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await expect(page.locator("#decision-word")).to_have_text("Hold")
    await expect(page.locator("[data-act]")).to_have_count(0)
    for key in "rohfcb2xas":
        await page.keyboard.press(key)
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await page.keyboard.press("z")
    await page.keyboard.press("?")
    await expect(page.locator("#help-keys")).not_to_contain_text("Release")


async def test_a_lane_is_worked_by_hand_and_closed_with_a_reason(page: Page, site: Site) -> None:
    await open_console(page, site)
    for mode, words in (("manual", "worked by hand"), ("closed", "lane closed")):
        await page.keyboard.press("m")
        await page.check(f"#mode-form [value={mode}]")
        await page.click("#mode-do")
        await expect(page.locator("#mode-problem")).to_contain_text("say why")
        await page.fill("#mode-reason", "camera is being cleaned")
        await page.click("#mode-do")
        await expect(page.locator("#mode-ask")).to_be_hidden()
        await expect(page.locator("#mode")).to_contain_text(words)
    await photograph(page, "console-closed")
    rows = await site.rig.rows_of("SELECT kind, data FROM transit_events WHERE kind LIKE 'lane_%'")
    assert [row["kind"] for row in rows] == ["lane_manual", "lane_closed"]
    assert all(row["data"]["reason"] == "camera is being cleaned" for row in rows)
