"""Filing an upload beside the requests: in pieces, each declaration once, whatever happens."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from gate.app.firms import many
from gate.app.firms.bulk import filer as filers
from gate.app.firms.bulk.desk import MOST_UNDER_WAY
from gate.app.firms.desk import Firms
from gate.app.firms.errors import StillFiling
from gate.app.firms.wording import english
from gate.core.filing.content import Content
from gate.store.pool import Database
from tests.firms.rig import MovedClock, approved, content, firms_over
from tests.firms.test_bulk import as_csv, filed, line, sheet_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def asked(firms: Firms, firm: UUID, count: int, **how: bool) -> UUID:
    """An upload of this many good rows that shall be filed."""
    rows = [line(f"R{n}", n, plate=f"14C-{10_000 + n}") for n in range(count)]
    shown = await firms.bulk.preview(firm, "list.csv", as_csv("en", rows).encode())
    assert len(shown.good) == count
    how = {"all_or_nothing": False, "submit": True, **how}
    await firms.bulk.commit(firm, shown.id, actor="thu", **how)
    return shown.id


async def count(database: Database, firm: UUID) -> int:
    async with database.connection() as connection:
        return int(
            await connection.fetchval("SELECT count(*) FROM declarations WHERE firm_id = $1", firm)
        )


async def left_behind(database: Database, firm: UUID) -> list[Any]:
    """What stands in all tables of the firm, without what is never the same twice."""
    own = "(SELECT id FROM declarations WHERE firm_id = $1)"
    order = "(SELECT tractor_plate || d.window_from FROM declarations d WHERE d.id = %s)"
    asked = (
        """SELECT direction, gate, status, customs, border_guard, quarantine, fee, d.tractor_plate,
               d.trailer_plate, containers, seals, cargo, gross_kg, un_number, window_from,
               window_to, d.version, reason, slot_at, lane, submitted_at IS NULL AS draft,
               v.plate, t.plate AS drawn, p.document_number FROM declarations d
           JOIN vehicles v ON v.id = d.tractor_id LEFT JOIN vehicles t ON t.id = d.trailer_id
           LEFT JOIN drivers p ON p.id = d.driver_id WHERE d.firm_id = $1
           ORDER BY d.tractor_plate, window_from""",
        f"""SELECT line, description, hs_code, quantity, unit, net_kg, origin
            FROM declaration_items i WHERE declaration_id IN {own}
            ORDER BY {order % "declaration_id"}, line""",
        f"""SELECT version, content, filed_by FROM filings i WHERE declaration_id IN {own}
            ORDER BY {order % "declaration_id"}""",
        f"""SELECT number, actor, from_status, to_status, kind, data, transit_id
            FROM declaration_events i WHERE declaration_id IN {own}
            ORDER BY {order % "declaration_id"}, number""",
        f"""SELECT code, amount, currency, status, settled_by, reference FROM fees i
            WHERE firm_id = $1 ORDER BY {order % "declaration_id"}, code""",
        f"SELECT count(*) FROM notices WHERE declaration_id IN {own}",
        """SELECT kind, plate, country, permitted_kg, axles, permit_number, version, retired_at
           FROM vehicles WHERE firm_id = $1 ORDER BY plate""",
        """SELECT name, nationality, document_kind, document_number, birth_date, document_until,
               phone, version, retired_at FROM drivers WHERE firm_id = $1
           ORDER BY document_number""",
        "SELECT count(*) FROM declaration_drafts WHERE firm_id = $1",
    )
    async with database.connection() as connection:
        return [[dict(row) for row in await connection.fetch(text, firm)] for text in asked]


def contents() -> list[Content]:
    """Contents of every kind: new and known vehicles, a driver whose paper was renewed, one who
    overlaps, one without driver, without trailer, and one that is wrong.
    """
    first = content()
    same_truck = {**content(), "tractor": first["tractor"]}
    renewed = {**content(), "driver": {**first["driver"], "document_until": "2036-01-01"}}
    later = {**content(), "driver": first["driver"], "trailer": first["trailer"]}
    for n in (1, 2):
        later["goods"] = [*later["goods"], {**later["goods"][0], "description": f"Mango {n}"}]
    rigid = {**content(), "trailer": {}, "gross_kg": 20_000,
             "tractor": {"plate": "14C99999", "country": "VN", "kind": "truck",
                         "permitted_kg": 24_000}}  # fmt: skip
    return [first, same_truck, renewed, {**content(), "driver": {}}, later,
            {**content(), "gross_kg": 90_000}, rigid, content(customs_number="")]  # fmt: skip


async def test_many_at_once_leave_what_one_by_one_leaves(firms: Firms, database: Database) -> None:
    given = contents()
    single, together = await approved(firms), await approved(firms)
    outcomes = []
    for one in given:
        try:
            async with database.transaction() as connection:
                _, made = await firms.filing.file(connection, single, one, actor="thu", submit=True)
            assert made is not None
            outcomes.append((made.declaration.status, codes(made.problems)))
        except ValueError as error:
            outcomes.append(("", codes(error.problems)))  # type: ignore[attr-defined]

    async with database.transaction() as connection:
        found = await many.submit_many(
            connection, together, given, actor="thu", gate=firms.filing._gate,
            tariff=firms.fees.tariff, clock=firms.filing._clock,
        )  # fmt: skip

    assert [(one.status, codes(one.problems)) for one in found] == outcomes
    assert {status for status, _ in outcomes} == {"accepted", "submitted", ""}
    assert "already_declared" in outcomes[1][1]
    assert await left_behind(database, together) == await left_behind(database, single)


def codes(problems: Any) -> list[str]:
    return [problem.code for problem in problems]


async def test_a_service_that_ends_in_the_middle_goes_on_where_it_stood(
    firms: Firms, database: Database, tmp_path: Path, moved: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(filers, "PIECE", 10)
    firm = await approved(firms)
    upload = await asked(firms, firm, 60)
    done = 0
    for n in range(8):  # each service is ended in the middle of a piece, at another moment
        service = firms_over(database, tmp_path, moved)
        work = asyncio.create_task(service.bulk.filer.run())
        await asyncio.sleep(0.01 + 0.02 * n)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        progress = await firms.bulk.progress(firm, upload)
        assert progress is not None
        assert progress.filed == await count(database, firm) >= done
        assert progress.filed % 10 == 0
        done = progress.filed
    await filed(firms_over(database, tmp_path, moved))

    progress = await firms.bulk.progress(firm, upload)
    assert progress is not None
    assert (progress.state, progress.filed, progress.refused) == ("done", 60, 0)
    found = await firms.bulk.results(firm, upload)
    assert [one.reference for one in found] == [f"R{n}" for n in range(60)]
    assert len({one.declaration_id for one in found}) == await count(database, firm) == 60


async def test_two_services_file_each_row_once(
    firms: Firms, database: Database, tmp_path: Path, moved: MovedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(filers, "PIECE", 7)
    firm = await approved(firms)
    upload = await asked(firms, firm, 40)
    other = firms_over(database, tmp_path, moved)
    for _ in range(20):
        await asyncio.gather(filed(firms), filed(other))
    progress = await firms.bulk.progress(firm, upload)
    assert progress is not None
    assert (progress.state, progress.filed) == ("done", 40)
    assert await count(database, firm) == 40


async def test_all_or_nothing_files_nothing_where_a_row_went_bad_meanwhile(
    firms: Firms, database: Database, moved: MovedClock
) -> None:
    firm = await approved(firms)
    upload = await asked(firms, firm, 130, all_or_nothing=True)
    moved.ahead = timedelta(hours=20)  # all windows are over
    await filed(firms)
    progress = await firms.bulk.progress(firm, upload)
    assert progress is not None
    assert (progress.state, progress.stopped, progress.filed) == ("stopped", "row_refused", 0)
    assert (await count(database, firm), progress.not_filed) == (0, 130)
    shown = await firms.bulk.shown(firm, upload)
    cells = sheet_of(await firms.bulk.report(firm, shown, "en", english))[1:]
    assert {row[0] for row in cells} == {str(n) for n in range(2, 132)}
    assert "The time window is over." in {row[3] for row in cells}
    assert "This was not filed; upload it again." in {row[3] for row in cells}


async def test_rows_that_went_bad_meanwhile_are_left_with_their_problems(
    firms: Firms, database: Database, moved: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filers, "PIECE", 5)
    firm = await approved(firms)
    upload = await asked(firms, firm, 12)
    await firms.bulk.filer.work()
    moved.ahead = timedelta(hours=20)
    await filed(firms)
    progress = await firms.bulk.progress(firm, upload)
    assert progress is not None
    assert (progress.state, progress.filed, progress.refused) == ("done", 5, 7)
    refused = await firms.bulk.results(firm, upload, refused=True)
    assert {problem["code"] for one in refused for problem in one.problems} >= {"window_past"}
    assert await count(database, firm) == 5


async def test_a_vehicle_that_another_request_adds_meanwhile_costs_no_row(
    firms: Firms, database: Database
) -> None:
    firm = await approved(firms)
    upload = await asked(firms, firm, 6)
    async with database.transaction() as connection:
        await connection.execute(
            """INSERT INTO vehicles (id, firm_id, kind, plate, country, permitted_kg)
               VALUES ($1, $2, 'truck', '14C10003', 'VN', 24000)""",
            uuid4(), firm,
        )  # fmt: skip
        work = asyncio.create_task(filed(firms))  # it waits for this transaction
        await asyncio.sleep(0.3)
        assert not work.done()
    await work
    progress = await firms.bulk.progress(firm, upload)
    assert progress is not None
    assert (progress.filed, progress.refused) == (6, 0)


async def test_firms_take_turns_and_one_has_a_bound(
    firms: Firms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filers, "PIECE", 5)
    large, small = await approved(firms), await approved(firms)
    first = await asked(firms, large, 30)
    for _ in range(MOST_UNDER_WAY - 1):
        await asked(firms, large, 1)
    with pytest.raises(StillFiling):
        await asked(firms, large, 1)
    last = await asked(firms, small, 1)
    for _ in range(MOST_UNDER_WAY + 1):
        await firms.bulk.filer.work()
    progress = await firms.bulk.progress(small, last)
    assert progress is not None
    assert progress.state == "done"
    progress = await firms.bulk.progress(large, first)
    assert progress is not None
    assert (progress.state, progress.filed) == ("filing", 5)
    await filed(firms)
    await asked(firms, large, 1)


async def test_a_firm_that_is_suspended_meanwhile_files_no_more(
    firms: Firms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filers, "PIECE", 5)
    firm = await approved(firms)
    upload = await asked(firms, firm, 8)
    await firms.bulk.filer.work()
    await firms.registration.suspend(firm, "papers", actor="anh")
    await filed(firms)
    progress = await firms.bulk.progress(firm, upload)
    assert progress is not None
    assert (progress.stopped, progress.filed, progress.not_filed) == ("firm_not_approved", 5, 3)


async def test_what_is_being_filed_is_not_forgotten(firms: Firms, moved: MovedClock) -> None:
    firm = await approved(firms)
    upload = await asked(firms, firm, 2)
    shown = [await firms.bulk.preview(firm, "x.csv", as_csv("en", [line("A", n)]).encode())
             for n in range(21)]  # fmt: skip
    moved.ahead = timedelta(hours=2)
    await firms.bulk.forget()
    moved.ahead = timedelta()
    await filed(firms)
    progress = await firms.bulk.progress(firm, upload)
    assert progress is not None
    assert (progress.state, progress.filed) == ("done", 2)
    assert await firms.bulk.progress(firm, shown[-1].id) is None
    moved.ahead = timedelta(hours=25)
    await firms.bulk.forget()
    assert await firms.bulk.progress(firm, upload) is None
    assert await firms.bulk.recent(firm) == []
