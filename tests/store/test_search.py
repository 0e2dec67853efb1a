"""Search of transits: wild cards, look-alikes, other fields, pages by cursor, and the index."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gate.app.clock import utc_now
from gate.store import lanes, search
from gate.store.pool import Database
from gate.store.search import Wanted, pattern_of
from schemas.declarations import Direction
from schemas.plates import plate_key

session = pytest.mark.asyncio(loop_scope="session")
NOW = utc_now()
PLATES = ("14C12345", "29H88888", "桂F1234挂", "15R00081", "98C55512")


@pytest_asyncio.fixture(loop_scope="session")
async def filled(database: Database) -> Database:
    """Five known transits and 20,000 others."""
    async with database.transaction() as c:
        for lane in ("lane-1", "lane-2"):
            await lanes.add_lane(c, lane, lane, Direction.EXPORT)
        await c.execute(
            """INSERT INTO transits (id, lane_id, direction, began_at, ended_at, ended, plate)
               SELECT gen_random_uuid(), 'lane-1', 'export', $1::timestamptz - n * interval '1 min',
                   $1, 'departed', '51D' || lpad((n * 7919 % 100000)::text, 5, '0')
               FROM generate_series(1, 20000) n""",
            NOW - timedelta(days=2),
        )
        for n, plate in enumerate(PLATES):
            await c.execute(
                """INSERT INTO transits (id, lane_id, direction, began_at, ended_at, ended, outcome,
                       plate) VALUES ($1, 'lane-2', 'export', $2, $2, 'departed', 'release', $3)""",
                uuid4(), NOW - timedelta(minutes=n), plate,
            )  # fmt: skip
        await c.execute("ANALYZE transits")
    return database


async def plates(database: Database, **wanted: object) -> list[str]:
    rows = await search.find(database, Wanted(**wanted))  # type: ignore[arg-type]
    return [row["plate"] for row in rows]


@session
async def test_a_piece_of_a_plate_is_found_through_the_index(filled: Database) -> None:
    for asked, found in (
        ("C1234", "14C12345"), ("c12?45", "14C12345"), ("14C*45", "14C12345"),
        ("14-C 123.45", "14C12345"), ("I4CI2", "14C12345"), ("H8888B", "29H88888"),
        ("桂F1234", "桂F1234挂"), ("F1234挂", "桂F1234挂"), ("R0O08", "15R00081"),
    ):  # fmt: skip
        assert found in await plates(filled, plate=asked, lane="lane-2"), asked
    for asked in ("14C99", "1?4C12345", "45*14C", "%", "_______"):
        assert await plates(filled, plate=asked, lane="lane-2") == [], asked
    pattern, pieces = pattern_of("C1234")
    async with filled.connection() as connection:
        rows = await connection.fetch(
            "EXPLAIN SELECT id FROM transits t WHERE t.plate <> '' AND t.plate_key LIKE $1"
            " AND plate_pieces(t.plate_key) @> $2::text[]", pattern, pieces,
        )  # fmt: skip
    assert "transits_plate_pieces" in "\n".join(row[0] for row in rows)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    plate=st.text("0123456789ABCDEFGHKLMNPRSTUVXYZ", min_size=7, max_size=9),
    first=st.integers(0, 4), length=st.integers(2, 5),
)  # fmt: skip
def test_every_piece_of_a_plate_has_its_index_pieces_among_those_of_the_plate(
    plate: str, first: int, length: int
) -> None:
    key = plate_key(plate)
    every = {key[i : i + n] for n in (2, 3) for i in range(len(key) - n + 1)}
    pattern, pieces = pattern_of(plate[first : first + length])
    assert set(pieces) <= every
    assert pattern.strip("%") in key


@session
async def test_the_key_in_the_database_is_that_of_the_schemas(filled: Database) -> None:
    async with filled.connection() as connection:
        rows = await connection.fetch(
            "SELECT plate, plate_key FROM transits WHERE lane_id='lane-2'"
        )
    assert {row["plate"]: row["plate_key"] for row in rows} == {p: plate_key(p) for p in PLATES}


@session
async def test_pages_follow_each_other_without_gap_or_repetition(filled: Database) -> None:
    seen, before = [], None
    while True:
        rows = await search.find(filled, Wanted(plate="51D00", before=before), most=40)
        seen += [row["id"] for row in rows]
        if len(rows) < 40:
            break
        before = (rows[-1]["began_at"], rows[-1]["id"])
    assert len(seen) == len(set(seen)) > 40
    assert len(seen) == len(await search.find(filled, Wanted(plate="51D00"), most=5_000))


@session
async def test_other_fields_narrow_the_search_and_lanes_bound_it(filled: Database) -> None:
    assert len(await plates(filled, since=NOW - timedelta(hours=1))) == len(PLATES)
    assert len(await plates(filled, outcome="release", ended="departed")) == len(PLATES)
    assert await plates(filled, since=NOW - timedelta(hours=1), lanes=("lane-1",)) == []
    for nobody in ("firm", "person", "officer", "code"):
        assert await plates(filled, **{nobody: "x' OR 1=1 --"}) == []
