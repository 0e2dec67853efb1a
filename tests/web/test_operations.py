"""Operations without a browser: figures against driven trucks, lists, exports, who may what."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession, CookieJar

from gate.app.clock import utc_now
from gate.app.statistics_days import today
from gate.store import lane_watch, users
from gate.web.auth import hash_password
from gate.web.operations import export
from tests.web.conftest import ENGLISH, PASSWORD, Site, signed_in
from tests.web.operations_gate import (
    ZONE,
    add_past,
    counted,
    drive,
    drive_overridden,
    turn_back,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")


def browser() -> ClientSession:
    return ClientSession(cookie_jar=CookieJar(unsafe=True), headers=ENGLISH)


async def text_of(client: ClientSession, url: str, status: int = 200) -> str:
    async with client.get(url) as answer:
        body = await answer.text()
        assert answer.status == status, body[-2000:]
        return body


async def test_every_number_equals_what_was_driven(site: Site) -> None:
    await drive(site.rig)
    await drive(site.rig, "29H-456.78")
    await drive_overridden(site.rig)
    await turn_back(site.rig)
    await counted(site.rig)
    day = today(utc_now(), ZONE).isoformat()
    rows = await site.rig.rows_of("SELECT * FROM transits ORDER BY ended_at")
    assert [row["ended"] for row in rows] == ["departed", "departed", "departed", "turned_back"]
    async with browser() as client:
        await _take_lane(site, "ha")
        await signed_in(client, site.url, "bao")
        async with client.get(f"{site.url}/operations/figures") as answer:
            figures: dict[str, Any] = await answer.json()
        now = figures["totals"]["today"]
        assert (now["finished"], now["departed"], now["unaided"], now["held"]) == (4, 3, 2, 2)
        dwell = sorted(
            (r["ended_at"] - r["began_at"]).total_seconds()
            for r in rows
            if r["ended"] == "departed"
        )
        assert now["dwell_s"] == pytest.approx(dwell[1], abs=0.002)
        assert sum(hour["export"][0] for hour in figures["hours"]) == 4
        assert sum(hour["lanes"].get("lane-1", [0])[0] for hour in figures["hours"]) == 4
        reasons = await site.rig.rows_of(
            """SELECT code, count(DISTINCT transit_id) AS n FROM decisions, unnest(codes) AS code
               WHERE actor = 'machine' AND outcome <> 'release' GROUP BY code"""
        )
        assert {r["code"]: r["transits"] for r in figures["reasons"]} == {
            r["code"]: r["n"] for r in reasons
        }
        assert {"FEE_UNPAID", "PLATE_UNREADABLE"} <= {r["code"] for r in reasons}
        assert figures["lanes"][0]["today"] == 4
        assert figures["lanes"][0]["staff"] == ["Ha Test"], "who took the lane"
        for camera in figures["cameras"]:
            assert (camera["exact"], camera["seen"]) == (3, 3), camera
        stages = figures["stages"]
        spent = sum(v for row in stages for k, v in row.items() if k not in ("hour", "transits"))
        whole = sum((r["ended_at"] - r["began_at"]).total_seconds() for r in rows)
        if len(stages) == 1:
            assert spent * 4 == pytest.approx(whole, abs=0.3)

        for query, number in (("", 4), ("kind=overridden", 1), ("kind=unaided", 2),
                              ("reason=PLATE_UNREADABLE", 1), ("ended=departed", 3),
                              ("officer=ha", 1), ("camera=cam-front", 0)):  # fmt: skip
            page = await text_of(client, f"{site.url}/operations/transits?{query}")
            assert f">{number} transit" in page, query
        assert f"/transits/{rows[0]['id']}" in page or query != ""
        report = await text_of(client, f"{site.url}/operations/report/{day}")
        assert "Provisional" in report
        for name, value in (("Trucks", 4), ("Departed", 3), ("Turned back", 1), ("Overridden", 1)):
            assert re.search(rf"<dt>{name}</dt><dd>{value}<small>", report), name
        await text_of(client, f"{site.url}/operations/history")
        await text_of(client, f"{site.url}/operations/cameras")
        await _exports(client, site.url, rows)


async def _take_lane(site: Site, officer: str) -> None:
    async with site.rig.database.transaction() as connection:
        await lane_watch.add(
            connection, "lane-1", "taken", officer=officer, at=utc_now(), expected="", matters=[]
        )


async def _exports(client: ClientSession, url: str, rows: list[dict[str, Any]]) -> None:
    async with client.get(f"{url}/operations/transits.csv") as answer:
        body = await answer.read()
        assert "attachment" in answer.headers["Content-Disposition"]
    assert body.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert [line[-1] for line in lines[1:]] == [str(row["id"]) for row in reversed(rows)]
    assert lines[0][4] == "Plate"
    assert lines[1][9] == "turned back"
    local = (rows[-1]["ended_at"] + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M:%S")
    assert lines[1][1] == local
    async with client.get(f"{url}/operations/transits.xlsx", headers={}) as answer:
        book = zipfile.ZipFile(io.BytesIO(await answer.read()))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 5
    assert "14C-123.45" in sheet
    async with client.get(f"{url}/operations/hours.csv") as answer:
        hours = list(csv.reader(io.StringIO((await answer.read()).decode("utf-8-sig"))))
    assert sum(int(line[3]) for line in hours[1:]) == 3


async def test_exports_have_limits_and_say_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await drive(site.rig)
    await counted(site.rig)
    monkeypatch.setitem(export.MOST, "csv", 0)
    async with browser() as client:
        await signed_in(client, site.url, "bao")
        async with client.get(f"{site.url}/operations/transits.csv") as answer:
            assert answer.status == 413
            assert "at most 0. Choose fewer days" in (await answer.json())["error"]


async def test_wrong_questions_are_answered_in_words(site: Site) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    wrong = {
        "operations/transits?day=24.11.2026": "year-month-day",
        f"operations/transits?day={tomorrow}": "not come yet",
        "operations/transits?day=2026-01-01&to=2026-06-01": "at most 31 days",
        "operations/transits?day=2026-01-02&to=2026-01-01": "before the first",
        "operations/transits?hour=99": "from 0 to 23",
        "operations/transits?outcome=x": "chosen here",
        "operations/transits?after=nonsense": "begin anew",
        "operations/transits?after=2026-01-01T00:00:00~x": "begin anew",
        "operations/history?day=1999-01-01": "no figures of that time",
        "operations/report/yesterday": "year-month-day",
        "operations/hours.csv?day=2020-01-01": "",
        "wall?rotate=1": "from 5 to 600",
        "wall?rotate=x": "from 5 to 600",
    }
    async with browser() as client:
        await signed_in(client, site.url, "bao")
        for path, words in wrong.items():
            async with client.get(f"{site.url}/{path}") as answer:
                text = await answer.text()
            assert answer.status == (400 if words else 200), path
            assert words in text, path


async def test_only_those_see_operations_who_may(site: Site) -> None:
    paths = ("operations", "wall", "operations/stream", "operations/figures", "operations/cameras",
             "operations/transits", "operations/history", "operations/transits.csv",
             "operations/hours.xlsx", "operations/report/2026-11-01")  # fmt: skip
    async with browser() as client:
        for path in paths:
            async with client.get(f"{site.url}/{path}") as answer:
                assert answer.status == 401, path
        await signed_in(client, site.url, "ha")
        for path in paths:
            async with client.get(f"{site.url}/{path}") as answer:
                assert answer.status == 403, path


async def test_a_lead_of_one_lane_lists_only_its_transits(site: Site) -> None:
    await drive(site.rig)
    await counted(site.rig)
    async with site.rig.database.transaction() as connection:
        await users.add_user(
            connection, user=uuid4(), name="lane9", full_name="Lane Nine", role="shift_lead",
            lanes=("lane-9",), password_hash=hash_password(PASSWORD), demo=False,
        )  # fmt: skip
    async with browser() as client:
        await signed_in(client, site.url, "lane9")
        page = await text_of(client, f"{site.url}/operations/transits")
        assert ">0 transits" in page
        async with client.get(f"{site.url}/operations/transits.csv") as answer:
            assert len((await answer.text()).splitlines()) == 1


async def test_a_past_day_never_changes_and_made_up_hours_say_so(site: Site) -> None:
    made = await add_past(site.rig)
    yesterday = (today(utc_now(), ZONE) - timedelta(days=1)).isoformat()
    async with browser() as client:
        await signed_in(client, site.url, "anh")
        page = await text_of(client, f"{site.url}/operations/transits?day={yesterday}")
        report = await text_of(client, f"{site.url}/operations/report/{yesterday}")
        await drive(site.rig)
        await counted(site.rig)
        assert await text_of(client, f"{site.url}/operations/report/{yesterday}") == report
    assert made > 2_000
    assert "made up for the demonstration" in page
    assert "No transits are kept for this time." in page
    assert "made up for the demonstration" in report
    assert "Provisional" not in report
