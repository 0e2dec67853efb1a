"""The demonstration's data: lanes, devices with fresh keys, declarations, sign-ins."""

from __future__ import annotations

import json
import random
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.app.clock import Clock
from gate.app.demo_names import FIRMS
from gate.app.demo_seed import Seed, SeedDeclaration, make_seed
from gate.app.device_keys import locked
from gate.app.vault import Vault
from gate.store import seed as seed_store
from gate.store import users
from gate.store.devices import DeviceRow
from gate.store.pool import Database
from schemas.declarations import Direction

LANES = (
    ("lane-1", "Làn 1", Direction.EXPORT),
    ("lane-2", "Làn 2", Direction.EXPORT),
    ("lane-3", "Làn 3", Direction.IMPORT),
    ("lane-4", "Làn 4", Direction.IMPORT),
)
DEVICES = (
    ("cam-front", "camera"),
    ("cam-rear", "camera"),
    ("barrier", "barrier"),
    ("loop-entry", "loop"),
    ("scale", "scale"),
    ("seal-reader", "seal_reader"),
)
USERS = (
    ("officer", "Nguyễn Thu Hà", "officer"),
    ("lead", "Trần Quốc Việt", "shift_lead"),
    ("supervisor", "Lê Minh Anh", "supervisor"),
    ("operations", "Phạm Gia Bảo", "operations"),
    ("admin", "Đỗ Hải Long", "administrator"),
)
FIRM_USERS = (
    ("firm", "Nguyễn Thu Trang", "firm_administrator"),
    ("driver-desk", "Hoàng Minh Đức", "firm_user"),
)
"""People of the demonstration's first firm."""
FIRST_FIRM = FIRMS[0][1]
"""Its tax number."""
_WORDS = ("river", "stone", "lotus", "maple", "harbor", "copper", "lantern", "tiger", "bridge",
          "willow", "cotton", "ginger", "meadow", "silver", "anchor", "velvet")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """A sign-in of the demonstration, with its password in clear for printing."""

    name: str
    role: str
    password: str


async def prepare_demo(
    database: Database,
    data: Path,
    site: str,
    clock: Clock,
    hash_password: Any,
    seed: int,
    vault: Vault,
) -> tuple[DemoUser, ...]:
    """Fill an empty database, or bring an earlier demonstration up to today."""
    if await seed_store.is_empty(database):
        drawn = make_seed(random.Random(seed), clock.now())
        async with database.transaction() as connection:
            await seed_store.write_rows(connection, rows_of(drawn, site))
            await seed_store.write_lanes(connection, LANES, _devices(vault))
            await seed_store.approve_all(connection)
    else:
        await seed_store.renew_demo(database)
        async with database.transaction() as connection:  # one of before these devices
            await seed_store.write_lanes(connection, LANES, _devices(vault))
    return await _users(database, data, clock, hash_password)


def rows_of(seed: Seed, site: str) -> dict[str, list[dict[str, Any]]]:
    """The drawn data as table rows."""
    return {
        "firms": [
            {"id": i, "name": name, "tax_number": tax, "country": country}
            for i, name, tax, country in seed.firms
        ],
        "vehicles": [
            {"id": v.id, "firm_id": v.firm, "kind": v.kind, "plate": v.plate, "country": v.country,
             "permitted_kg": v.permitted_kg, "permit_until": v.permit_until,
             "insurance_until": v.insurance_until}
            for v in seed.vehicles
        ],
        "drivers": [
            {"id": d.id, "firm_id": d.firm, "name": d.name, "nationality": d.nationality,
             "document_kind": d.document_kind, "document_number": d.document_number,
             "birth_date": d.birth_date, "document_until": d.document_until}
            for d in seed.drivers
        ],
        "declarations": [_declaration(d, site) for d in seed.declarations],
        "declaration_items": [
            {"declaration_id": d.id, "line": 1, "description": d.cargo[0], "hs_code": d.cargo[1],
             "quantity": d.cargo[3], "unit": "KGM", "net_kg": d.cargo[3], "origin": d.cargo[2]}
            for d in seed.declarations
        ],
    }  # fmt: skip


def _declaration(d: SeedDeclaration, site: str) -> dict[str, Any]:
    customs, border_guard, quarantine, fee = d.clearances
    return {
        "id": d.id, "number": d.number, "firm_id": d.firm, "direction": d.direction, "gate": site,
        "status": d.status, "tractor_id": d.tractor.id,
        "trailer_id": d.trailer.id if d.trailer else None, "driver_id": d.driver.id,
        "tractor_plate": d.tractor.plate, "trailer_plate": d.trailer.plate if d.trailer else "",
        "containers": [d.container] if d.container else [], "seals": [d.seal],
        "cargo": d.cargo[0], "gross_kg": d.gross_kg, "customs": customs,
        "border_guard": border_guard, "quarantine": quarantine, "fee": fee,
        "un_number": d.un_number, "lane": d.lane,
        "window_from": d.window_from, "window_to": d.window_to,
    }  # fmt: skip


def _devices(vault: Vault) -> list[DeviceRow]:
    return [
        locked(vault, DeviceRow(
            lane=lane, id=device, kind=kind, key_id=f"{lane}.{device}",
            secret=secrets.token_bytes(32),
        ))
        for lane, _, _ in LANES
        for device, kind in DEVICES
    ]  # fmt: skip


async def _users(
    database: Database, data: Path, clock: Clock, hash_password: Any
) -> tuple[DemoUser, ...]:
    """The demonstration's users; their passwords are drawn once and kept in the data folder."""
    file = data / "demo-sign-ins.json"
    if file.exists():
        kept = json.loads(file.read_text("utf-8"))
    else:
        kept = {}
        file.touch(mode=0o600)
    everybody = (*USERS, *FIRM_USERS)
    kept = {name: kept.get(name) or _password() for name, _, _ in everybody}
    file.write_text(json.dumps(kept), "utf-8")
    firm = await seed_store.firm_of(database, FIRST_FIRM)
    async with database.transaction() as connection:
        for name, full_name, role in everybody:
            await users.add_user(
                connection, user=clock.fresh(), name=name, full_name=full_name, role=role,
                lanes=(), password_hash=hash_password(kept[name]), demo=True,
                firm_id=firm if (name, full_name, role) in FIRM_USERS else None,
            )  # fmt: skip
    return tuple(DemoUser(name=n, role=role, password=kept[n]) for n, _, role in everybody)


def _password() -> str:
    return "-".join(secrets.choice(_WORDS) for _ in range(3)) + f"-{secrets.randbelow(90) + 10}"
