"""The demonstration's first firm as its people see it: declarations in every status.

All of it is filed through the same desks that pages and programs use.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gate.app.clock import Clock
from gate.app.demo_names import CARGO, OWNERS, VN_FAMILY, VN_GIVEN, VN_MIDDLE
from gate.app.firms.clearances import AUTHORITIES
from gate.app.firms.desk import Firms
from gate.app.firms.registration import Application
from gate.core.filing.content import Content
from gate.core.filing.numbers import tax_digit
from gate.store import declarations
from gate.store.filing import FiledRow
from gate.store.pool import Database
from schemas.containers import check_digit
from schemas.declarations import DeclarationStatus

BY = "firm"
STAFF = "supervisor"
CONTACT = {
    "contact_name": "Nguyễn Thu Trang", "contact_phone": "+84 203 388 0101",
    "email": "trang@hai-ninh-xanh.example", "language": "vi",
}  # fmt: skip
PLAN: tuple[str, ...] = (
    "departed", "closed", "expired", "cancelled", "cleared", "cleared", "clearing", "refused",
    "accepted", "booked", "booked", "submitted", "rejected",
)  # fmt: skip
"""What becomes of each declaration; two drafts come last."""


async def fill_firm(firms: Firms, database: Database, clock: Clock, firm: UUID, seed: int) -> None:
    """File the firm's declarations where none is under way; at first let a stranger apply."""
    counts = await firms.filing.counts(firm)
    if counts.get("accepted"):
        return
    maker = _Maker(firms, database, clock, firm, random.Random(seed + sum(counts.values())))
    for fate in PLAN:
        await maker.file(fate)
    if counts["draft"]:
        return
    await firms.registration.update_contact(firm, **CONTACT, actor=BY)
    await firms.filing.new_draft(firm, actor=BY, content=maker.content())
    half = {k: v for k, v in maker.content().items() if k in ("direction", "tractor", "goods")}
    await firms.filing.new_draft(firm, actor="driver-desk", content=half)
    await _stranger(firms, maker.rng)


async def _stranger(firms: Firms, rng: random.Random) -> None:
    """A firm that waits for its approval; nobody knows its user's password."""
    while not tax_digit(number := f"57{rng.randrange(10**8):08d}", "VN"):
        continue
    application = Application(
        name="Công ty TNHH Vận tải Ka Long Mới", tax_number=number, country="VN",
        contact_name="Vũ Đức Long", contact_phone="+84 203 377 0202",
        email="long@ka-long-moi.example", language="vi", user_name=f"ka-long-{number[-4:]}",
        user_full_name="Vũ Đức Long",
    )  # fmt: skip
    await firms.registration.apply(application, "!", address="192.0.2.10")


class _Maker:
    """Draws contents and brings declarations where they shall stand."""

    def __init__(
        self, firms: Firms, database: Database, clock: Clock, firm: UUID, rng: random.Random
    ) -> None:
        self.firms = firms
        self.database = database
        self.clock = clock
        self.firm = firm
        self.rng = rng

    def content(self, *, dangerous: bool = False, papers: bool = True) -> Content:
        """A content that passes every check, or is to be looked at."""
        rng = self.rng
        begin = self.clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(
            hours=rng.randrange(2, 20)
        )
        text, hs_code, _, net = rng.choice([c for c in CARGO if c[2] == "VN"])
        goods: dict[str, Any] = {
            "description": text, "hs_code": hs_code, "quantity": net, "unit": "KGM",
            "net_kg": net, "gross_kg": net + 600, "packages": net // 20, "origin": "VN",
        }  # fmt: skip
        if dangerous:
            goods |= {"description": "Diesel fuel", "hs_code": "27101971", "un_number": "UN1202"}
        year = rng.randrange(70, 99)
        number = rng.choice(OWNERS) + f"{rng.randrange(10**6):06d}"
        made: Content = {
            "direction": "export", "window_from": begin.isoformat(),
            "window_to": (begin + timedelta(hours=10)).isoformat(),
            "tractor": {"plate": f"14C{rng.randrange(10_000, 99_999)}", "country": "VN",
                        "kind": "tractor", "permitted_kg": 44_000},
            "trailer": {"plate": f"14R{rng.randrange(10_000, 99_999)}", "country": "VN",
                        "permitted_kg": 34_000},
            "driver": {"name": " ".join(map(rng.choice, (VN_FAMILY, VN_MIDDLE, VN_GIVEN))),
                       "nationality": "VNM", "document_kind": "identity_card",
                       "document_number": f"0220{year}{rng.randrange(10**6):06d}",
                       "birth_date": f"19{year}-05-14", "document_until": "2034-05-14",
                       "phone": f"09{rng.randrange(10**8):08d}"},
            "containers": [{"number": f"{number}{check_digit(number)}", "size_type": "45R1"}],
            "seals": [f"VN{rng.randrange(10**6, 10**7)}"], "goods": [goods],
            "gross_kg": net + 15_500,
            "contact_name": CONTACT["contact_name"], "contact_phone": CONTACT["contact_phone"],
        }  # fmt: skip
        if papers:
            made["customs_number"] = f"30{rng.randrange(10**10):010d}"
            made["quarantine_certificates"] = [f"KD-{rng.randrange(10**5):05d}"]
        return made

    async def file(self, fate: str) -> None:
        """File one declaration and bring it where ``fate`` says."""
        waits = fate in ("submitted", "rejected")
        content = self.content(dangerous=fate == "submitted", papers=not waits)
        draft = await self.firms.filing.new_draft(self.firm, actor=BY, content=content)
        row = (await self.firms.filing.submit(self.firm, draft.id, actor=BY)).declaration
        if fate == "rejected":
            why = "Thiếu số tờ khai hải quan"
            await self.firms.clearances.reject(row.id, why, actor=STAFF)
        elif fate == "cancelled":
            await self.firms.filing.cancel(self.firm, row.id, "Khách hàng hoãn", actor=BY)
        elif fate == "refused":
            await self._word(row, "customs", "failed", "Sai mã HS")
        elif fate == "booked":
            await self._book(row)
        elif fate not in ("submitted", "accepted"):
            await self._clear(row, fate)

    async def _clear(self, row: FiledRow, fate: str) -> None:
        await self._book(row)
        for authority in AUTHORITIES[: 1 if fate == "clearing" else None]:
            await self._word(row, authority, "passed", "")
        if fate == "clearing":
            return
        for fee in await self.firms.fees.of(self.firm, row.id):
            reference = f"BL-{self.rng.randrange(10**6):06d}"
            await self.firms.fees.pay(fee.id, actor=STAFF, reference=reference)
        if fate == "expired":
            await self._move(row, "expired")
        elif fate in ("departed", "closed"):
            for to in ("released", "departed", "closed")[: 2 if fate == "departed" else 3]:
                await self._move(row, to)

    async def _word(self, row: FiledRow, authority: str, word: str, note: str) -> None:
        if getattr(row, authority) != "not_needed":
            await self.firms.clearances.set_clearance(
                row.id, authority, word, actor=STAFF, note=note
            )

    async def _book(self, row: FiledRow) -> None:
        hour: datetime = row.window_from.replace(minute=0, second=0, microsecond=0)
        await self.firms.slots.book(self.firm, row.id, hour, actor=BY)

    async def _move(self, row: FiledRow, to: str) -> None:
        async with self.database.transaction() as connection:
            await declarations.move(
                connection, row.id, DeclarationStatus(to), actor="machine", at=self.clock.now()
            )
