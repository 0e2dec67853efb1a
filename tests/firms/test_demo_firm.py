"""The demonstration's firm has declarations in every status, filed through the desks."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate.app.clock import Clock
from gate.app.demo import FIRST_FIRM, prepare_demo
from gate.app.demo_firm import fill_firm
from gate.app.firms.desk import Firms
from gate.store import seed, users
from gate.store.pool import Database
from tests.firms.rig import SITE, new_vault

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_demonstrations_firm_has_every_status(
    firms: Firms, database: Database, tmp_path: Path
) -> None:
    people = await prepare_demo(
        database, tmp_path, SITE, Clock(), lambda _: "!", 7, new_vault(tmp_path)
    )
    roles = {one.name: one.role for one in people}
    assert (roles["firm"], roles["driver-desk"]) == ("firm_administrator", "firm_user")
    before = await seed.demo_rows(database)
    firm = await seed.firm_of(database, FIRST_FIRM)

    await fill_firm(firms, database, Clock(), firm, 7)
    await fill_firm(firms, database, Clock(), firm, 7)

    counts = await firms.filing.counts(firm)
    assert counts["draft"] == 2
    wanted = {"submitted", "rejected", "accepted", "clearing", "cleared", "departed", "closed",
              "cancelled", "expired"}  # fmt: skip
    assert wanted <= {status for status, n in counts.items() if n}
    assert await seed.demo_rows(database) == before
    assert [f.status for f in await firms.registration.pending()] == ["registered"]
    row = await users.by_name(database, "firm")
    assert row is not None
    assert row.firm_id == firm
    assert await firms.passes.listing(firm)
    assert await firms.fees.due(firm)
