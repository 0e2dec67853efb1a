"""The firm's day, on a phone in each language and once at a desk: from the application to the
truck that has passed the lane, through the real service.
"""

from __future__ import annotations

import asyncio
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Browser, Locator, Page, Route, expect

from gate.app.pass_key import pass_key
from gate.core.filing.problems import TEXTS
from gate.web.language import words
from schemas.gate_pass import decode_pass
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import until
from tests.web.axe import violations
from tests.web.conftest import PASSWORD, Site, photograph
from tests.web.portal_firm import TAX, on_phone, sign_in

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


AXE = ("vi",)
"""axe-core takes a second a page: the longest words are enough on the phone."""


@dataclass
class Day:
    """One firm's day on one page, in one language."""

    site: Site
    page: Page
    language: str
    name: str

    def t(self, message: str) -> str:
        return words(self.language).gettext(message)

    async def look(self, what: str) -> None:
        """No violation, no sideways scroll, a picture kept."""
        if self.language in AXE:
            assert await violations(self.page) == [], what
        width = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert width <= 0, f"{what} is {width} px too wide"
        await photograph(self.page, f"portal-{self.name}-{what}")

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.site.url}{path}")

    async def press(self, message: str) -> None:
        await self.page.get_by_role("button", name=self.t(message), exact=True).first.click()

    async def shows(self, message: str, **facts: str) -> None:
        """The sentence stands somewhere on the page."""
        text = self.t(message) % facts if facts else self.t(message)
        await expect(self.page.get_by_text(text).first).to_be_visible()

    async def problem_at(self, path: str, code: str, **facts: str) -> None:
        """The problem stands at its field, in the reader's language."""
        note = self.page.locator(f'[id="{path}-note"]')
        await expect(note).to_have_text(self.t(TEXTS[code]) % facts)

    async def saved(self) -> None:
        await expect(self.page.locator("#saved")).to_have_attribute("data-kind", "go")


async def apply(day: Day) -> None:
    """The firm applies; what is typed is checked at once."""
    await day.open("/sign-in")
    await day.page.get_by_role("link", name=day.t("Register a firm")).click()
    page = day.page
    await page.fill("#name", "Công ty Vận tải Bình Minh 越中")
    await page.fill("#tax_number", "123")
    await day.problem_at("tax_number", "tax_form", value="123")
    await page.fill("#tax_number", TAX[0])
    await expect(page.locator("#tax_number-note")).not_to_have_class("note wrong-text")
    values = {
        "contact_name": "Nguyễn Văn An", "contact_phone": "+84 912 345 678",
        "email": "an@example.com", "user_full_name": "Trần Thị Bình", "user_name": "binh",
    }  # fmt: skip
    for name, value in values.items():
        await page.fill(f"#{name}", value)
    await page.fill("#password", "short")
    await day.look("register")
    await day.press("Apply")
    await expect(page.locator(".field.wrong #password")).to_be_focused()
    await page.fill("#password", PASSWORD)
    await day.press("Apply")
    await page.wait_for_url("**/register/done")
    await day.look("registered")


async def approve(site: Site) -> None:
    (firm,) = await site.rig.service.firms.registration.pending()
    await site.rig.service.firms.registration.approve(firm.id, actor="anh")


async def add_fleet(day: Day) -> None:
    """Two vehicles and a driver; the empty page leads there."""
    page = day.page
    await day.shows("Begin with your first vehicle")
    await day.look("empty")
    for kind, plate in (("tractor", "14c-123.45"), ("trailer", "14R 012.34")):
        await day.open("/portal/vehicles/new")
        await page.fill("#plate", plate)
        await page.select_option("#kind", kind)
        if kind == "tractor":
            await day.press("Save")
            await day.problem_at("permitted_kg", "required")
        await page.fill("#permitted_kg", "40.000")
        await page.fill("#permit_until", "2030-12-31")
        await day.press("Save")
        await page.wait_for_url("**/portal/vehicles")
    await day.look("vehicles")
    await day.open("/portal/drivers/new")
    for name, value in {
        "name": "Nguyễn Văn Tài", "document_number": "022085001234", "birth_date": "1985-04-12",
        "document_until": "2034-04-12", "phone": "+84 912 345 678",
    }.items():  # fmt: skip
        await page.fill(f"#{name}", value)
    await day.press("Save")
    await page.wait_for_url("**/portal/drivers")


async def file_one(day: Day) -> None:
    """Four steps: problems at once, a lost network in between, an hour, submitted."""
    page = day.page
    await day.open("/portal/new")
    await day.press("Begin")
    await page.wait_for_url("**/portal/drafts/*")
    await page.check("input[name=direction][value=export]")
    await page.locator('[data-fill="tractor.plate"]').first.click()
    await page.fill('[name="trailer.plate"]', "14C-999.99")
    await day.problem_at("trailer.plate", "plate_not_trailer", value="14C-999.99")
    await day.saved()
    await day.look("step-vehicle")
    await page.locator('[data-fill="trailer.plate"]').first.click()
    await day.press("Next: driver")
    await page.select_option("#own-driver", index=1)
    await expect(page.locator('[name="driver.name"]')).to_have_value("Nguyễn Văn Tài")
    await day.look("step-driver")
    await day.press("Next: cargo")
    await page.fill('[name="goods.0.description"]', "Ghế nhựa 塑料椅")
    await page.fill('[name="goods.0.hs_code"]', "9403")
    await day.problem_at("goods.0.hs_code", "hs_form", value="9403", lengths="6, 8, 10")
    await page.context.set_offline(True)
    await page.fill('[name="goods.0.hs_code"]', "940370")
    await expect(page.locator("#saved")).to_have_attribute("data-kind", "hold")
    await photograph(page, f"portal-{day.name}-offline")
    for path, value in {
        "goods.0.origin": "vn", "goods.0.quantity": "400", "goods.0.net_kg": "9.000",
        "gross_kg": "25 000", "customs_number": "301234567890",
    }.items():  # fmt: skip
        await page.fill(f'[name="{path}"]', value)
    await page.select_option('[name="goods.0.unit"]', "NMB")
    await page.context.set_offline(False)
    await day.saved()
    await page.reload()
    await expect(page.locator('[name="goods.0.hs_code"]')).to_have_value("940370")
    await day.look("step-cargo")
    await day.press("Next: time")
    await day.press("Submit")
    await expect(page.locator(".field.wrong").first).to_be_visible()
    await page.locator("#hours [data-from]").first.click()
    await expect(page.locator("#review-list li")).to_have_count(0)
    await day.saved()
    await day.look("step-time")
    await day.press("Submit")
    await page.wait_for_url("**/portal/declarations/*")
    await day.shows("Pay the fee")
    await day.look("filed")


async def show_the_pass(day: Day) -> None:
    """The QR code, read from the picture of the screen, is signed by the gate's own key."""
    page = day.page
    await day.open("/portal")
    await day.shows("Drive to the gate and show the pass")
    await day.look("today")
    await page.get_by_role("link", name=day.t("Gate pass")).first.click()
    await page.wait_for_url("**/portal/passes/*")
    await page.context.set_offline(True)
    await day.look("pass")
    picture = Image.open(io.BytesIO(await page.screenshot()))
    await page.context.set_offline(False)
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    key = pass_key(day.site.rig.folder)
    found = decode_pass(code.text, key.verify, datetime.now(UTC), "14C12345")
    assert found.gate == day.site.rig.service.settings.site


async def drive(day: Day) -> None:
    """The truck goes through the lane; the firm's page follows by itself."""
    page, rig = day.page, day.site.rig
    await day.open("/portal")
    await page.locator(".truck-link").first.click()
    await page.wait_for_url("**/portal/declarations/*")
    await rig.show(picture_of(FRONT), picture_of(REAR, seed=2))
    await until(lambda: rig.body.angle >= 1.0, what="the arm is up")
    await rig.drive_through()
    timeline = page.locator(".timeline li")
    await expect(timeline.first).to_contain_text(day.t("departed"), timeout=20_000)
    await expect(page.locator(".timeline")).to_contain_text(day.t("released"))
    await day.look("departed")


async def clear_by_service(site: Site) -> None:
    """Staff gives every word, below the pages."""
    firms = site.rig.service.firms
    (row,) = await firms.clearances.waiting(status=("accepted", "clearing"))
    for authority in ("customs", "border_guard"):
        await firms.clearances.set_clearance(row.id, authority, "passed", actor="anh")
    for fee in await firms.fees.of(None, row.id):
        await firms.fees.pay(fee.id, actor="anh", reference="R-1")


@pytest.mark.parametrize("language", ["vi", "zh", "en"])
async def test_the_firms_day_on_a_phone(site: Site, browser: Browser, language: str) -> None:
    context, page = await on_phone(browser, language)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    day = Day(site=site, page=page, language=language, name=f"phone-{language}")
    await apply(day)
    await approve(site)
    await sign_in(page, site, "binh")
    await add_fleet(day)
    await file_one(day)
    await clear_by_service(site)
    await show_the_pass(day)
    await drive(day)
    await context.close()
    assert problems == []


async def approve_on_the_page(page: Page, site: Site) -> None:
    """Staff finds the application and approves it."""
    await page.goto(f"{site.url}/firms")
    await page.get_by_role("link", name="Bình Minh").first.click()
    await expect(page.locator(".facts")).to_contain_text(TAX[0])
    await photograph(page, "firms-application")
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator(".page-head .state")).to_contain_text("approved")


def word_of(page: Page, word: str, authority: str) -> Locator:
    """The button that gives this authority's word."""
    return page.get_by_role("button", name=re.compile(f"^{word} ?: {authority}$"))


async def clear_on_the_page(page: Page, site: Site) -> None:
    """Staff opens the declaration by keyboard, gives every word and notes the payments."""
    await page.goto(f"{site.url}/clearances?show=clearing")
    await page.keyboard.press("j")
    await photograph(page, "clearances-list")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/clearances/*")
    await word_of(page, "failed", "Border guard").click()
    await expect(page.locator("#said")).to_have_text("This is needed.")
    for authority in ("Customs", "Border guard"):
        await word_of(page, "granted", authority).click()
        await expect(word_of(page, "granted", authority)).to_have_count(0)
    while await page.get_by_role("button", name="Paid").count():
        left = await page.get_by_role("button", name="Paid").count()
        await page.get_by_placeholder("Receipt").first.fill("R-77")
        await page.get_by_role("button", name="Paid").first.click()
        await expect(page.get_by_role("button", name="Paid")).to_have_count(left - 1)
    await expect(page.locator(".page-head .state")).to_contain_text("cleared")
    await expect(page.locator(".timeline")).to_contain_text("anh")
    assert await violations(page) == []
    await photograph(page, "clearances-one")


async def test_the_firms_day_at_a_desk_with_staff(site: Site, browser: Browser) -> None:
    firm = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    staff = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    page, office = await firm.new_page(), await staff.new_page()
    await sign_in(office, site, "anh")
    day = Day(site=site, page=page, language="en", name="desk")
    await apply(day)
    await approve_on_the_page(office, site)
    await sign_in(page, site, "binh")
    await page.click("#theme")
    await add_fleet(day)
    await file_one(day)
    await clear_on_the_page(office, site)
    await show_the_pass(day)
    await drive(day)
    await firm.close()
    await firm.close()
    await staff.close()


async def test_what_is_typed_before_the_script_is_there_is_checked_too(
    site: Site, browser: Browser
) -> None:
    context, page = await on_phone(browser)
    script = asyncio.Event()

    async def late(route: Route) -> None:
        await script.wait()
        await route.continue_()

    await page.route("**/portal/live*.js*", late)
    await page.goto(f"{site.url}/register", wait_until="commit")
    await page.fill("#tax_number", "123")
    note = page.locator("#tax_number-note")
    before = await note.inner_text()
    script.set()
    await expect(note).not_to_have_text(before)
    await context.close()
