"""Fees of amended declarations: the difference is due or a credit, and what was paid stays paid."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from gate.app.firms.desk import Firms
from gate.app.firms.errors import NotAllowedNow
from gate.store.pool import Database
from tests.firms.rig import approved, submitted

pytestmark = pytest.mark.asyncio(loop_scope="session")

LIGHT = {"tractor.plate": "14C77777", "tractor.permitted_kg": 29_000, "gross_kg": 28_500}
HEAVY = {"tractor.plate": "14C88888", "tractor.permitted_kg": 44_000, "gross_kg": 36_500}
"""By the shipped tariff an exporting truck below 30 t pays 500,000, above it 800,000, and 100,000
for the yard."""


async def items(firms: Firms, firm: UUID, declaration: UUID) -> list[tuple[str, int, str]]:
    """The fees that count, as code, amount and status."""
    found = await firms.fees.of(firm, declaration)
    return sorted((one.code, one.amount, one.status) for one in found if one.status != "void")


async def settled(firms: Firms, firm: UUID, declaration: UUID) -> None:
    for one in await firms.fees.of(firm, declaration):
        if one.status == "due":
            await firms.fees.pay(one.id, actor="anh", reference="R-1")


async def amended(firms: Firms, firm: UUID, row: Any, changes: dict[str, Any]) -> Any:
    now = await firms.filing.declaration(firm, row.id)
    return await firms.filing.amend(firm, row.id, changes, actor="thu", version=now.version)


async def cleared(firms: Firms, row: Any) -> None:
    for authority in ("customs", "border_guard", "quarantine"):
        await firms.clearances.set_clearance(row.id, authority, "passed", actor="anh")


async def test_what_is_due_is_replaced_where_nothing_was_paid(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    old = {one.id for one in await firms.fees.of(firm, row.id)}

    row = await amended(firms, firm, row, LIGHT)

    assert await items(firms, firm, row.id) == [
        ("infrastructure", 500_000, "due"), ("yard", 100_000, "due"),
    ]  # fmt: skip
    assert row.fee == "pending"
    void = [one for one in await firms.fees.of(firm, row.id) if one.status == "void"]
    assert [(one.code, one.amount, one.settled_by) for one in void] == [
        ("infrastructure", 800_000, "thu")
    ]
    with pytest.raises(NotAllowedNow):
        await firms.fees.pay(void[0].id, actor="anh", reference="R-9")
    assert void[0].id in old


async def test_the_difference_is_due_and_the_clearance_follows(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    row = await amended(firms, firm, row, LIGHT)
    await settled(firms, firm, row.id)
    await cleared(firms, row)
    assert (await firms.filing.declaration(firm, row.id)).status == "cleared"

    row = await amended(firms, firm, row, HEAVY)

    assert (row.fee, row.status) == ("pending", "clearing")
    assert await items(firms, firm, row.id) == [
        ("infrastructure", 300_000, "due"), ("infrastructure", 500_000, "paid"),
        ("yard", 100_000, "paid"),
    ]  # fmt: skip
    event = (await firms.filing.events(firm, row.id))[-2]
    assert (event.kind, event.data) == (
        "fee", {"done": "recomputed", "due": 300_000, "credit": 0, "currency": "VND"},
    )  # fmt: skip
    await settled(firms, firm, row.id)
    await cleared(firms, row)
    assert (await firms.filing.declaration(firm, row.id)).status == "cleared"


async def test_what_was_paid_too_much_is_a_credit_until_it_is_paid_back(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    await settled(firms, firm, row.id)

    row = await amended(firms, firm, row, LIGHT)

    assert row.fee == "passed"
    (credit,) = await firms.fees.credits(firm)
    assert (credit.code, credit.amount) == ("infrastructure", 300_000)
    assert await firms.fees.due(firm) == []
    row = await amended(firms, firm, row, HEAVY)  # again as it was: nothing is owed to anybody
    assert (row.fee, await firms.fees.credits(firm), await firms.fees.due(firm)) == (
        "passed", [], [],
    )  # fmt: skip
    row = await amended(firms, firm, row, LIGHT)
    (credit,) = await firms.fees.credits(None)
    with pytest.raises(NotAllowedNow):
        await firms.fees.pay(credit.id, actor="anh", reference="R-2")
    await firms.fees.pay_back(credit.id, actor="anh", reference="V-1")
    with pytest.raises(NotAllowedNow):
        await firms.fees.pay_back(credit.id, actor="anh", reference="V-2")
    assert (await firms.filing.declaration(firm, row.id)).fee == "passed"
    row = await amended(firms, firm, row, HEAVY)  # what was paid back is owed again
    assert row.fee == "pending"
    assert await items(firms, firm, row.id) == [
        ("infrastructure", 300_000, "due"), ("infrastructure", 300_000, "returned"),
        ("infrastructure", 800_000, "paid"), ("yard", 100_000, "paid"),
    ]  # fmt: skip


async def test_the_tariff_in_force_counts_where_a_chargeable_thing_changed(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    await settled(firms, firm, row.id)
    dearer = tuple(replace(one, amount=one.amount + 1_000) for one in firms.fees.tariff.lines)
    firms.fees.tariff = replace(firms.fees.tariff, lines=dearer)

    row = await amended(firms, firm, row, {"driver.name": "Lê Văn Nam", "note": "late"})
    assert await firms.fees.due(firm) == []
    row = await amended(firms, firm, row, {"gross_kg": 36_400})

    assert sorted((one.code, one.amount) for one in await firms.fees.due(firm)) == [
        ("infrastructure", 1_000), ("yard", 1_000),
    ]  # fmt: skip


async def test_a_waiver_counts_and_is_never_paid_back(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    for one in await firms.fees.of(firm, row.id):
        await firms.fees.waive(one.id, "relief goods", actor="anh")
    row = await amended(firms, firm, row, LIGHT)
    assert (row.fee, await firms.fees.credits(firm), await firms.fees.due(firm)) == (
        "passed", [], [],
    )  # fmt: skip


async def test_what_was_paid_counts_after_a_rejection_too(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    await settled(firms, firm, row.id)
    await firms.clearances.set_clearance(row.id, "customs", "passed", actor="anh")
    await firms.clearances.reject(row.id, "other truck seen", actor="anh")
    draft = await firms.filing.reopen(firm, row.id, actor="thu")
    await firms.filing.save(firm, draft.id, LIGHT, actor="thu")
    row = (await firms.filing.submit(firm, draft.id, actor="thu")).declaration

    assert (row.status, row.fee) == ("accepted", "passed")
    (credit,) = await firms.fees.credits(firm)
    assert (credit.code, credit.amount) == ("infrastructure", 300_000)
    assert await firms.fees.due(firm) == []


async def test_nothing_is_charged_before_acceptance(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm, customs_number="")
    assert row.status == "submitted"
    row = await amended(firms, firm, row, LIGHT)
    assert await items(firms, firm, row.id) == []
    row = await firms.clearances.accept(row.id, actor="anh")
    assert len(await firms.fees.due(firm)) == 2


async def test_a_payment_beside_an_amendment_is_counted(firms: Firms) -> None:
    firm = await approved(firms)
    for n in range(12):
        row = await submitted(firms, firm)
        fee = next(one for one in await firms.fees.of(firm, row.id) if one.amount == 800_000)
        done = await asyncio.gather(
            firms.fees.pay(fee.id, actor="anh", reference="R-1"),
            amended(firms, firm, row, {**LIGHT, "tractor.plate": f"14C{60_000 + n}"}),
            return_exceptions=True,
        )
        paid = done[0] is None
        assert paid or isinstance(done[0], NotAllowedNow)
        assert not isinstance(done[1], Exception), done[1]
        wanted = (
            [("infrastructure", 300_000, "credit"), ("infrastructure", 800_000, "paid")]
            if paid
            else [("infrastructure", 500_000, "due")]
        )
        assert await items(firms, firm, row.id) == [*wanted, ("yard", 100_000, "due")]


async def test_a_letter_tells_both_sums(firms: Firms, database: Database) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    await settled(firms, firm, row.id)
    await amended(firms, firm, row, LIGHT)
    while await firms.notices.work():
        pass
    letters = await firms.notices.letters(firm)
    (body,) = [one.body for one in letters if "have changed" in one.subject]
    assert "Due now: 0 VND. Paid too much: 300,000 VND" in body
