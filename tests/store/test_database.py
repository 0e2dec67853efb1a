"""The database: migrations, append-only tables, leases, matching, bounded waits."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from gate.app.clock import utc_now
from gate.core.clues import Clues, clues_of
from gate.store import declarations, lanes, preselect
from gate.store.errors import DatabaseBusy, DatabaseDown, LeaseLost
from gate.store.migrate import MigrationChanged, migrate, migrations
from gate.store.pool import Database
from schemas.declarations import Declaration, DeclarationStatus, Direction, IllegalTransitionError
from schemas.plate_series import CN_MARKS
from schemas.plates import plate_key
from tests.core.builders import look, seen
from tests.gate.rig import SITE, declare

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = utc_now()
LENGTH = timedelta(seconds=15)


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    assert await migrate(database) == ()


async def test_an_edited_migration_is_refused(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE schema_migrations SET digest = 'other' WHERE number = 1")

    with pytest.raises(MigrationChanged, match="0001"):
        await migrate(database)


async def test_two_services_migrate_one_after_the_other(database: Database) -> None:
    assert await asyncio.gather(*(migrate(database) for _ in range(3))) == [(), (), ()]


async def test_migrations_are_numbered_without_a_gap(tmp_path: Path) -> None:
    (tmp_path / "0002_late.sql").write_text("SELECT 1")

    with pytest.raises(ValueError, match="0001"):
        migrations(tmp_path)


@pytest.mark.parametrize("table", ["transit_events", "decisions", "readings"])
async def test_proof_can_be_added_to_but_not_changed(database: Database, table: str) -> None:
    async with database.connection() as connection:
        for sql in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
                await connection.execute(sql)


async def test_a_lease_is_taken_by_one_holder_and_its_token_grows(database: Database) -> None:
    async with database.connection() as connection:
        await lanes.add_lane(connection, "lane-1", "Lane 1", Direction.EXPORT)
    first = await lanes.take_lease(database, "lane-1", "a", NOW, LENGTH)
    assert first is not None
    assert await lanes.take_lease(database, "lane-1", "b", NOW, LENGTH) is None

    late = NOW + timedelta(seconds=20)
    second = await lanes.take_lease(database, "lane-1", "b", late, LENGTH)

    assert second is not None
    assert second.token > first.token
    with pytest.raises(LeaseLost):
        await lanes.renew_lease(database, first, late, LENGTH)


async def search(database: Database, text: str) -> tuple[Declaration, ...]:
    """Candidates for a text read in front and behind."""
    clues = clues_of(seen(look(text), look(text, "rear")))
    return await preselect.candidates(database, clues, SITE, NOW)


async def test_a_plate_finds_its_declaration_exactly_and_with_one_reading_error(
    database: Database,
) -> None:
    wanted = await declare(database, "14C12345", "14R01234")
    await declare(database, "99H55566")
    for read in ("14C12345", "14C12346", "14C1234", "14C123455", "I4C1Z345", "14R01234"):
        found = await search(database, read)
        assert [d.number for d in found] == [wanted], read
    assert await search(database, "29A99999") == ()
    assert await preselect.candidates(database, Clues(), SITE, NOW) == ()


async def test_text_from_a_plate_is_data_in_sql(database: Database) -> None:
    hostile = "14C'; DROP TABLE declarations; --"

    assert await search(database, hostile) == ()
    await declare(database, "14C12345")


async def test_a_declaration_takes_only_steps_of_its_life_and_each_is_an_event(
    database: Database,
) -> None:
    number = await declare(database, "14C12345")
    async with database.transaction() as connection:
        key = await connection.fetchval("SELECT id FROM declarations WHERE number = $1", number)
        moved = await declarations.move(
            connection, key, DeclarationStatus.RELEASED, actor="machine", at=NOW
        )
        again = await declarations.move(
            connection, key, DeclarationStatus.RELEASED, actor="machine", at=NOW
        )
        assert (moved, again) == (True, False)
        with pytest.raises(IllegalTransitionError, match="allowed"):
            await declarations.move(
                connection, key, DeclarationStatus.DRAFT, actor="machine", at=NOW
            )
        with pytest.raises(LookupError):
            await declarations.move(
                connection, uuid4(), DeclarationStatus.DRAFT, actor="machine", at=NOW
            )
        events = await connection.fetch("SELECT * FROM declaration_events")
    assert [(e["from_status"], e["to_status"]) for e in events] == [("cleared", "released")]


async def test_waiting_for_a_connection_is_bounded(database_url: str) -> None:
    small = Database(database_url, size=2, acquire_ms=200, command_ms=2_000)
    await small.open()
    try:
        async with small.connection(), small.connection():
            with pytest.raises(DatabaseBusy, match="no connection became free"):
                async with small.connection():
                    raise AssertionError("there was none to give")
        assert await small.alive()
    finally:
        await small.close()


async def test_a_statement_that_takes_too_long_ends(database_url: str) -> None:
    quick = Database(database_url, size=2, acquire_ms=500, command_ms=200)
    await quick.open()
    try:
        with pytest.raises(DatabaseBusy, match="statement"):
            async with quick.connection() as connection:
                await connection.execute("SELECT pg_sleep(5)")
    finally:
        await quick.close()


async def test_a_server_that_stalls_while_a_connection_goes_back_ends_nothing_but_it(
    database_url: str,
) -> None:
    quick = Database(database_url, size=2, acquire_ms=400, command_ms=400)
    await quick.open()
    try:
        async with quick.connection() as connection:
            server = await connection.fetchval("SELECT pg_backend_pid()")
            os.kill(server, signal.SIGSTOP)
        os.kill(server, signal.SIGCONT)
        assert await quick.alive()
    finally:
        await quick.close()


async def test_a_server_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    nowhere = Database(
        f"postgresql://postgres@/gate?host={tmp_path}", size=2, acquire_ms=300, command_ms=300
    )
    with pytest.raises(DatabaseDown, match="can't connect"):
        await nowhere.open()


async def test_the_databases_look_alike_keys_are_the_programs(database: Database) -> None:
    """The folding stands in schemas.plates and in migration 0002: they must never differ."""
    characters = [
        *"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZĐ",
        *sorted(CN_MARKS),
        "桂F12345",
        "14LĐ999",
    ]
    async with database.connection() as connection:
        generated = await connection.fetchval(
            """SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
               JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
               WHERE a.attname = 'tractor_key'"""
        )
        rows = await connection.fetch(
            f"SELECT tractor_plate, {generated} AS key FROM unnest($1::text[]) AS t(tractor_plate)",
            characters,
        )
    assert {r["tractor_plate"]: r["key"] for r in rows} == {c: plate_key(c) for c in characters}


async def test_candidates_come_by_container_driver_and_number_too(database: Database) -> None:
    wanted = await declare(database, "14C12345", containers=["CSQU3054383"])
    other = await declare(database, "99H77777")
    for clues in (Clues(containers=("CSQU3054383",)), Clues(number=wanted)):
        found = await preselect.candidates(database, clues, SITE, NOW)
        assert [d.number for d in found] == [wanted]
    both = Clues(tractors=(plate_key("99H77777"),), number=wanted)
    found = await preselect.candidates(database, both, SITE, NOW)
    assert {d.number for d in found} == {wanted, other}


async def test_a_misread_plate_is_searched_at_this_gate_and_near_now_an_exact_one_anywhere(
    database: Database,
) -> None:
    far = {"window_from": NOW - timedelta(days=40), "window_to": NOW - timedelta(days=39)}
    numbers = {
        await declare(database, "14C12345", gate="hekou"): "other gate",
        await declare(database, "14C12345", **far): "long ago",
    }
    exact = await search(database, "14C12345")
    assert {numbers[d.number] for d in exact} == {"other gate", "long ago"}
    assert await search(database, "14C12945") == ()
