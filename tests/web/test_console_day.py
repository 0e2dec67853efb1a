"""The officer's day in a real browser, in each language, and the console's pages under axe-core."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.gate.pictures import FRONT, REAR, empty_street, picture_of
from tests.gate.rig import declare, until
from tests.web.axe import violations
from tests.web.conftest import PASSWORD, Site, photograph
from tests.web.speaking import speak

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
MEASURES = Path(__file__).parent / "console_measures.js"
WORDS = {
    "en": ("Release", "No declaration", "Kept", "Connection lost"),
    "vi": ("Cho qua", "Không có tờ khai", "Đã ghi", "Mất kết nối"),
    "zh": ("放行", "没有申报单", "已记录", "连接中断"),
}


async def enter(page: Page, site: Site, language: str, name: str = "ha") -> None:
    await page.goto(f"{site.url}/sign-in")
    await speak(page, language)
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("button.primary")
    await expect(page).to_have_url(f"{site.url}/lanes")


async def at_lane(page: Page, site: Site) -> None:
    await page.goto(f"{site.url}/lanes/lane-1")
    await expect(page.locator("#barrier")).to_have_attribute("data-arm", "closed")


async def held(page: Page) -> None:
    await expect(page.locator("body")).to_have_attribute("data-phase", "with_officer")


async def idle(page: Page, site: Site) -> None:
    """The truck has gone: the loop is free, and the lane waits for the next."""
    assert site.rig.loop is not None
    site.rig.loop.sense(False)
    await expect(page.locator("body")).to_have_attribute("data-phase", "idle")


@pytest.mark.parametrize("language", ["en", "vi", "zh"])
async def test_the_officers_day(page: Page, site: Site, language: str) -> None:
    release, no_declaration, _kept, lost = WORDS[language]
    await declare(site.rig.database, "14C12345", "14R01234", cargo="Fresh durian")
    await declare(site.rig.database, "14C54321", "14R05678", seals=["VN123456"], cargo="Rice")
    await enter(page, site, language)
    await take_the_shift(page, site, language)
    await at_lane(page, site)
    await released_by_the_machine(page, site, release, language)
    await doubtful_plate_corrected_with_a_key(page, site, language)
    await referred_with_tasks(page, site, no_declaration, language)
    await at_lane(page, site)
    await overridden_by_two(page, site, language)
    await connection_lost_and_back(page, site, lost, language)
    await hand_over(page, site, language)


async def take_the_shift(page: Page, site: Site, language: str) -> None:
    await page.goto(f"{site.url}/shift")
    await page.click(".shift-lanes button.primary")
    await expect(page.locator(".shift-lanes textarea")).to_be_visible()
    await photograph(page, f"day-shift-{language}")


async def released_by_the_machine(page: Page, site: Site, word: str, language: str) -> None:
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await expect(page.locator("#decision")).to_have_attribute("data-outcome", "release")
    await expect(page.locator("#decision-word")).to_contain_text(word)
    await expect(page.locator("#compare")).to_contain_text("Fresh durian")
    await photograph(page, f"day-released-{language}")
    await site.rig.drive_through()
    await idle(page, site)


async def doubtful_plate_corrected_with_a_key(page: Page, site: Site, language: str) -> None:
    await site.rig.show(empty_street(), picture_of("14R-056.78", seed=2))
    await held(page)
    await page.keyboard.press("c")
    await expect(page.locator("#candidates")).to_contain_text("14C54321")
    await photograph(page, f"day-correct-{language}")
    await page.keyboard.press("1")
    await expect(page.locator("#correct-plate")).to_have_value("14C54321")
    await page.keyboard.press("Enter")
    await expect(page.locator("#correct")).to_be_hidden()
    await expect(page.locator("#decision")).to_have_attribute("data-outcome", "release")
    await expect(page.locator("#plate > :first-child")).to_have_text("14C54321")
    await site.rig.drive_through()
    await idle(page, site)


async def referred_with_tasks(page: Page, site: Site, title: str, language: str) -> None:
    await site.rig.show(picture_of("14C-777.77"), picture_of("14R-077.70", seed=2))
    await held(page)
    await expect(page.locator("#reasons code").first).to_have_text("NO_DECLARATION")
    if language != "en":
        await expect(page.locator("#reasons")).to_contain_text("14C77777")
    await photograph(page, f"day-hold-{language}")
    await page.keyboard.press("f")
    await expect(page.locator("#ask input[value=cargo]")).to_be_checked()
    await page.select_option("#ask-reason", "inspection")
    await photograph(page, f"day-refer-{language}")
    await page.click("#ask-do")
    await expect(page.locator("#tasks-count")).to_have_text("2")
    await idle(page, site)
    await page.keyboard.press("i")
    await expect(page.locator(".task-form")).to_have_count(2)
    await photograph(page, f"day-inspections-{language}")
    await page.locator(".task-form input[name=note]").first.fill("二十箱 / 20 kiện")
    await page.locator(".task-form button[value=failed]").first.click()
    await expect(page.locator(".task-form")).to_have_count(1)
    await page.locator(".card h2 a").click()
    await expect(page.locator(".task-list li[data-result=failed]")).to_contain_text("20 kiện")
    assert title in await page.inner_text("main")
    await photograph(page, f"day-transit-{language}")


async def overridden_by_two(page: Page, site: Site, language: str) -> None:
    await site.rig.show(picture_of("14C-888.88"), picture_of("14R-088.80", seed=2))
    await held(page)
    await page.keyboard.press("o")
    await expect(page.locator("#ask-who li")).to_have_count(1)
    await expect(page.locator("#ask-do")).to_be_hidden()
    await photograph(page, f"day-may-not-{language}")
    await page.keyboard.press("Escape")
    await expect(page.locator("#ask")).to_be_hidden()
    await page.keyboard.press("2")
    await expect(page.locator("#alarms li[data-acked=no]")).to_have_count(1)
    await photograph(page, f"day-alarm-{language}")
    await page.wait_for_timeout(900)
    await page.keyboard.press("a")
    await expect(page.locator("#alarms li[data-acked=no]")).to_have_count(0)
    await enter(page, site, language, "anh")
    await at_lane(page, site)
    await held(page)
    await page.keyboard.press("o")
    await page.select_option("#ask-reason", "authority")
    await page.fill("#ask-note", "declared by phone")
    await page.click("#ask-do")
    await expect(page.locator("#ask-problem")).not_to_be_empty()
    await page.fill("#ask-second-name", "ha")
    await page.fill("#ask-second-password", PASSWORD)
    await photograph(page, f"day-override-{language}")
    await page.click("#ask-do")
    await expect(page.locator("#decision")).to_have_attribute("data-outcome", "release")
    await site.rig.drive_through()
    await idle(page, site)
    (row,) = await site.rig.rows_of("SELECT note FROM decisions WHERE actor = 'anh'")
    assert row["note"].startswith("word of the responsible authority: declared by phone")
    assert "second person: ha" in row["note"]


async def connection_lost_and_back(page: Page, site: Site, words: str, language: str) -> None:
    await page.evaluate("window.same = true")
    await site.stop()
    await expect(page.locator("#lost")).to_contain_text(words)
    await expect(page.locator("body.stale")).to_have_count(1)
    await page.keyboard.press("h")
    await expect(page.locator("#problem")).to_be_visible()
    await photograph(page, f"day-lost-{language}")
    await site.start()
    await expect(page.locator("#lost")).to_be_hidden()
    assert await page.evaluate("window.same"), "the page came back without loading again"


async def hand_over(page: Page, site: Site, language: str) -> None:
    await enter(page, site, language, "ha")
    await page.goto(f"{site.url}/shift")
    await page.fill(".shift-lanes textarea", "cargo of 14C-777.77 is in the yard")
    await page.click(".shift-lanes button.primary")
    await expect(page.locator(".shift-lanes blockquote")).to_contain_text("in the yard")
    await photograph(page, f"day-handed-over-{language}")
    rows = await site.rig.rows_of("SELECT kind, officer, matters FROM lane_watch ORDER BY number")
    assert [(row["kind"], row["officer"]) for row in rows] == [
        ("taken", "ha"),
        ("handed_over", "ha"),
    ]
    assert [m["kind"] for m in rows[1]["matters"]] == ["task"]
    acts = await site.rig.rows_of(
        "SELECT action FROM audit_events WHERE action LIKE 'lane%' OR action LIKE 'insp%'"
    )
    assert {row["action"] for row in acts} == {"lane_taken", "lane_handed_over", "inspection_done"}


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
async def test_no_page_of_the_console_violates_wcag_in_dark_or_light(
    page: Page, site: Site, size: tuple[int, int]
) -> None:
    width, height = size
    await page.set_viewport_size({"width": width, "height": height})
    await declare(site.rig.database, "14C12346", "14R01234", fee="pending", seals=["VN1", "VN2"])
    await enter(page, site, "vi", "viet")
    await at_lane(page, site)
    await site.rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await held(page)
    await until(lambda: site.rig.count("SELECT count(*) FROM decisions"), what="decided")
    for theme in ("dark", "light"):
        await page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        assert await violations(page) == []
        await photograph(page, f"console-{theme}-{width}")
        await page.keyboard.press("c")
        await expect(page.locator("#candidates button").first).to_be_visible()
        assert await violations(page) == []
        await photograph(page, f"console-correct-{theme}-{width}")
        await page.keyboard.press("Escape")
        await page.keyboard.press("f")
        assert await violations(page) == []
        await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    assert await violations(page) == []
    await photograph(page, f"console-help-{width}")
    await page.keyboard.press("Escape")
    assert await measures(page) == []
    await in_chinese(page, site)
    if width == 1920:
        for path in ("/lanes", "/shift", "/inspections"):
            await page.goto(site.url + path)
            for theme in ("dark", "light"):
                await page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
                assert await violations(page) == []


async def in_chinese(page: Page, site: Site) -> None:
    """The same lane in Chinese: nothing is too small, and nothing lacks a name."""
    await speak(page, "zh")
    await held(page)
    assert await measures(page) == []
    assert await violations(page, colours=False) == []
    await speak(page, "vi")
    await held(page)


async def measures(page: Page) -> list[str]:
    """What is too small to be read at two metres, hangs out of the screen, or overlaps."""
    found: list[str] = await page.evaluate(MEASURES.read_text("utf-8"))
    return found
