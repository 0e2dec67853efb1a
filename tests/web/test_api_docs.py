"""The page that shows the API's document works under the pages' strict policy."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.web.conftest import Site, photograph

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


async def test_the_viewer_shows_every_operation_and_breaks_no_rule_of_the_page(
    site: Site, page: Page
) -> None:
    """The ``page`` fixture fails on any script error, broken policy or foreign request."""
    await page.goto(f"{site.url}/api/v1/docs")
    await expect(page.get_by_text("/api/v1/declarations", exact=True).first).to_be_visible()
    await expect(page.locator(".opblock").nth(50)).to_be_attached()
    await page.locator("#operations-account-get_me").click()
    await expect(page.get_by_role("button", name="Try it out")).to_be_visible()
    await photograph(page, "api-docs")
