"""Retention and erasure: what is past its time is gone, the rest stays, and the audit verifies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from config.settings import Retention
from gate.app.audit_review import review
from gate.app.clock import Clock, utc_now
from gate.app.erasure import erase_person
from gate.app.four_eyes import NotDone
from gate.app.retention import Keeper
from gate.core.decide import decide
from gate.core.lane.state import Lane
from gate.store import access_log, audit, lanes, legal_holds, transits
from gate.store.evidence import EvidenceStore
from gate.store.lanes import Lease
from gate.store.plain import DECISION, INPUTS, to_plain
from gate.store.pool import Database
from gate.store.service_role import SERVICE_ROLE
from schemas.declarations import Direction
from schemas.policy import Policy
from schemas.transit import DecisionInputs, SeenDocument, TransitEnd
from tests.core.builders import declaration, look, seen

pytestmark = pytest.mark.asyncio(loop_scope="session")
NOW = utc_now()
NAME, NUMBER = "Trần Văn Tèo", "B7654321"


class World:
    """A lane with transits of one driver, made as the service makes them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.evidence = EvidenceStore(folder / "evidence")
        self.keeper = Keeper(
            database, self.evidence, EvidenceStore(folder / "refused"), Clock(), Retention(),
            "Asia/Ho_Chi_Minh",
        )  # fmt: skip
        self.firm, self.driver, self.vehicle = uuid4(), uuid4(), uuid4()

    async def open(self) -> None:
        async with self.database.transaction() as c:
            await lanes.add_lane(c, "lane-1", "Lane 1", Direction.EXPORT)
            await c.execute("INSERT INTO firms VALUES ($1, 'Firm', '0100000001', 'VN')", self.firm)
            await c.execute(
                "INSERT INTO vehicles VALUES ($1, $2, 'tractor', '14C12345', 'VN', 44000)",
                self.vehicle, self.firm,
            )  # fmt: skip
            await c.execute(
                """INSERT INTO drivers VALUES ($1, $2, $3, 'VNM', 'passport', $4, '1980-01-01',
                   '2040-01-01')""", self.driver, self.firm, NAME, NUMBER,
            )  # fmt: skip
        policy = Policy()
        await transits.keep_policy(self.database, policy, "p")
        lease = await lanes.take_lease(self.database, "lane-1", "test", NOW, timedelta(days=9))
        assert lease is not None
        self.lease: Lease = lease

    async def transit(self, days: int, end: TransitEnd = TransitEnd.DEPARTED) -> tuple[UUID, str]:
        """A transit so many days ago, with a picture of the document; returns it and its hash."""
        at, transit, declared = NOW - timedelta(days=days), uuid4(), uuid4()
        capture, decision = uuid4(), uuid4()
        sha = self.evidence.put(f"{transit}".encode())
        filed = declaration(
            tractor_plate="14C12345", id=declared, driver=NAME, driver_document=NUMBER,
            firm_id=self.firm, window_from=at, window_to=at + timedelta(hours=1),
        )  # fmt: skip
        inputs = DecisionInputs(
            seen=seen(look("14C12345"), transit=transit,
                      documents=(SeenDocument(kind="passport", number=NUMBER),)),
            declarations=(filed,), now=at, policy="p",
        )  # fmt: skip
        made = decide(inputs, Policy())
        async with self.database.transaction() as c:
            await c.execute(
                """INSERT INTO declarations (id, number, firm_id, direction, gate, status,
                       tractor_id, driver_id, tractor_plate, customs, border_guard, quarantine,
                       fee, window_from, window_to, created_at)
                   VALUES ($1, $2, $3, 'export', 'g', 'departed', $4, $5, '14C12345', 'passed',
                       'passed', 'passed', 'passed', $6, $7, $6)""",
                declared, str(declared), self.firm, self.vehicle, self.driver, at,
                at + timedelta(hours=1),
            )  # fmt: skip
            await transits.begin(c, transit, "lane-1", Direction.EXPORT, at)
            await c.execute(
                """INSERT INTO captures (id, lane_id, device, role, sha256, media, bytes, width,
                       height, device_at, received_at, boot, seq, burst, shot, trigger, transit_id)
                   VALUES ($1, 'lane-1', 'cam', 'document', $2, 'image/jpeg', 1, 1, 1, $3, $3, $1,
                       1, $1, 1, 'loop', $4)""", capture, sha, at, transit,
            )  # fmt: skip
            await c.execute(
                """INSERT INTO readings VALUES ($1, $2, 1, 'mrz', $3, $3, 0.9, 'e', 'm', 1,
                   jsonb_build_object('text', $3::text))""", uuid4(), capture, f"P<VNM{NUMBER}",
            )  # fmt: skip
            row: dict[str, Any] = {
                "id": decision, "transit_id": transit, "at": at, "actor": "machine",
                "outcome": made.outcome.value, "policy_hash": "p",
                "inputs": to_plain(INPUTS, inputs), "decision": to_plain(DECISION, made),
                "note": "",
            }  # fmt: skip
            await transits.add_decision(
                c, decision_id=decision, transit=transit, at=at, actor="machine", decision=made,
                inputs=inputs, ms=1,
            )  # fmt: skip
            await c.execute(
                "UPDATE transits SET declaration_id = $2 WHERE id = $1", transit, declared
            )
            for kind, data, proof in (
                ("capture_stored", {"capture": str(capture)}, ""),
                ("decided", {"decision": str(decision)}, audit.decision_hash(row)),
            ):
                await lanes.save_step(
                    c, self.lease, Lane(id="lane-1", since=at), data, kind, [], at, transit,
                    actor="machine", decision=proof,
                )  # fmt: skip
            await transits.finish(c, transit, end, at)
        return transit, sha

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        async with self.database.connection() as c:
            return [dict(row) for row in await c.fetch(sql, *arguments)]

    async def faults(self) -> list[tuple[str, str]]:
        return [(f.chain, f.kind) for f in (await review(self.database, None)).faults]

    async def personal(self) -> list[str]:
        """Where the person still stands, in any table of the database."""
        found = []
        names = await self.rows(
            "SELECT table_name AS t FROM information_schema.tables WHERE table_schema = 'public'"
        )
        for name in names:
            hit = await self.rows(
                f"SELECT 1 FROM {name['t']} x WHERE x::text LIKE '%{NUMBER}%'"
                f" OR x::text LIKE '%{NAME}%' LIMIT 1"
            )
            found += [name["t"]] * bool(hit)
        return sorted(found)


@pytest_asyncio.fixture(loop_scope="session")
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database, tmp_path)
    await made.open()
    yield made


async def test_old_pictures_go_but_not_those_of_incidents_and_holds(world: World) -> None:
    _old, old_sha = await world.transit(91)
    turned, turned_sha = await world.transit(92, TransitEnd.TURNED_BACK)
    held, held_sha = await world.transit(93)
    new, new_sha = await world.transit(89)
    async with world.database.transaction() as connection:
        await legal_holds.add(
            connection, hold=uuid4(), kind="transit", value=str(held), reason="case", by="anh",
            at=NOW,
        )  # fmt: skip
    outcomes = await world.rows("SELECT DISTINCT outcome FROM decisions")
    assert outcomes == [{"outcome": "hold"}]
    due = await world.keeper.due()
    assert (due["pictures"], due["held"]) == (1, 2)

    counts = await world.keeper.run("anh")

    assert (counts["pictures"], counts["files"], counts["persons"]) == (1, 1, 0)
    assert not world.evidence.path(old_sha).exists()
    for sha in (turned_sha, held_sha, new_sha):
        assert world.evidence.path(sha).exists()
    readings = await world.rows(
        "SELECT c.transit_id FROM readings r JOIN captures c ON c.id = r.capture_id"
    )
    assert {row["transit_id"] for row in readings} == {turned, held, new}
    assert await world.faults() == []
    assert (await world.keeper.due())["pictures"] == 0


async def test_a_person_long_gone_is_erased_everywhere_and_the_audit_verifies(
    world: World,
) -> None:
    _transit, sha = await world.transit(731)
    before = await world.rows("SELECT hash FROM audit_events ORDER BY chain, number")
    assert "decisions" in await world.personal()

    counts = await world.keeper.run("service")

    assert counts["persons"] == 1
    assert await world.personal() == []
    assert not world.evidence.path(sha).exists()
    assert await world.faults() == []
    after = await world.rows("SELECT hash FROM audit_events ORDER BY chain, number")
    assert {r["hash"] for r in before} <= {r["hash"] for r in after}
    (row,) = await world.rows("SELECT inputs, outcome FROM decisions")
    assert INPUTS.validate_python(row["inputs"]).declarations[0].driver == "erased"


async def test_old_transits_lose_plates_and_inputs_after_a_person_was_erased(world: World) -> None:
    await world.transit(3_700)
    assert (await world.keeper.run("service"))["transits"] == 1
    (row,) = await world.rows("SELECT plate FROM transits")
    assert row["plate"] == ""
    (row,) = await world.rows("SELECT inputs FROM decisions")
    assert row["inputs"] == {"erased": True}
    rows = await world.rows("SELECT number FROM erasures ORDER BY number")
    assert [r["number"] for r in rows] == [1, 2]
    assert await world.faults() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE decisions SET decision = jsonb_set(decision, '{plate}', '\"X\"')",
        "UPDATE decisions SET outcome = 'release'",
        "UPDATE erasures SET remains = was",
        "UPDATE erasures SET was = remains",
        "DELETE FROM erasures",
    ],
)
async def test_an_erasure_does_not_hide_a_forgery(world: World, sql: str) -> None:
    await world.transit(731)
    await world.keeper.run("service")
    async with world.database.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(sql)
    assert await world.faults() != []


async def test_a_legal_hold_stops_the_erasure_of_a_person(world: World) -> None:
    transit, _sha = await world.transit(10)
    async with world.database.transaction() as connection:
        await legal_holds.add(
            connection, hold=UUID(int=7), kind="plate", value="14012345", reason="case", by="anh",
            at=NOW,
        )  # fmt: skip
        (row,) = await connection.fetch("SELECT plate_key FROM transits WHERE id = $1", transit)
        assert row["plate_key"] in ("14C12345", "14012345", "14612345")
        await connection.execute("UPDATE legal_holds SET value = $1", row["plate_key"])
    facts = {"at": NOW, "by": "anh", "facts": {}}
    with pytest.raises(NotDone, match="held"):
        async with world.database.transaction() as connection:
            await erase_person(connection, world.driver, **facts)
    assert "drivers" in await world.personal()
    async with world.database.transaction() as connection:
        assert await legal_holds.end(connection, UUID(int=7), "anh", "thu", NOW)
        counts = await erase_person(connection, world.driver, **facts)
    assert (counts["decisions"], counts["pictures"]) == (1, 1)
    assert await world.personal() == []
    assert await world.faults() == []


async def as_service(database: Database, sql: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(f"SET LOCAL ROLE {SERVICE_ROLE}")
        await connection.execute(sql)


async def test_the_service_role_erases_only_with_a_record_and_changes_nothing_else(
    world: World,
) -> None:
    await world.transit(5)
    (row,) = await world.rows("SELECT id FROM decisions")
    for sql in (
        f"SELECT erase_decision('{row['id']}', '{{}}', '{{}}', '')",
        "UPDATE decisions SET note = 'x'",
        "DELETE FROM erasures",
        "UPDATE access_log SET actor = 'other'",
        "SET gate.erasing = 'decisions'; UPDATE decisions SET note = 'x'",
    ):
        with pytest.raises(asyncpg.PostgresError, match=r"permission denied|needs its record"):
            await as_service(world.database, sql)
    async with world.database.transaction() as connection:
        await connection.execute(f"SET LOCAL ROLE {SERVICE_ROLE}")
        found = await connection.fetchval(
            "SELECT erase_readings(array_agg(capture_id)) FROM readings"
        )
    assert found == 0  # the pictures are still there: their readings stay


async def test_the_access_log_is_kept_five_years(world: World) -> None:
    for days in (1_800, 1_830):
        at: datetime = NOW - timedelta(days=days)
        await access_log.note(world.database, at=at, actor="anh", what="transit", subject=str(days))
    await world.keeper.run("service")
    rows = await access_log.newest(world.database)
    assert [row["subject"] for row in rows] == ["1800"]
