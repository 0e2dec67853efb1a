"""A policy that someone wrote over in the database is not decided by, and every lane is told."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from config.policy_file import policy_hash
from devices.broker import EmbeddedBroker
from gate.app.clock import utc_now
from gate.store import policy_acts, transits
from ocr.pool import ReaderPool
from schemas.policy import Policy
from tests.gate.pictures import FRONT, REAR, picture_of
from tests.gate.rig import Rig, declare, rig, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def put_in_force_and_written_over(made: Rig, owner_url: str, policy: Policy) -> None:
    """What two persons put in force, its row then changed past the service by the owner."""
    named = policy_hash(policy)
    await transits.keep_policy(made.database, policy, named)
    owner = await asyncpg.connect(owner_url)
    try:
        await owner.execute("SET session_replication_role = replica")
        await owner.execute(
            """UPDATE policies SET canonical = canonical || '{"sources_needed": 1}'
               WHERE hash = $1""",
            named,
        )
    finally:
        await owner.close()
    async with made.database.transaction() as connection:
        await policy_acts.add(
            connection, at=utc_now(), named=named, source="page", by="anh", second="viet",
            note="stricter", toml="",
        )  # fmt: skip


async def test_a_policy_written_over_in_the_database_is_refused_and_alarmed_once(
    tmp_path: Path, database_url: str, broker: EmbeddedBroker, readers: ReaderPool
) -> None:
    async with rig(tmp_path, database_url, broker.port, readers) as made:
        await made.add_all()
        await declare(made.database, "14C12345", "14R01234")
        before = made.service.decider.policy_hash
        await put_in_force_and_written_over(made, database_url, Policy(name="stricter"))

        async def told() -> bool:
            return bool(await alarms(made))

        await until(told, 20, "the alarm")
        await made.show(picture_of(FRONT), picture_of(REAR, seed=2))
        await until(lambda: made.body.angle >= 1.0, what="decided by the policy before")
        (alarm,) = await alarms(made)
        assert alarm["count"] == 1
        assert "was changed in the database" in alarm["text"]
        assert made.service.decider.policy_hash == before


async def alarms(made: Rig) -> list[dict[str, object]]:
    return await made.rows_of("SELECT count, text FROM alarms WHERE kind = 'POLICY_CHANGED'")
