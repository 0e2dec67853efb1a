"""Choose a page's language in the browser, and wait until the page speaks it."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect


async def speak(page: Page, language: str) -> None:
    """Press the button of ``language`` (en, vi, zh).

    A test that goes on before the answer is there would cross the way of the new page, which
    ends one of the two loads.
    """
    await page.click(f"form.language button[value={language}]")
    await expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))
