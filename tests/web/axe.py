"""Runs axe-core on a page: WCAG 2.2 A and AA, no violation allowed."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

import gate.web

AXE = Path(gate.web.__file__).parent / "packages" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


async def violations(page: Page, *, colours: bool = True) -> list[str]:
    """Each violation of the page as it stands: rule, element, why.

    ``colours`` false leaves the contrasts out, which are most of the time it takes and the same
    in each language. Evaluated through the debugger, which the page's content security policy
    does not bind.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text("utf-8") + "; undefined")
    found = await page.evaluate(
        """([tags, colours]) => axe.run(document, { runOnly: { type: "tag", values: tags },
            rules: { "color-contrast": { enabled: colours } } })""",
        [RULES, colours],
    )
    return [
        f"{one['id']}: {node['target']}: {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
