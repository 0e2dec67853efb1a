"""Firms apply and are decided about; their people, fleets and keys are their own."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from gate.app.firms.desk import Firms
from gate.app.firms.errors import (
    ChangedMeanwhile,
    FirmNotApproved,
    Invalid,
    NotAllowedNow,
    Taken,
    TooMany,
    UnknownRecord,
)
from gate.app.firms.keys import MOST
from gate.core.audit import ADMINISTRATION, check
from gate.store import audit, users
from gate.store.paging import Cursor
from gate.store.pool import Database
from tests.firms.rig import HASH, MovedClock, application, approved, content, nobody

pytestmark = pytest.mark.asyncio(loop_scope="session")

VEHICLE = {"kind": "truck", "plate": "14C-123.45", "country": "VN", "permitted_kg": 24_000}
DRIVER: dict[str, Any] = content()["driver"]


async def test_a_firm_applies_is_approved_and_its_user_may_sign_in(
    firms: Firms, database: Database
) -> None:
    wanted = application()
    firm = await firms.registration.apply(wanted, HASH, address="192.0.2.1")
    user = await users.by_name(database, wanted.user_name)
    assert user is not None
    assert (user.role, user.active, user.firm_id) == ("firm_administrator", False, firm)
    assert [row.id for row in await firms.registration.pending()] == [firm]

    await firms.registration.approve(firm, actor="anh")

    user = await users.by_name(database, wanted.user_name)
    assert user is not None
    assert user.active
    assert await firms.registration.pending() == []
    with pytest.raises(NotAllowedNow):
        await firms.registration.approve(firm, actor="anh")
    with pytest.raises(UnknownRecord):
        await firms.registration.approve(nobody(), actor="anh")


async def test_a_refused_firm_may_apply_again_and_an_approved_one_not(firms: Firms) -> None:
    wanted = application()
    firm = await firms.registration.apply(wanted, HASH, address="192.0.2.1")
    with pytest.raises(Invalid):
        await firms.registration.refuse(firm, "  ", actor="anh")
    await firms.registration.refuse(firm, "wrong address", actor="anh")
    assert (await firms.registration.one(firm)).reason == "wrong address"

    again = await firms.registration.apply(wanted, HASH, address="192.0.2.1")
    await firms.registration.approve(again, actor="anh")

    assert again == firm
    with pytest.raises(Taken) as taken:
        await firms.registration.apply(application(tax_number=wanted.tax_number), HASH, address="x")
    assert taken.value.field == "tax_number"
    with pytest.raises(Taken) as taken:
        await firms.registration.apply(application(user_name=wanted.user_name), HASH, address="x")
    assert taken.value.field == "user_name"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("name", "", "required"), ("tax_number", "12", "tax_form"), ("country", "TH", "not_a_choice"),
     ("tax_number", "0314409057", "tax_digit"), ("email", "a@b", "email_form"),
     ("email", "a@b.cd\nBcc: x@y.zz", "unprintable"), ("contact_phone", "x", "phone_form"),
     ("language", "fr", "not_a_choice"), ("user_name", "Ä", "sign_in_form")],
)  # fmt: skip
async def test_a_bad_application_is_refused_by_field(
    firms: Firms, field: str, value: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await firms.registration.apply(application(**{field: value}), HASH, address="x")
    assert (field, code) in {(p.path, p.code) for p in refused.value.problems}


async def test_a_suspended_firm_is_signed_out_and_files_nothing(
    firms: Firms, database: Database
) -> None:
    wanted = application()
    firm = await firms.registration.apply(wanted, HASH, address="x")
    await firms.registration.approve(firm, actor="anh")
    user = await users.by_name(database, wanted.user_name)
    assert user is not None
    now = MovedClock().now()
    await users.add_session(database, b"t" * 32, user.id, "c", now, now + timedelta(hours=1))

    await firms.registration.suspend(firm, "forged papers", actor="anh")

    late = now - timedelta(hours=1)
    assert await users.session(database, b"t" * 32, now, late) is None
    with pytest.raises(FirmNotApproved):
        await firms.filing.new_draft(firm, actor="thu")
    await firms.registration.resume(firm, actor="anh")
    await firms.filing.new_draft(firm, actor="thu")


async def test_decisions_stand_in_the_audit_chain(firms: Firms, database: Database) -> None:
    firm = await approved(firms)
    await firms.keys.make(firm, name="erp", scopes=["fleet.read"], actor="thu")
    async with database.transaction() as connection:
        entries = [e async for e in audit.entries(connection, ADMINISTRATION)]
    assert list(check(entries)) == []
    assert {"firm.applied", "firm.approved", "key.made"} <= {e.action for e in entries}


async def test_a_firm_keeps_an_administrator(firms: Firms) -> None:
    firm, stranger = await approved(firms), await approved(firms)
    (first,) = await firms.people.members(firm)
    second = await firms.people.add_member(
        firm, name=f"lan-{uuid4().hex[:6]}", full_name="Lan", email="", role="firm_user",
        password_hash=HASH, actor="thu",
    )  # fmt: skip
    with pytest.raises(NotAllowedNow):
        await firms.people.set_member(firm, first.id, active=False, actor="thu")
    await firms.people.set_member(firm, second, role="firm_administrator", actor="thu")
    done = await asyncio.gather(
        firms.people.set_member(firm, first.id, active=False, actor="thu"),
        firms.people.set_member(firm, second, active=False, actor="thu"),
        return_exceptions=True,
    )
    assert sum(isinstance(one, NotAllowedNow) for one in done) == 1
    with pytest.raises(UnknownRecord):
        await firms.people.set_member(stranger, second, active=True, actor="x")
    with pytest.raises(Invalid):
        await firms.people.add_member(
            firm, name="x-1", full_name="X", email="", role="supervisor", password_hash=HASH,
            actor="thu",
        )  # fmt: skip
    with pytest.raises(Taken):
        await firms.people.add_member(
            stranger, name=first.name, full_name="X", email="", role="firm_user",
            password_hash="other", actor="x",
        )  # fmt: skip


async def test_a_vehicle_is_added_changed_once_and_retired(firms: Firms) -> None:
    firm, stranger = await approved(firms), await approved(firms)
    row = await firms.fleet.save_vehicle(firm, VEHICLE, actor="thu")
    assert row.plate == "14C12345"
    with pytest.raises(Taken):
        await firms.fleet.save_vehicle(firm, VEHICLE, actor="thu")
    await firms.fleet.save_vehicle(stranger, VEHICLE, actor="x")
    heavier = {**VEHICLE, "permitted_kg": 25_000}
    changed = await firms.fleet.save_vehicle(firm, heavier, actor="thu", vehicle=row.id, version=1)
    assert (changed.version, changed.permitted_kg) == (2, 25_000)
    with pytest.raises(ChangedMeanwhile):
        await firms.fleet.save_vehicle(firm, VEHICLE, actor="thu", vehicle=row.id, version=1)
    other = await firms.fleet.save_vehicle(firm, {**VEHICLE, "plate": "14C-543.21"}, actor="thu")
    with pytest.raises(Taken):
        await firms.fleet.save_vehicle(firm, VEHICLE, actor="thu", vehicle=other.id)
    for attempt in (
        firms.fleet.vehicle(stranger, row.id), firms.fleet.retire_vehicle(
            stranger, row.id, actor="x"),
        firms.fleet.save_vehicle(stranger, VEHICLE, actor="x", vehicle=row.id),
    ):  # fmt: skip
        with pytest.raises(UnknownRecord):
            await attempt
    await firms.fleet.retire_vehicle(firm, row.id, actor="thu")
    assert [v.id for v in await firms.fleet.vehicles(firm)] == [other.id]
    assert [v.id for v in await firms.fleet.vehicles(firm, retired=True)] == [row.id]
    with pytest.raises(NotAllowedNow):
        await firms.fleet.save_vehicle(firm, VEHICLE, actor="thu", vehicle=row.id)
    assert (await firms.fleet.save_vehicle(firm, VEHICLE, actor="thu")).id != row.id


async def test_a_driver_is_added_found_and_retired(firms: Firms) -> None:
    firm, stranger = await approved(firms), await approved(firms)
    row = await firms.fleet.save_driver(firm, DRIVER, actor="thu")
    with pytest.raises(Taken):
        await firms.fleet.save_driver(firm, DRIVER, actor="thu")
    found = await firms.fleet.drivers(firm, text=DRIVER["document_number"][4:])
    assert [d.id for d in found] == [row.id]
    after = Cursor(at=row.created_at, id=row.id)
    assert await firms.fleet.drivers(firm, after=after) == []
    changed = await firms.fleet.save_driver(
        firm, {**DRIVER, "phone": "0987654321"}, actor="thu", driver=row.id, version=1
    )
    assert changed.phone == "0987654321"
    with pytest.raises(UnknownRecord):
        await firms.fleet.retire_driver(stranger, row.id, actor="x")
    await firms.fleet.retire_driver(firm, row.id, actor="thu")
    assert await firms.fleet.drivers(firm) == []


async def test_a_key_works_until_it_ends_and_its_secret_is_nowhere(
    firms: Firms, database: Database, moved: MovedClock
) -> None:
    firm, stranger = await approved(firms), await approved(firms)
    row, secret = await firms.keys.make(
        firm, name="erp", scopes=["fleet.read"], actor="thu",
        expires_at=moved.now() + timedelta(days=1),
    )  # fmt: skip
    found = await firms.keys.recognise(secret)
    assert found is not None
    assert (found.id, found.firm_id) == (row.id, firm)
    for wrong in (secret[:-1] + "_", secret[:-1], f"gk_{'0' * 8}_{'a' * 43}", "", "gk__"):
        assert await firms.keys.recognise(wrong) is None
    async with database.connection() as connection:
        for table in ("api_keys", "audit_data", "audit_events"):
            text = str(await connection.fetch(f"SELECT t::text FROM {table} t"))
            assert secret[12:] not in text
    with pytest.raises(UnknownRecord):
        await firms.keys.end(stranger, row.id, actor="x")
    moved.ahead = timedelta(days=2)
    assert await firms.keys.recognise(secret) is None
    moved.ahead = timedelta()
    await firms.keys.end(firm, row.id, actor="thu")
    assert await firms.keys.recognise(secret) is None
    with pytest.raises(Invalid):
        await firms.keys.make(firm, name="x", scopes=["clearances.write"], actor="thu")
    with pytest.raises(Invalid):
        await firms.keys.make(None, name="x", scopes=["fleet.write"], actor="root")
    for n in range(MOST):
        await firms.keys.make(firm, name=f"k{n}", scopes=["fleet.read"], actor="thu")
    with pytest.raises(TooMany):
        await firms.keys.make(firm, name="one more", scopes=["fleet.read"], actor="thu")


async def test_keys_that_are_made_at_once_do_not_exceed_their_number(firms: Firms) -> None:
    firm = await approved(firms)

    async def make(n: int) -> bool:
        try:
            await firms.keys.make(firm, name=f"k{n}", scopes=["fleet.read"], actor="thu")
        except TooMany:
            return False
        return True

    for n in range(MOST - 2):
        assert await make(n)
    made = await asyncio.gather(*(make(n) for n in range(6)))
    assert sum(made) == 2


async def test_contact_is_changed_with_the_same_rules(firms: Firms) -> None:
    firm = await approved(firms)
    values = {"contact_name": "Lê", "contact_phone": "0912345678", "language": "zh"}
    await firms.registration.update_contact(firm, **values, email="new@example.com", actor="thu")
    assert (await firms.registration.one(firm)).email == "new@example.com"
    with pytest.raises(Invalid):
        await firms.registration.update_contact(firm, **values, email="x", actor="thu")
    listed = await firms.registration.listing(status="approved", text="biên giới")
    assert firm in {row.id for row in listed}
