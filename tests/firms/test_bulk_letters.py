"""An upload is told in one letter at its end; web calls and later letters go one by one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gate.app.firms.bulk import filer as filers
from gate.app.firms.desk import Firms
from gate.store import declarations
from gate.store.pool import Database
from schemas.declarations import DeclarationStatus
from tests.firms.receivers import receiving
from tests.firms.rig import MovedClock, approved, firms_over
from tests.firms.test_bulk import as_csv, filed, line

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def uploaded(firms: Firms, firm: UUID, count: int, bad: int = 0, **how: bool) -> UUID:
    """An upload of so many good rows, of which every third waits for an officer, then bad ones."""
    rows = [line(f"R{n}", n, plate=f"14C-{10_000 + n}", **({"customs": ""} if n % 3 == 0 else {}))
            for n in range(count)]  # fmt: skip
    rows += [line(f"B{n}", n, plate=f"15C-{10_000 + n}", hs="x") for n in range(bad)]
    shown = await firms.bulk.preview(firm, "đợt 1.csv", as_csv("en", rows).encode())
    assert (len(shown.good), len(shown.bad)) == (count, bad)
    how = {"all_or_nothing": False, "submit": True, **how}
    await firms.bulk.commit(firm, shown.id, actor="thu", **how)
    return shown.id


async def told(firms: Firms) -> None:
    """All events are turned into letters and web calls."""
    while await firms.notices.work():
        pass


async def written(firms: Firms, firm: UUID) -> list[Any]:
    """The firm's letters but those about the firm itself."""
    about = ("Your application", "Your firm")
    found = await firms.notices.letters(firm)
    return [one for one in found if not one.subject.startswith(about)]


async def test_an_upload_writes_one_letter_and_calls_webhooks_for_each_declaration(
    firms: Firms, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filers, "PIECE", 5)
    firm = await approved(firms)
    async with receiving() as receiver:
        hook, _ = await firms.webhooks.make(firm, url=receiver.url, events=["*"], actor="thu")
        upload = await uploaded(firms, firm, 12, bad=11)
        await filed(firms)
        await told(firms)
    (letter,) = await written(firms, firm)
    assert letter.subject == "12 of 23 declarations of đợt 1.csv were filed"
    assert "Accepted: 8" in letter.body
    assert "Waiting for an officer: 4" in letter.body
    assert "Not filed: 11" in letter.body
    assert f"/portal/bulk/{upload}" in letter.body
    lines = [one for one in letter.body.splitlines() if one.startswith("Row ")]
    assert len(lines) == 10
    assert lines[0].startswith("Row 14: Mã HS: ")  # the firm reads Vietnamese
    assert "… and 1 more." in letter.body
    deliveries = await firms.webhooks.deliveries(firm, hook.id)
    assert {one.event for one in deliveries} == {"declaration.submitted", "declaration.accepted"}
    assert len(deliveries) == 12 + 8

    # What happens to a declaration later is told by itself: by an officer, and at the gate.
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT id, status FROM declarations WHERE firm_id = $1", firm
        )
    waiting = next(row["id"] for row in rows if row["status"] == "submitted")
    await firms.clearances.accept(waiting, actor="anh")
    taken = next(row["id"] for row in rows if row["status"] == "accepted")
    async with database.transaction() as connection:
        for to in ("clearing", "cleared"):
            await declarations.move(
                connection, taken, DeclarationStatus(to), actor="machine",
                at=firms.filing._clock.now(),
            )  # fmt: skip
    await told(firms)
    subjects = [one.subject for one in await written(firms, firm)]
    assert len(subjects) == 3
    assert any("was accepted" in one for one in subjects)
    assert any("is cleared" in one for one in subjects)


async def test_the_letter_says_why_nothing_was_filed_in_the_firms_language(
    firms: Firms, database: Database, moved: MovedClock
) -> None:
    firms.speak(lambda language, text: f"[{language}] {text}")
    firm = await approved(firms)
    await uploaded(firms, firm, 3, all_or_nothing=True)
    moved.ahead = timedelta(hours=20)  # all windows are over
    await filed(firms)
    await told(firms)
    letter = (await firms.notices.letters(firm, most=1))[0]
    assert letter.subject.endswith("0 of 3 declarations of đợt 1.csv were filed")
    assert f"[{letter.language}] Rows had errors when they were to be filed" in letter.body
    assert f"[{letter.language}] The time window is over." in letter.body


async def test_drafts_send_no_letter_but_their_submitting_does(firms: Firms) -> None:
    firm = await approved(firms)
    upload = await uploaded(firms, firm, 1, submit=False)
    await filed(firms)
    await told(firms)
    assert await written(firms, firm) == []
    (one,) = await firms.bulk.results(firm, upload)
    assert one.declaration_id is not None
    await firms.filing.submit(firm, one.declaration_id, actor="thu")
    await told(firms)
    assert "was submitted" in (await written(firms, firm))[-1].subject


async def test_a_firm_may_want_no_letter_about_uploads(firms: Firms) -> None:
    firm = await approved(firms)
    wanted = await firms.letter_choices.wanted(firm)
    await firms.letter_choices.choose(firm, wanted - {"upload.filed"}, actor="thu")
    await uploaded(firms, firm, 2)
    await filed(firms)
    await told(firms)
    assert await written(firms, firm) == []


async def test_the_letter_links_to_where_the_pages_are(
    database: Database, tmp_path: Path, moved: MovedClock
) -> None:
    web = {"address": "https://gate.example/"}
    desk = firms_over(database, tmp_path, moved, web=web)
    firm = await approved(desk)
    upload = await uploaded(desk, firm, 1)
    await filed(desk)
    (letter,) = await written(desk, firm)
    assert f"https://gate.example/portal/bulk/{upload}" in letter.body
