"""Choose a page's language in the browser, and wait until the page speaks it."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect


async def speak(page: Page, language: str) -> None:
    """Press the button of ``language`` (en, vi, zh).

    A test that goes on before the answer is there would cross the way of the new page, which
    ends one of the two loads.
    """
    button = page.locator(f"form.language button[value={language}]")
    if not await button.is_visible():
        await page.click("#show-menu")  # the lane console keeps it in its menu
    await button.click()
    await expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))
