"""Firms to test with: the desks over a real database, approved firms, and contents that pass."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from config.load import load_settings
from config.tariff_file import load_tariff
from gate.app.clock import Clock, utc_now
from gate.app.firms.desk import Firms
from gate.app.firms.registration import Application
from gate.app.metrics import Metrics
from gate.app.pass_key import pass_key
from gate.app.vault import Vault
from gate.app.vault_keys import FILE, make_key_file, read_keys
from gate.core.filing.content import Content
from gate.store.pool import Database
from schemas.containers import check_digit

SITE = "mong-cai"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$none$none"
"""Nobody signs in with it: these tests are below the pages."""


@dataclass
class MovedClock:
    """A clock that tests can put forward."""

    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return utc_now() + self.ahead


def firms_over(database: Database, data: Path, moved: MovedClock, **changes: Any) -> Firms:
    """The desks over a database, as the service makes them."""
    overrides = {"data": str(data), "site": SITE, **changes}
    settings = load_settings(environment={}, overrides=overrides)
    clock = Clock(now=moved.now)
    return Firms(
        database, clock, settings, Metrics(), pass_key(data), load_tariff(), new_vault(data)
    )


def new_vault(data: Path) -> Vault:
    """The vault over the key file in a folder, which is made where there is none."""
    make_key_file(data / FILE)
    return Vault(data / FILE, read_keys(data / FILE))


def vn_tax_number() -> str:
    """A tax number with a right check digit."""
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    while True:
        digits = f"{secrets.randbelow(10**9):09d}"
        digit = 10 - sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
        if digit < 10:
            return f"{digits}{digit}"


def application(**changes: str) -> Application:
    """An application that may be sent."""
    name = f"firm-{secrets.token_hex(4)}"
    values = {
        "name": "Vận tải Biên Giới", "tax_number": vn_tax_number(), "country": "VN",
        "contact_name": "Nguyễn Thu", "contact_phone": "+84 912 345 678",
        "email": f"{name}@example.com", "language": "vi", "user_name": name,
        "user_full_name": "Nguyễn Thị Thu", **changes,
    }  # fmt: skip
    return Application(**values)


async def approved(firms: Firms, **changes: str) -> UUID:
    """A firm that may file."""
    firm = await firms.registration.apply(application(**changes), HASH, address="192.0.2.1")
    await firms.registration.approve(firm, actor="anh")
    return firm


def container() -> str:
    """A container number with a right check digit."""
    body = f"CSQU{secrets.randbelow(10**6):06d}"
    return f"{body}{check_digit(body)}"


def content(now: datetime | None = None, **changes: Any) -> Content:
    """A content that passes every machine check (advice aside)."""
    begin = (now or utc_now()).astimezone(UTC).replace(microsecond=0) + timedelta(hours=3)
    tractor, trailer = 10_000 + secrets.randbelow(89_999), 10_000 + secrets.randbelow(89_999)
    serial = secrets.randbelow(10**6)
    made: Content = {
        "direction": "export", "gate": SITE, "window_from": begin.isoformat(),
        "window_to": (begin + timedelta(hours=12)).isoformat(),
        "tractor": {"plate": f"14C{tractor}", "country": "VN", "kind": "tractor",
                    "permitted_kg": 44_000},
        "trailer": {"plate": f"14R{trailer}", "country": "VN", "permitted_kg": 34_000},
        "driver": {"name": "Trần Văn Hùng", "nationality": "VNM", "document_kind": "identity_card",
                   "document_number": f"022085{serial:06d}", "birth_date": "1985-03-02",
                   "document_until": "2035-03-02", "phone": "0912345678"},
        "containers": [{"number": container(), "size_type": "45R1"}], "seals": ["VN123456"],
        "goods": [{"description": "Fresh durian", "hs_code": "08106000", "quantity": 18_500,
                   "unit": "KGM", "net_kg": 18_500, "gross_kg": 19_200, "packages": 900,
                   "origin": "VN"}],
        "gross_kg": 36_500, "customs_number": f"30{secrets.randbelow(10**10):010d}",
        "customs_kind": "export", "quarantine_certificates": ["KD-2026-00123"],
        "contact_name": "Nguyễn Thu", "contact_phone": "0912345678",
    }  # fmt: skip
    return {**made, **changes}


async def submitted(firms: Firms, firm: UUID, **changes: Any) -> Any:
    """A declaration of the firm that was submitted (and mostly accepted)."""
    draft = await firms.filing.new_draft(firm, actor="thu", content=content(**changes))
    return (await firms.filing.submit(firm, draft.id, actor="thu")).declaration


def nobody() -> UUID:
    """The id of no firm."""
    return uuid4()
