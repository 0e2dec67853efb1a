"""The audit: nothing that happened can be changed, taken out, put in or moved unseen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from gate.app.audit_keys import KeyUnusable, checker, make_key, public_path, signer
from gate.app.audit_review import review
from gate.app.clock import utc_now
from gate.app.policies import put_in_force
from gate.core.lane.state import Lane
from gate.store import audit, audit_anchors, lanes, watchlists
from gate.store.lanes import Lease
from gate.store.migrate import migrate
from gate.store.pool import Database
from gate.store.service_role import SERVICE_ROLE, role_for
from schemas.declarations import Direction
from schemas.policy import Policy
from schemas.watchlist import WatchEntry, WatchKind
from tests.core.builders import declaration, look, seen

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = utc_now()
PROOF = ("audit_events", "audit_anchors", "transit_events", "decisions", "readings", "policies")


@pytest_asyncio.fixture(loop_scope="session")
async def leased(database: Database) -> Lease:
    """A lane with ten steps in its chain."""
    async with database.connection() as connection:
        await lanes.add_lane(connection, "lane-1", "Lane 1", Direction.EXPORT)
    lease = await lanes.take_lease(database, "lane-1", "test", NOW, timedelta(seconds=15))
    assert lease is not None
    for n in range(10):
        await step(database, lease, n)
    return lease


async def step(database: Database, lease: Lease, n: int) -> None:
    """One step of the lane, as the service writes it."""
    async with database.transaction() as connection:
        await lanes.save_step(
            connection, lease, Lane(id="lane-1", since=NOW), {"n": n, "share": 0.1 * n}, "tick",
            [{"kind": "ignore", "because": "xin chào 你好"}], NOW + timedelta(seconds=n), None,
            actor="machine",
        )  # fmt: skip


async def tamper(database: Database, sql: str, *arguments: object) -> None:
    """What somebody does who owns the database: triggers off, then the deed."""
    async with database.transaction() as connection:
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(sql, *arguments)


async def faults(database: Database) -> list[tuple[str, int, str]]:
    """The faults as (chain, number, kind)."""
    return [(f.chain, f.number, f.kind) for f in (await review(database, None)).faults]


async def test_an_untouched_chain_verifies(database: Database, leased: Lease) -> None:
    found = await review(database, None)

    assert (found.entries, found.faults) == (10, ())


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE audit_events SET actor = 'other' WHERE number = 4", ("lane/lane-1", 4, "changed")),
        ("DELETE FROM audit_events WHERE number = 4", ("lane/lane-1", 4, "missing")),
        (
            "UPDATE transit_events SET data = '{}' WHERE number = 7",
            ("lane/lane-1", 7, "changed"),
        ),
        ("DELETE FROM transit_events WHERE number = 7", ("lane/lane-1", 7, "missing")),
        (
            "UPDATE transit_events SET at = at + interval '1 ms' WHERE number = 10",
            ("lane/lane-1", 10, "changed"),
        ),
    ],
)
async def test_a_changed_or_missing_row_is_found_and_named(
    database: Database, leased: Lease, sql: str, expected: tuple[str, int, str]
) -> None:
    await tamper(database, sql)

    assert expected in await faults(database)


async def test_two_rows_that_changed_places_are_found(database: Database, leased: Lease) -> None:
    for move in ("= 99 WHERE number = 3", "= 3 WHERE number = 5", "= 5 WHERE number = 99"):
        await tamper(database, f"UPDATE audit_events SET number {move}")

    found = await faults(database)
    assert {number for _, number, _ in found} >= {3, 5}


async def test_a_row_that_was_put_in_is_found(database: Database, leased: Lease) -> None:
    await tamper(
        database,
        """INSERT INTO transit_events (lane_id, number, at, kind, data, effects, token)
           VALUES ('lane-1', 99, now(), 'tick', '{}', '[]', 1)""",
    )

    assert ("lane/lane-1", 0, "added") in await faults(database)


async def test_a_chain_rewritten_as_a_whole_is_found_by_its_anchor(
    database: Database, leased: Lease, tmp_path: Path
) -> None:
    make_key(tmp_path / "anchor.key")
    await audit_anchors.add(database, *signer(tmp_path / "anchor.key"), NOW)
    assert await faults(database) == []

    await tamper(database, "DELETE FROM audit_events WHERE number > 8")
    await tamper(database, "DELETE FROM transit_events WHERE number > 8")

    assert await faults(database) == [("lane/lane-1", 10, "anchor")]


async def test_a_chain_that_is_gone_as_a_whole_is_missed_without_any_anchor(
    database: Database, leased: Lease
) -> None:
    # The steps are of when this file was loaded, which the chains must be older than.
    before = NOW - timedelta(seconds=1)
    await tamper(database, "UPDATE schema_migrations SET applied_at = $1", before)
    await tamper(database, "DELETE FROM audit_events")

    assert await faults(database) == [("lane/lane-1", 1, "missing")]


async def test_what_was_cut_off_with_its_anchor_shows_against_the_anchor_kept_elsewhere(
    database: Database, leased: Lease, tmp_path: Path
) -> None:
    """The owner of the database takes out the newest steps, their entries and the anchor."""
    key_id = make_key(tmp_path / "key")
    _, sign = signer(tmp_path / "key")
    key = checker(public_path(tmp_path / "key"))
    first = await audit_anchors.add(database, key_id, sign, NOW)
    await step(database, leased, 10)
    kept = await audit_anchors.add(database, key_id, sign, NOW)
    assert (await review(database, key, [first, kept])).faults == ()

    await tamper(database, "DELETE FROM audit_events WHERE number > 10")
    await tamper(database, "DELETE FROM transit_events WHERE number > 10")
    await tamper(database, "DELETE FROM audit_anchors WHERE number = 2")

    assert (await review(database, key)).faults == ()
    found = (await review(database, key, [first, kept])).faults
    assert {(f.chain, f.number) for f in found} == {("lane/lane-1", 11), ("anchors", 2)}
    forged = {**kept, "body": {**kept["body"], "at": "2026-01-01"}}
    assert any("signature" in f.text for f in (await review(database, key, [forged])).faults)


async def test_an_anchor_signed_by_another_key_or_changed_is_found(
    database: Database, leased: Lease, tmp_path: Path
) -> None:
    for name in ("one", "other"):
        make_key(tmp_path / name)
    await audit_anchors.add(database, *signer(tmp_path / "one"), NOW)
    await audit_anchors.add(database, *signer(tmp_path / "other"), NOW)
    key = checker(public_path(tmp_path / "one"))

    found = (await review(database, key)).faults
    assert [(f.chain, f.number) for f in found] == [("anchors", 2)]

    await tamper(database, 'UPDATE audit_anchors SET body = body || \'{"at": "x"}\'')
    assert {f.number for f in (await review(database, key)).faults} == {1, 2}


async def test_a_key_is_never_overwritten_and_junk_is_refused(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    with pytest.raises(KeyUnusable, match="exists"):
        make_key(tmp_path / "key")
    (tmp_path / "junk").write_text("no key")
    for use in (signer, checker):
        with pytest.raises(KeyUnusable):
            use(tmp_path / "junk")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0


async def test_the_services_role_adds_to_what_is_proof_but_never_changes_it(
    database: Database, database_url: str, leased: Lease
) -> None:
    service = Database(
        database_url, size=2, acquire_ms=2_000, command_ms=5_000, role=await role_for(database)
    )
    await service.open()
    try:
        await step(service, leased, 11)
        async with service.connection() as connection:
            assert await connection.fetchval("SELECT current_user") == SERVICE_ROLE
            for table in PROOF:
                same = await column(connection, table)
                for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET {same}"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(sql)
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(f"TRUNCATE {table} CASCADE")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("ALTER TABLE audit_events DISABLE TRIGGER ALL")
            await connection.execute("RESET ROLE")
            assert await connection.fetchval("SELECT current_user") == SERVICE_ROLE
    finally:
        await service.close()
    assert await faults(database) == []


async def column(connection: asyncpg.Connection, table: str) -> str:
    """An assignment that changes nothing, for any table."""
    name = await connection.fetchval(
        "SELECT column_name FROM information_schema.columns WHERE table_name = $1 LIMIT 1", table
    )
    return f"{name} = {name}"


async def test_the_service_signs_in_as_its_own_role_and_cannot_become_another(
    database: Database, database_url: str, leased: Lease
) -> None:
    own = Database(
        database_url.replace("postgres@", f"{SERVICE_ROLE}@", 1),
        size=1, acquire_ms=2_000, command_ms=5_000,
    )  # fmt: skip
    await own.open()
    try:
        assert await role_for(own) == ""
        assert await migrate(own) == ()
        await step(own, leased, 12)
        async with own.connection() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("SET ROLE postgres")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("SET session_replication_role = replica")
    finally:
        await own.close()


async def test_a_policy_put_in_force_is_recorded_once_and_its_data_may_be_erased(
    database: Database,
) -> None:
    for policy in (Policy(), Policy(), Policy(version=2)):
        await put_in_force(database, policy, NOW, "test")
    async with database.connection() as connection:
        acts = await connection.fetch("SELECT action, actor FROM audit_events ORDER BY number")
    assert [tuple(act) for act in acts] == [("policy_in_force", "service/test")] * 2
    assert await faults(database) == []

    await tamper(database, 'UPDATE audit_data SET data = \'{"name": "x"}\' WHERE number = 1')
    assert await faults(database) == [("administration", 1, "changed")]

    await tamper(database, "DELETE FROM audit_data WHERE number = 1")
    assert await faults(database) == []


async def test_watchlist_entries_need_two_persons_end_and_expire(database: Database) -> None:
    entry = WatchEntry(
        id=uuid4(), kind=WatchKind.PLATE, value="14C12345", reason="stolen", since=NOW,
        until=NOW + timedelta(days=30), by="ha",
    )  # fmt: skip
    async with database.transaction() as connection:
        await watchlists.add(connection, entry, "lan")
    async with database.connection() as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await watchlists.add(connection, entry_of(days=30), "ha")
        with pytest.raises(asyncpg.CheckViolationError):
            await watchlists.add(connection, entry_of(days=500), "lan")

    misread = seen(look("14C1Z345"))
    (hit,) = await watchlists.hits(database, misread, (), NOW)
    assert (hit.kind, hit.value) == (WatchKind.PLATE, "14C12345")
    assert await watchlists.hits(database, seen(look("15C12345")), (declaration(),), NOW) == (hit,)
    assert await watchlists.hits(database, misread, (), NOW + timedelta(days=31)) == ()
    async with database.transaction() as connection:
        assert await watchlists.end(connection, entry.id, "ha", NOW)
        assert not await watchlists.end(connection, entry.id, "ha", NOW)
    assert await watchlists.hits(database, misread, (), NOW) == ()
    async with database.connection() as connection:
        acts = await connection.fetch("SELECT action, actor, subject FROM audit_events")
    assert [(a["action"], a["subject"]) for a in acts] == [
        ("watchlist_add", str(entry.id)),
        ("watchlist_end", str(entry.id)),
    ]


def entry_of(days: int) -> WatchEntry:
    """A watched container."""
    return WatchEntry(
        id=UUID(int=days), kind=WatchKind.CONTAINER, value="CSQU3054383", reason="x", since=NOW,
        until=NOW + timedelta(days=days), by="ha",
    )  # fmt: skip


async def test_heads_and_chains_name_every_chain(database: Database, leased: Lease) -> None:
    async with database.connection() as connection:
        assert await audit.chains(connection) == ["lane/lane-1"]
        (head,) = await audit.heads(connection)
    assert (head["chain"], head["number"]) == ("lane/lane-1", 10)
