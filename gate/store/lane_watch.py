"""Who is on which lane: officers take lanes and hand them over; nothing of it is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gate.store import audit, lane_change
from gate.store.pool import Connection, Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One entry. ``kind`` is ``taken`` or ``handed_over``; ``officer`` did it, ``before`` was on
    the lane until then (empty: nobody). ``matters`` lists what was open, ``note`` is for the next.
    """

    lane: str
    at: datetime
    kind: str
    officer: str
    before: str
    note: str
    matters: list[dict[str, str]]
    full_name: str = ""

    @property
    def holder(self) -> str:
        """Who is on the lane after this entry; empty for nobody."""
        return self.officer if self.kind == "taken" else ""


_SELECT = """SELECT w.lane_id, w.at, w.kind, w.officer, w.before, w.note, w.matters,
    coalesce(u.full_name, w.officer) AS full_name
    FROM lane_watch w LEFT JOIN users u ON u.name = w.officer"""


async def add(
    connection: Connection,
    lane: str,
    kind: str,
    *,
    officer: str,
    at: datetime,
    expected: str,
    note: str = "",
    matters: list[dict[str, str]],
) -> bool:
    """Write that the officer takes the lane or hands it over, and say so in the audit.

    False where somebody else than ``expected`` is on the lane meanwhile: nothing is written.
    Call it inside a transaction.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('lane_watch'))")
    row = await connection.fetchrow(
        f"{_SELECT} WHERE w.lane_id = $1 ORDER BY w.number DESC LIMIT 1", lane
    )
    before = "" if row is None else _watch(row).holder
    if before != expected:
        return False
    await connection.execute(
        """INSERT INTO lane_watch (lane_id, at, kind, officer, before, note, matters)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        lane, at, kind, officer, before, note, matters,
    )  # fmt: skip
    await audit.administer(
        connection, at=at, actor=officer, action=f"lane_{kind}", subject=lane,
        data={"before": before, "note": note, "matters": matters},
    )  # fmt: skip
    await lane_change.tell(connection, lane)
    return True


async def newest(database: Database) -> dict[str, Watch]:
    """The newest entry of each lane that has one."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""SELECT * FROM (SELECT DISTINCT ON (lane_id) number FROM lane_watch
                ORDER BY lane_id, number DESC) n
                JOIN LATERAL ({_SELECT} WHERE w.number = n.number) x ON true"""
        )
    return {row["lane_id"]: _watch(row) for row in rows}


async def staff_on_lanes(database: Database) -> dict[str, Watch]:
    """The lanes that somebody is on: who (``officer``, ``full_name``) and since when (``at``)."""
    return {lane: watch for lane, watch in (await newest(database)).items() if watch.holder}


async def history(database: Database, lanes: tuple[str, ...] | None, most: int) -> list[Watch]:
    """The last entries of these lanes (None: all), newest first."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            f"""{_SELECT} WHERE $1::text[] IS NULL OR w.lane_id = ANY($1)
                ORDER BY w.number DESC LIMIT $2""",
            None if lanes is None else list(lanes), most,
        )  # fmt: skip
    return [_watch(row) for row in rows]


def _watch(row: Any) -> Watch:
    return Watch(
        lane=row["lane_id"], at=row["at"], kind=row["kind"], officer=row["officer"],
        before=row["before"], note=row["note"], matters=row["matters"],
        full_name=row["full_name"],
    )  # fmt: skip
