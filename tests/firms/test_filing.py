"""Filing over a real database: drafts, submission, amendments, the authorities, the lane."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from gate.app.firms.desk import Firms
from gate.app.firms.errors import (
    ChangedMeanwhile,
    FirmNotApproved,
    Invalid,
    NotAllowedNow,
    SlotClosed,
    SlotFull,
    UnknownRecord,
)
from gate.store.filing import Filter
from gate.store.paging import Cursor
from gate.store.pool import Database
from tests.firms.rig import (
    HASH,
    MovedClock,
    application,
    approved,
    container,
    content,
    nobody,
    submitted,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_draft_keeps_what_was_typed_and_says_what_is_wrong(firms: Firms) -> None:
    firm = await approved(firms)
    draft = await firms.filing.new_draft(firm, actor="thu")

    saved = await firms.filing.save(
        firm, draft.id, {"gross_kg": "many", "tractor.plate": "14c-123.45"}, actor="thu"
    )

    assert saved.draft.content["gross_kg"] == "many"
    assert saved.draft.content["tractor"]["plate"] == "14C12345"
    assert {p.code for p in saved.problems if p.path == "gross_kg"} == {"not_a_number"}
    again = await firms.filing.draft(firm, draft.id)
    assert again.content == saved.draft.content


async def test_a_complete_draft_is_accepted_at_once_and_its_fees_are_due(firms: Firms) -> None:
    firm = await approved(firms)

    row = await submitted(firms, firm)

    assert row.status == "accepted"
    assert row.number.startswith("D")
    assert (row.customs, row.border_guard, row.quarantine, row.fee) == ("pending",) * 4
    assert {fee.code for fee in await firms.fees.of(firm, row.id)} == {"infrastructure", "yard"}
    steps = [(e.from_status, e.to_status) for e in await firms.filing.events(firm, row.id)]
    assert steps == [("draft", "submitted"), ("submitted", "accepted")]


async def test_a_draft_with_errors_is_not_submitted_and_stays(firms: Firms) -> None:
    firm = await approved(firms)
    draft = await firms.filing.new_draft(firm, actor="thu", content={"direction": "export"})

    with pytest.raises(Invalid) as refused:
        await firms.filing.submit(firm, draft.id, actor="thu")

    assert "tractor.plate" in {p.path for p in refused.value.problems}
    assert (await firms.filing.draft(firm, draft.id)).content["direction"] == "export"


async def test_dangerous_goods_wait_for_an_officer(firms: Firms) -> None:
    firm = await approved(firms)
    goods = [{**content()["goods"][0], "un_number": "UN1202"}]

    row = await submitted(firms, firm, goods=goods)

    assert row.status == "submitted"
    assert row.un_number == "UN1202"
    assert [w.id for w in await firms.clearances.waiting()] == [row.id]
    assert (await firms.clearances.accept(row.id, actor="anh")).status == "accepted"


async def test_a_rejected_declaration_is_opened_put_right_and_keeps_its_number(
    firms: Firms,
) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm, customs_number=None)
    assert row.status == "submitted"
    rejected = await firms.clearances.reject(row.id, "no customs number", actor="anh")
    assert (rejected.status, rejected.reason) == ("rejected", "no customs number")

    draft = await firms.filing.reopen(firm, row.id, actor="thu")
    await firms.filing.save(firm, draft.id, {"customs_number": "302600000010"}, actor="thu")
    again = (await firms.filing.submit(firm, draft.id, actor="thu")).declaration

    assert (again.number, again.status, again.version) == (row.number, "accepted", 2)
    assert again.reason == ""


async def test_all_words_given_means_cleared_and_one_taken_back_opens_it(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    for authority in ("customs", "border_guard", "quarantine"):
        row = await firms.clearances.set_clearance(row.id, authority, "passed", actor="anh")
    assert row.status == "clearing"
    for fee in await firms.fees.of(firm, row.id):
        await firms.fees.pay(fee.id, actor="anh", reference="R-1")
    assert (await firms.filing.declaration(firm, row.id)).status == "cleared"

    row = await firms.clearances.set_clearance(row.id, "customs", "pending", actor="anh")

    assert row.status == "clearing"


async def test_an_amendment_takes_back_the_word_of_who_saw_something_else(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    for authority in ("customs", "border_guard", "quarantine"):
        row = await firms.clearances.set_clearance(row.id, authority, "passed", actor="anh")
    for fee in await firms.fees.of(firm, row.id):
        await firms.fees.waive(fee.id, "relief goods", actor="anh")

    row = await firms.filing.amend(
        firm, row.id, {"containers.0.number": container()}, actor="thu", version=1
    )

    assert (row.customs, row.border_guard, row.quarantine) == ("pending", "passed", "passed")
    assert (row.status, row.version) == ("clearing", 2)
    with pytest.raises(ChangedMeanwhile):
        await firms.filing.amend(firm, row.id, {"note": "x"}, actor="thu", version=1)
    with pytest.raises(Invalid):
        await firms.filing.amend(firm, row.id, {"direction": "import"}, actor="thu", version=2)


async def test_an_hour_is_never_overbooked(firms: Firms) -> None:
    firm = await approved(firms)
    rows = [await submitted(firms, firm) for _ in range(6)]
    hour = (datetime.now(UTC) + timedelta(hours=4)).replace(minute=0, second=0, microsecond=0)
    await firms.slots.set_capacity("export", hour.hour, 2, actor="anh")

    done = await asyncio.gather(
        *(firms.slots.book(firm, row.id, hour, actor="thu") for row in rows),
        return_exceptions=True,
    )

    assert sorted(type(d).__name__ for d in done) == ["FiledRow"] * 2 + ["SlotFull"] * 4
    slot = next(s for s in await firms.slots.between("export", hour, hour + timedelta(hours=1)))
    assert (slot.capacity, slot.booked, slot.free) == (2, 2, 0)


async def test_a_booked_hour_is_the_window_and_has_a_pass_until_it_is_given_back(
    firms: Firms,
) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    hour = (datetime.now(UTC) + timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)

    row = await firms.slots.book(firm, row.id, hour, actor="thu")
    first = await firms.passes.current(firm, row.id)
    later = await firms.slots.book(firm, row.id, hour + timedelta(hours=1), actor="thu")
    second = await firms.passes.current(firm, row.id)

    assert (row.window_from, row.slot_at) == (hour, hour)
    assert later.window_from == hour + timedelta(hours=1)
    assert first is not None
    assert second is not None
    assert first.id != second.id
    await firms.slots.give_back(firm, row.id, actor="thu")
    assert await firms.passes.current(firm, row.id) is None
    hours = await firms.slots.between("export", hour, hour + timedelta(hours=2))
    assert [slot.booked for slot in hours] == [0, 0]


async def test_two_that_swap_their_hours_do_not_block_each_other(firms: Firms) -> None:
    firm = await approved(firms)
    one, two = [await submitted(firms, firm) for _ in range(2)]
    hour = (datetime.now(UTC) + timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
    other = hour + timedelta(hours=1)
    for _ in range(5):
        await asyncio.gather(
            firms.slots.book(firm, one.id, hour, actor="thu"),
            firms.slots.book(firm, two.id, other, actor="thu"),
        )
        hour, other = other, hour


async def test_closed_full_and_past_hours_are_refused_in_words(
    firms: Firms, moved: MovedClock
) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    hour = (moved.now() + timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
    await firms.slots.close("export", hour, True, actor="anh")
    await firms.slots.set_capacity("export", (hour.hour + 1) % 24, 0, actor="anh")

    for start, refused in (
        (hour, SlotClosed), (hour + timedelta(hours=1), SlotFull),
        (hour - timedelta(days=2), SlotClosed), (hour + timedelta(days=60), SlotClosed),
        (hour + timedelta(minutes=5), SlotClosed),
    ):  # fmt: skip
        with pytest.raises(refused):
            await firms.slots.book(firm, row.id, start, actor="thu")


async def test_a_cancelled_declaration_gives_everything_back(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    hour = (datetime.now(UTC) + timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
    await firms.slots.book(firm, row.id, hour, actor="thu")

    row = await firms.filing.cancel(firm, row.id, "the buyer stepped back", actor="thu")

    assert (row.status, row.slot_at, row.reason) == ("cancelled", None, "the buyer stepped back")
    assert await firms.passes.current(firm, row.id) is None
    assert {fee.status for fee in await firms.fees.of(firm, row.id)} == {"void"}
    with pytest.raises(NotAllowedNow):
        await firms.filing.cancel(firm, row.id, "again", actor="thu")


async def test_a_draft_that_nobody_touches_is_forgotten_after_a_year(
    firms: Firms, moved: MovedClock
) -> None:
    firm = await approved(firms)
    draft = await firms.filing.new_draft(firm, actor="thu")
    row = await submitted(firms, firm, customs_number=None)
    await firms.clearances.reject(row.id, "no", actor="anh")
    await firms.filing.reopen(firm, row.id, actor="thu")
    moved.ahead = timedelta(days=300)
    await firms.filing.forget()
    assert len(await firms.filing.drafts(firm)) == 2
    moved.ahead = timedelta(days=400)
    await firms.filing.forget()
    assert [d.id for d in await firms.filing.drafts(firm)] == [row.id]
    with pytest.raises(UnknownRecord):
        await firms.filing.draft(firm, draft.id)


async def test_nobody_comes_and_it_expires(firms: Firms, moved: MovedClock) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    moved.ahead = timedelta(days=3)

    assert await firms.clearances.expire() == 1

    assert (await firms.filing.declaration(firm, row.id)).status == "expired"


async def test_a_copy_has_all_but_the_journeys_own(firms: Firms) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)

    draft = await firms.filing.copy(firm, row.id, actor="thu")

    assert draft.content["tractor"] == row.content["tractor"]
    assert draft.content["goods"] == row.content["goods"]
    assert "window_from" not in draft.content
    assert draft.content["seals"] == []


async def test_a_firm_sees_and_changes_only_its_own(firms: Firms) -> None:
    firm, stranger = await approved(firms), await approved(firms)
    row = await submitted(firms, firm)
    draft = await firms.filing.new_draft(firm, actor="thu")
    f = firms.filing
    for attempt in (
        f.declaration(stranger, row.id), f.events(stranger, row.id), f.draft(stranger, draft.id),
        f.copy(stranger, row.id, actor="x"), f.submit(stranger, draft.id, actor="x"),
        f.cancel(stranger, row.id, "x", actor="x"), f.discard(stranger, draft.id),
        f.amend(stranger, row.id, {"note": "x"}, actor="x", version=1),
        f.save(stranger, draft.id, {"note": "x"}, actor="x"), f.reopen(stranger, row.id, actor="x"),
        firms.slots.book(stranger, row.id, datetime.now(UTC).replace(
            minute=0, second=0, microsecond=0) + timedelta(hours=3), actor="x"),
        firms.passes.issue(stranger, row.id, actor="x"),
    ):  # fmt: skip
        with pytest.raises(UnknownRecord):
            await attempt
    assert await f.declarations(stranger) == []
    assert await firms.fees.of(stranger, row.id) == []
    assert await firms.fees.due(stranger) == []


async def test_a_firm_that_is_not_approved_files_nothing(firms: Firms) -> None:
    firm = await firms.registration.apply(application(), HASH, address="192.0.2.1")
    for unknown in (firm, nobody()):
        with pytest.raises(FirmNotApproved):
            await firms.filing.new_draft(unknown, actor="thu")


async def test_lists_go_on_after_the_last_row_without_gaps(firms: Firms) -> None:
    firm = await approved(firms)
    rows = [await submitted(firms, firm) for _ in range(5)]
    seen, after = [], None
    while page := await firms.filing.declarations(firm, after=after, most=2):
        seen += [row.id for row in page]
        after = Cursor(at=page[-1].created_at, id=page[-1].id)
    assert seen == [row.id for row in reversed(rows)]
    by_plate = await firms.filing.declarations(firm, Filter(text=rows[2].tractor_plate))
    assert [row.id for row in by_plate] == [rows[2].id]
    assert await firms.filing.declarations(firm, Filter(status=("departed",))) == []
    assert (await firms.filing.counts(firm))["accepted"] == 5


async def test_what_was_filed_is_kept_for_ever(firms: Firms, database: Database) -> None:
    firm = await approved(firms)
    row = await submitted(firms, firm)
    async with database.connection() as connection:
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await connection.execute("DELETE FROM filings")
    assert row.content["goods"][0]["hs_code"] == "08106000"
