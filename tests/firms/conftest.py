"""The firms' desks over a real PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest_asyncio

from gate.app.firms.desk import Firms
from gate.store.pool import Database
from tests.firms.rig import MovedClock, firms_over


@pytest_asyncio.fixture(loop_scope="session")
async def moved() -> MovedClock:
    """The clock of the desks."""
    return MovedClock()


@pytest_asyncio.fixture(loop_scope="session")
async def firms(database: Database, tmp_path: Path, moved: MovedClock) -> Firms:
    """The desks over a fresh database."""
    return firms_over(database, tmp_path, moved, firms={"webhooks_to_loopback": True})
