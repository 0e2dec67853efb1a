"""Firms with people, vehicles and drivers, for the tests of the portal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from playwright.async_api import Browser, BrowserContext, Page

from gate.app.firms.registration import Application
from gate.web.auth import hash_password
from tests.web.conftest import PASSWORD, Site

HASH = hash_password(PASSWORD)
PHONE = {"width": 360, "height": 740}
TAX = ("0100109106", "0101248141", "0100112437")
"""Tax numbers with right check digits (mod 11, Circular 105/2020)."""


@dataclass
class Firm:
    """A firm that was approved: ``boss`` administers it, ``clerk`` files."""

    id: UUID
    boss: str
    clerk: str
    ids: dict[str, UUID] = field(default_factory=dict)


async def add_firm(site: Site, n: int = 0, *, fleet: bool = True) -> Firm:
    """Apply, approve, add a clerk and, where wanted, a tractor, a trailer and a driver."""
    firms, boss, clerk = site.rig.service.firms, f"boss{n}", f"clerk{n}"
    firm = await firms.registration.apply(
        Application(
            name=f"Firm {n}", tax_number=TAX[n], country="VN", contact_name="Nguyen Van An",
            contact_phone="+84 912 345 678", email=f"firm{n}@example.com", language="en",
            user_name=boss, user_full_name="Tran Thi Binh",
        ),
        HASH,
        address="127.0.0.1",
    )  # fmt: skip
    await firms.registration.approve(firm, actor="anh")
    await firms.people.add_member(
        firm, name=clerk, full_name="Le Van Cuong", email="", role="firm_user",
        password_hash=HASH, actor=boss,
    )  # fmt: skip
    made = Firm(id=firm, boss=boss, clerk=clerk)
    if fleet:
        for kind, plate in (("tractor", "14C12345"), ("trailer", "14R01234")):
            row = await firms.fleet.save_vehicle(firm, vehicle(kind, plate), actor=boss)
            made.ids[kind] = row.id
        made.ids["driver"] = (await firms.fleet.save_driver(firm, DRIVER, actor=boss)).id
    return made


def vehicle(kind: str, plate: str) -> dict[str, Any]:
    """The values of a Vietnamese vehicle whose papers are good for a year."""
    until = (datetime.now(UTC) + timedelta(days=365)).isoformat()
    return {
        "kind": kind, "plate": plate, "country": "VN", "permitted_kg": "40000", "axles": "3",
        "permit_number": "VN-CN 1234", "permit_until": until, "insurance_until": until,
    }  # fmt: skip


DRIVER = {
    "name": "Nguyen Van Tai", "nationality": "VNM", "document_kind": "identity_card",
    "document_number": "022085001234", "birth_date": "1985-04-12",
    "document_until": "2034-04-12", "phone": "+84 912 345 678",
}  # fmt: skip


def content(site: Site, **changes: Any) -> dict[str, Any]:
    """The content of a declaration that is accepted at once."""
    now = datetime.now(UTC)
    begin = now.replace(minute=0, second=0, microsecond=0)
    return {
        "direction": "export", "gate": site.rig.service.settings.site,
        "window_from": begin.isoformat(), "window_to": (begin + timedelta(hours=2)).isoformat(),
        "tractor": {"plate": "14C12345", "country": "VN"},
        "trailer": {"plate": "14R01234", "country": "VN"},
        "driver": dict(DRIVER),
        "goods": [
            {"description": "Plastic chairs", "hs_code": "940370", "quantity": "400",
             "unit": "NMB", "net_kg": "9000", "gross_kg": "9500", "origin": "VN"}
        ],
        "gross_kg": "25000",
        "customs_number": "301234567890",
        **changes,
    }  # fmt: skip


async def file(site: Site, firm: Firm, **changes: Any) -> UUID:
    """File a declaration; returns its id."""
    filing = site.rig.service.firms.filing
    draft = await filing.new_draft(firm.id, actor=firm.boss, content=content(site, **changes))
    made = await filing.submit(firm.id, draft.id, actor=firm.boss)
    return made.declaration.id


async def on_phone(browser: Browser, language: str = "en") -> tuple[BrowserContext, Page]:
    """A phone's browser, 360 pixels wide."""
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, device_scale_factor=2, has_touch=True,
        is_mobile=True, locale={"vi": "vi-VN", "zh": "zh-CN"}.get(language, "en-GB"),
    )  # fmt: skip
    page = await context.new_page()
    page.set_default_timeout(10_000)
    return context, page


async def sign_in(page: Page, site: Site, name: str) -> None:
    """Sign in on the page, in whatever language it speaks."""
    await page.goto(f"{site.url}/sign-in")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("form.card button.primary")
    await page.wait_for_url(lambda url: "/sign-in" not in url)


GOOD = {
    "Direction": "export", "From": "", "Until": "", "Plate": "14C12345", "Plate country": "VN",
    "Trailer plate": "14R01234", "Trailer country": "VN", "Gross weight (kg)": "25000",
    "Goods": "Plastic chairs", "HS code": "940370", "Quantity": "400", "Unit": "NMB",
    "Net weight (kg)": "9000", "Origin": "VN", "Customs declaration": "301234567890",
}  # fmt: skip
"""One row of a table that can be filed."""


def csv_of(*rows: dict[str, str]) -> bytes:
    """A CSV as spreadsheets write it; empty times become the next hours."""
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    times = {"From": begin.isoformat(), "Until": (begin + timedelta(hours=2)).isoformat()}
    lines = [";".join(GOOD)]
    lines += [";".join(row[name] or times.get(name, "") for name in GOOD) for row in rows]
    return "\r\n".join(lines).encode("utf-8-sig")
