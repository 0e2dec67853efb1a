"""A person who is erased is gone from what firms filed, too."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from gate.app.audit_review import review
from gate.app.clock import utc_now
from gate.app.erasure import erase_person
from gate.app.firms.bulk.rows import Gathered
from gate.store.pool import Database
from gate.store.service_role import SERVICE_ROLE
from tests.firms import rig as firms_rig

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def places_of(database: Database, word: str) -> list[str]:
    """The tables that hold the word."""
    async with database.connection() as connection:
        tables = await connection.fetch(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        return sorted(
            [
                name
                for (name,) in tables
                if await connection.fetchval(
                    f"SELECT 1 FROM {name} x WHERE strpos(x::text, $1) > 0 LIMIT 1", word
                )
            ]
        )


async def as_service(database: Database, sql: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(f"SET LOCAL ROLE {SERVICE_ROLE}")
        await connection.execute(sql)


async def test_filings_and_drafts_forget_the_person(database: Database, tmp_path: Path) -> None:
    firms = firms_rig.firms_over(database, tmp_path, firms_rig.MovedClock())
    firm = await firms_rig.approved(firms)
    content = firms_rig.content()
    draft = await firms.filing.new_draft(firm, actor="thu", content=content)
    await firms.filing.submit(firm, draft.id, actor="thu")
    await firms.filing.new_draft(firm, actor="thu", content=content)
    named = Gathered(reference=f"truck of {content['driver']['name']}", rows=[1], content=content)
    await firms.bulk.take_up(firm, [named], actor="thu", all_or_nothing=False, submit=True)
    while await firms.bulk.filer.work():
        pass
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE bulk_results SET problems = $1", [{"value": content["driver"]["name"]}]
        )
        row = await connection.fetchrow("SELECT * FROM drivers WHERE firm_id = $1", firm)
    words = (row["name"], row["document_number"], row["phone"])
    assert "filings" in await places_of(database, row["document_number"])
    assert {"bulk_previews", "bulk_results"} <= set(await places_of(database, row["name"]))
    with pytest.raises(asyncpg.PostgresError, match="not erased"):
        await as_service(
            database, "SELECT erase_filing(declaration_id, version, '{}') FROM filings"
        )

    async with database.transaction() as connection:
        await connection.execute(f"SET LOCAL ROLE {SERVICE_ROLE}")
        counts = await erase_person(connection, row["id"], at=utc_now(), by="anh", facts={})

    assert counts["filings"] >= 2
    for word in words[:2]:
        assert await places_of(database, word) == [], word
    assert "drivers" not in await places_of(database, words[2])
    assert (await review(database, None)).faults == ()
