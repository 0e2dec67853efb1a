"""The console's top bar: one line on a desk for everybody in every language, its rest in a menu."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.axe import violations
from tests.web.conftest import PASSWORD, Site, photograph

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]
CROWDED = """() => {
    // A gate of 24 lanes, a long name, an arm with everything to tell: the most there can be.
    const show = (id, text) => { const e = document.getElementById(id);
        if (e) { e.hidden = false; e.textContent = text; } };
    show("mode", "■ làm thủ công");
    document.getElementById("mode-word")?.classList.add("for-readers");
    show("on-lane-words", "Nguyễn Thị Phương Thảo từ 23:26");
    show("barrier-more", "khóa tại chỗ, có xe dưới cần barie, có xe ở lối ra");
    show("tasks-count", "12");
    const tabs = document.querySelector(".lane-tabs");
    while (tabs.children.length < 24) tabs.append(tabs.firstElementChild.cloneNode(true));
}"""
BAR = """async () => {
    await document.fonts.ready;
    const bar = document.querySelector(".bar").getBoundingClientRect();
    const parts = [...document.querySelectorAll(".bar > *")].filter(one => one.offsetWidth);
    const out = parts.filter(one => { const r = one.getBoundingClientRect();
        return r.right > innerWidth || r.top < bar.top - 1 || r.bottom > bar.bottom + 1; });
    const lines = parts.map(one => one.getBoundingClientRect()).sort((a, b) => a.left - b.left)
        .filter((r, n, all) => n && r.left < all[n - 1].right - 5).length;
    return [Math.round(bar.height), out.map(one => one.id || one.className), lines,
        document.documentElement.scrollWidth - innerWidth];
}"""
"""The bar's height, what sticks out of it, how many parts lie over their left neighbour, and how
much the page is wider than the window."""


async def come_in(page: Page, site: Site, name: str) -> None:
    await page.context.clear_cookies()
    form = {"name": name, "password": PASSWORD}
    await page.context.request.post(f"{site.url}/sign-in", form=form, max_redirects=0)


async def at_lane(page: Page, site: Site, language: str) -> None:
    await page.context.add_cookies([{"name": "language", "value": language, "url": site.url}])
    await page.goto(f"{site.url}/lanes/lane-1")
    await expect(page.locator("#clock")).not_to_be_empty()


async def test_the_bar_is_one_line_at_1366_for_every_role_and_language(
    page: Page, site: Site
) -> None:
    await page.set_viewport_size({"width": 1366, "height": 768})
    found = {}
    for name in ("ha", "viet", "anh", "bao"):
        await come_in(page, site, name)
        for language in ("en", "vi", "zh"):
            await at_lane(page, site, language)
            calm = await page.evaluate(BAR)
            await page.evaluate(CROWDED)
            found[name, language] = (calm, await page.evaluate(BAR))
    await photograph(page, "console-bar-crowded")
    assert all(both == ([51, [], 0, 0], [51, [], 0, 0]) for both in found.values()), found


async def test_the_menu_of_the_bar_works_by_keyboard_and_on_a_phone(page: Page, site: Site) -> None:
    await come_in(page, site, "anh")
    await at_lane(page, site, "vi")
    menu = page.locator("#lane-menu")
    await page.keyboard.press("g")
    await expect(menu.locator("a").first).to_be_focused()
    for theme in ("dark", "light"):
        await page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        assert await violations(page) == []
    await photograph(page, "console-menu-vi")
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await page.focus("#show-menu")
    await page.keyboard.press("Enter")
    await expect(menu).to_be_visible()
    await page.set_viewport_size({"width": 360, "height": 740})
    assert (await page.evaluate(BAR))[3] == 0
    await photograph(page, "console-menu-phone")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.locator("#help-keys")).to_contain_text("Menu")
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.locator("#lane-menu a", has_text="Tìm kiếm").focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{site.url}/search")
