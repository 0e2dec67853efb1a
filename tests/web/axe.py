"""Runs axe-core on a page: WCAG 2.2 A and AA, no violation allowed."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

import gate.web

AXE = Path(gate.web.__file__).parent / "packages" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


async def violations(page: Page) -> list[str]:
    """Each violation of the page as it stands: rule, element, why.

    Evaluated through the debugger, which the page's content security policy does not bind.
    """
    await page.evaluate(AXE.read_text("utf-8") + "; undefined")
    found = await page.evaluate(
        "rules => axe.run(document, { runOnly: { type: 'tag', values: rules } })", RULES
    )
    return [
        f"{one['id']}: {node['target']}: {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
