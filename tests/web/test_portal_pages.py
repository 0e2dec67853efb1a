"""Pages of the portal beside the day's story: uploads, people, keys, webhooks, how all look."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import zxingcpp
from aiohttp import ClientSession, CookieJar, FormData
from PIL import Image
from playwright.async_api import Browser, expect
from python_calamine import CalamineWorkbook

from tests.web.axe import violations
from tests.web.conftest import ENGLISH, PASSWORD, Site, photograph, signed_in
from tests.web.portal_firm import (
    GOOD,
    add_firm,
    content,
    csv_of,
    file,
    on_phone,
    sign_in,
    vehicle,
)
from tests.web.speaking import speak
from tests.web.test_portal_borders import everything_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = (
    "/portal", "/portal/declarations", "/portal/declarations?show=all&text=nothing", "/portal/new",
    "/portal/more", "/portal/fees", "/portal/vehicles", "/portal/vehicles?show=retired",
    "/portal/drivers", "/portal/bulk", "/portal/members", "/portal/keys", "/portal/webhooks",
    "/portal/firm",
)  # fmt: skip
ONE = ("declarations", "passes", "drafts", "vehicles", "drivers", "webhooks", "bulk")


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1366)])
async def test_every_page_is_accessible_and_fits(
    site: Site, browser: Browser, theme: str, width: int
) -> None:
    firm = await add_firm(site)
    of = await everything_of(site, firm)
    await site.rig.service.firms.webhooks.test(firm.id, UUID(of["/portal/webhooks"]))
    one = [f"/portal/{name}/{of[f'/portal/{name}']}" for name in ONE]
    some = f"/portal/declarations/{of['/portal/declarations']}"
    language = "vi" if theme == "light" else "zh"
    context, page = await on_phone(browser, language)
    await page.set_viewport_size({"width": width, "height": 740})
    await sign_in(page, site, firm.boss)
    await speak(page, language)
    address = {"name": "theme", "value": theme, "url": site.url}
    await context.add_cookies([address])  # type: ignore[list-item]
    broken = []
    for path in (*PAGES, *one, f"{some}/slot", f"{some}/amend"):
        answer = await page.goto(f"{site.url}{path}")
        assert answer is not None
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found = await violations(page)
        if answer.status != 200 or wide > 0 or found:
            broken.append((path, answer.status, wide, found))
        name = path.removeprefix("/portal").partition("?")[0].replace("/", "-")[:16]
        await photograph(page, f"portal-{theme}-{width}{name}")
    await context.close()
    assert broken == []


@pytest.mark.browser
async def test_a_table_is_checked_row_by_row_and_the_good_rows_are_filed(
    site: Site, browser: Browser
) -> None:
    firm = await add_firm(site)
    rows = [
        GOOD,
        {**GOOD, "Plate": "14X", "HS code": "77"},
        {**GOOD, "Goods": "=HYPERLINK(1)", "Origin": "Vietnam!"},
    ]
    context, page = await on_phone(browser)
    await sign_in(page, site, firm.boss)
    await page.goto(f"{site.url}/portal/bulk")
    table = {"name": "trucks.csv", "mimeType": "text/csv", "buffer": b"\x00\x01 not a table"}
    await page.set_input_files("#file", table)  # type: ignore[arg-type]
    await page.click("#upload button")
    await expect(page.locator("#said")).to_have_attribute("data-kind", "stop")
    table["buffer"] = csv_of(*rows)
    await page.set_input_files("#file", table)  # type: ignore[arg-type]
    await page.click("#upload button")
    await page.wait_for_url("**/portal/bulk/*")
    await expect(page.locator(".tally")).to_contain_text("2 rows have errors")
    await expect(page.locator(".row-errors")).to_contain_text("14X is not a plate")
    await expect(page.locator(".row-errors")).to_contain_text("Row 4")
    assert await violations(page) == []
    await photograph(page, "portal-bulk-preview")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Download the rows").click()
    report = CalamineWorkbook.from_path(await (await waiting.value).path())
    cells = [str(cell) for row in report.get_sheet_by_index(0).to_python() for cell in row]
    assert any("14X is not a plate" in cell for cell in cells)
    await page.get_by_label("All or nothing").check()
    await page.click("#commit button")
    await expect(page.locator("#said")).to_contain_text("Nothing was filed")
    await page.get_by_label("The good rows").check()
    await page.click("#commit button")
    await expect(page.locator("#filed")).to_have_text("1")
    await expect(page.locator("#not-filed")).to_have_text("2")
    await photograph(page, "portal-bulk-filed")
    await page.goto(f"{site.url}/portal/bulk")
    await expect(page.locator(".truck")).to_contain_text("trucks.csv")
    await expect(page.locator(".truck")).to_contain_text("2 rows were not filed")
    await context.close()
    assert await site.rig.count("SELECT count(*) FROM declarations WHERE firm_id=$1", firm.id) == 1


async def test_five_thousand_rows_are_checked_within_seconds(site: Site) -> None:
    firm = await add_firm(site)
    data = FormData()
    data.add_field("file", csv_of(*[GOOD] * 5_000), filename="many.csv")
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        csrf = await signed_in(client, site.url, firm.boss)
        headers = {"X-CSRF-Token": csrf}
        async with asyncio.timeout(60):
            async with client.post(f"{site.url}/portal/bulk", data=data, headers=headers) as sent:
                answer = await sent.json()
                assert sent.status == 200, answer
        async with client.get(f"{site.url}{answer['go']}") as page:
            text = await page.text()
    assert "5,000" in text
    assert len(text) < 100_000, "the page shows some rows, not all"


@pytest.mark.browser
async def test_people_keys_and_webhooks_are_kept_by_the_administrator(
    site: Site, browser: Browser
) -> None:
    firm = await add_firm(site)
    context, page = await on_phone(browser)
    await sign_in(page, site, firm.boss)
    await page.goto(f"{site.url}/portal/members")
    await page.fill("#full_name", "Pham Van Dung")
    await page.fill("#name", firm.clerk)
    await page.fill("#password", PASSWORD)
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator('[id="name-note"]')).to_contain_text("taken")
    await page.fill("#name", "dung")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator(".trucks")).to_contain_text("Pham Van Dung")
    end = page.locator(".truck", has_text="Pham Van Dung").get_by_role("button", name="End access")
    await end.click()
    again = page.get_by_role("button", name="Press again")
    await again.click()
    await expect(page.locator(".truck", has_text="Pham Van Dung")).to_contain_text("ended")

    await page.goto(f"{site.url}/portal/keys")
    await page.fill("#name", "orders")
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.locator('[data-path="scopes"] .note')).to_have_text("This is needed.")
    await page.get_by_label("read declarations").check()
    await page.get_by_role("button", name="Make the key").click()
    await expect(page.locator("#secret")).not_to_be_empty()
    secret = await page.locator("#secret").text_content() or ""
    assert await site.rig.service.firms.keys.recognise(secret) is not None
    await photograph(page, "portal-key-once")
    await page.goto(f"{site.url}/portal/keys")
    assert secret not in await page.content(), "a key is shown once"
    await page.get_by_role("button", name="End it").first.click()
    await page.get_by_role("button", name="Press again").click()
    await expect(page.locator(".truck")).to_contain_text("ended")
    assert await site.rig.service.firms.keys.recognise(secret) is None

    await page.goto(f"{site.url}/portal/webhooks")
    await page.fill("#url", "ftp://example.com")
    await page.get_by_role("button", name="Add the webhook").click()
    await expect(page.locator('[id="url-note"]')).to_contain_text("https")
    await page.fill("#url", "https://example.com/hook")
    await page.get_by_role("button", name="Add the webhook").click()
    await expect(page.locator("#secret")).not_to_be_empty()
    await page.goto(f"{site.url}/portal/webhooks")
    await page.get_by_role("link", name="https://example.com/hook").click()
    await page.get_by_role("button", name="Send a test").click()
    await expect(page.locator(".truck")).to_contain_text("test")

    await page.goto(f"{site.url}/portal/firm")
    await page.get_by_label("cleared", exact=True).uncheck()
    async with page.expect_navigation():
        await page.get_by_role("button", name="Save").last.click()
    await expect(page.get_by_label("cleared", exact=True)).not_to_be_checked()
    wanted = await site.rig.service.firms.letter_choices.wanted(firm.id)
    assert "declaration.cleared" not in wanted
    assert "declaration.accepted" in wanted
    await context.close()


async def test_a_submission_that_an_officer_rejects_comes_back_to_be_put_right(site: Site) -> None:
    firm = await add_firm(site)
    firms = site.rig.service.firms
    declaration = await file(site, firm, customs_number=None)
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        csrf = await signed_in(client, site.url, "anh")
        address = f"{site.url}/clearances/{declaration}/reject"
        headers = {"X-CSRF-Token": csrf}
        async with client.post(address, json={"reason": ""}, headers=headers) as answer:
            assert answer.status == 422
        body = {"reason": "The customs number is missing."}
        async with client.post(address, json=body, headers=headers) as answer:
            assert answer.status == 200
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        csrf = await signed_in(client, site.url, firm.boss)
        async with client.get(f"{site.url}/portal") as answer:
            assert "Put it right and submit it again" in await answer.text()
        page = f"{site.url}/portal/declarations/{declaration}"
        async with client.get(page) as answer:
            assert "The customs number is missing." in await answer.text()
        form = {"csrf": csrf}
        async with client.post(f"{page}/reopen", data=form) as answer:
            assert answer.url.path == f"/portal/drafts/{declaration}"
            text = await answer.text()
    assert 'value="940370"' in text, "what was typed is still there"
    assert (await firms.filing.draft(firm.id, declaration)).number


async def test_an_amendment_takes_back_what_an_authority_had_looked_at(site: Site) -> None:
    firm = await add_firm(site)
    firms = site.rig.service.firms
    declaration = await file(site, firm)
    await firms.clearances.set_clearance(declaration, "customs", "passed", actor="anh")
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
        headers = {"X-CSRF-Token": await signed_in(client, site.url, firm.boss)}
        page = f"{site.url}/portal/declarations/{declaration}/amend"
        body = {"changes": {"seals.0": "VN12345", "gross_kg": "900"}, "version": 1}
        async with client.post(f"{page}/save", json=body, headers=headers) as answer:
            problems = (await answer.json())["problems"]
        assert [p["path"] for p in problems if p["severity"] == "error"] == ["gross_kg"]
        async with client.post(f"{page}/submit", json=body, headers=headers) as answer:
            assert answer.status == 422
        body["changes"] = {"seals.0": "VN12345"}
        async with client.post(f"{page}/submit", json=body, headers=headers) as answer:
            assert answer.status == 200
        async with client.post(f"{page}/submit", json=body, headers=headers) as answer:
            assert answer.status == 409, "made from an older version"
    row = await firms.filing.declaration(firm.id, declaration)
    assert (row.customs, row.seals) == ("pending", ("VN12345",))


async def test_two_people_in_one_draft_keep_both_changes(site: Site) -> None:
    firm = await add_firm(site)
    filing = site.rig.service.firms.filing
    draft = await filing.new_draft(firm.id, actor=firm.boss, content=content(site))
    answers = []
    for name, path in ((firm.boss, "note"), (firm.clerk, "contact_name")):
        async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH) as client:
            headers = {"X-CSRF-Token": await signed_in(client, site.url, name)}
            body = {"changes": {path: "Kept"}, "version": draft.version}
            address = f"{site.url}/portal/drafts/{draft.id}/save"
            async with client.post(address, json=body, headers=headers) as answer:
                answers.append(await answer.json())
    assert [answer["others"] for answer in answers] == [False, True]
    saved = (await filing.draft(firm.id, draft.id)).content
    assert (saved["note"], saved["contact_name"]) == ("Kept", "Kept")


@pytest.mark.browser
async def test_the_pass_prints_on_one_page_and_papers_that_end_soon_are_marked(
    site: Site, browser: Browser
) -> None:
    firm = await add_firm(site)
    firms, now = site.rig.service.firms, datetime.now(UTC)
    declaration = await file(site, firm)
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    await firms.slots.book(firm.id, declaration, hour, actor=firm.boss)
    soon = {
        **vehicle("truck", "14C54321"),
        "insurance_until": (now + timedelta(days=3)).isoformat(),
    }
    await firms.fleet.save_vehicle(firm.id, soon, actor=firm.boss)
    context, page = await on_phone(browser)
    await sign_in(page, site, firm.boss)
    await page.goto(f"{site.url}/portal/passes/{declaration}")
    for size in ({"format": "A4"}, {"format": "A6"}):
        printed = await page.pdf(**size)  # type: ignore[arg-type]
        assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1, size
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 351, "height": 514})
    paper = Image.open(io.BytesIO(await page.screenshot()))
    (code,) = zxingcpp.read_barcodes(paper, formats=zxingcpp.BarcodeFormat.QRCode)
    found = await firms.passes.current(firm.id, declaration)
    assert found is not None
    assert code.text == found.text
    await photograph(page, "portal-pass-a6")
    await page.emulate_media(media="screen")
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{site.url}/portal/vehicles")
    marked = page.locator(".truck[data-kind=hold]")
    await expect(marked).to_contain_text("ends")
    await page.goto(f"{site.url}/portal/declarations/{declaration}/slot")
    await page.get_by_role("button", name="Give this hour back").click()
    await page.wait_for_url(f"**/declarations/{declaration}")
    await expect(page.locator(".hero")).to_contain_text("Choose a time slot")
    await page.get_by_text("Cancel this declaration").click()
    await page.get_by_label("Reason").fill("the buyer withdrew")
    await page.get_by_role("button", name="Cancel the declaration").click()
    await expect(page.locator(".hero")).to_contain_text("the buyer withdrew")
    await context.close()
