"""The shift: officers take lanes and hand them over, with what is open at that moment."""

from __future__ import annotations

from typing import Any

from gate.app.clock import Clock
from gate.app.officer import Person
from gate.app.refusals import ActRefused, Refusal
from gate.core.lane.state import Lane, Phase
from gate.store import alarms, inspections, lane_watch, lanes, transits
from gate.store.pool import Database

MOST_NOTE = 2_000


class Shifts:
    """Who is on which lane. Taking a lane somebody forgot to hand over names that person."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def take(self, lane: str, person: Person, expected: str) -> None:
        """Be on the lane from now on. ``expected`` is who was on it when the person looked."""
        await self._write(lane, "taken", person, expected, "")

    async def hand_over(self, lane: str, person: Person, note: str) -> None:
        """Leave the lane to the next, with a note; raises ``ActRefused`` where not on it."""
        newest = (await lane_watch.newest(self._database)).get(lane)
        if newest is None or newest.holder != person.name:
            raise ActRefused(Refusal.NOT_ON_LANE)
        await self._write(lane, "handed_over", person, person.name, note.strip()[:MOST_NOTE])

    async def _write(self, lane: str, kind: str, person: Person, expected: str, note: str) -> None:
        if not person.may_see(lane):
            raise ActRefused(Refusal.NOT_YOURS)
        matters = await self.matters(lane)
        async with self._database.transaction() as connection:
            done = await lane_watch.add(
                connection, lane, kind, officer=person.name, at=self._clock.now(),
                expected=expected, note=note, matters=matters,
            )  # fmt: skip
        if not done:
            raise ActRefused(Refusal.TAKEN_MEANWHILE)

    async def matters(self, lane: str) -> list[dict[str, str]]:
        """What is open at the lane: each a ``kind`` with what names it, all plain text."""
        state = await lanes.load_state(self._database, lane)
        found: list[dict[str, str]] = []
        if state is not None:
            found += await self._of_state(state)
        for task in await inspections.open_tasks(self._database, (lane,)):
            found.append(
                {"kind": "task", "plate": task["plate"], "code": task["code"],
                 "words": task["words"], "transit": str(task["transit_id"])}
            )  # fmt: skip
        for row in await alarms.standing(self._database, lane):
            found.append({"kind": "alarm", "code": row["kind"], "count": str(row["count"])})
        return found

    async def _of_state(self, state: Lane) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []
        if state.closed:
            found.append({"kind": "closed"})
        if state.manual:
            found.append({"kind": "manual"})
        if state.phase is Phase.FAULT:
            found.append({"kind": "fault"})
        if state.transit is not None and state.phase is Phase.WITH_OFFICER:
            row: dict[str, Any] = await transits.one(self._database, state.transit) or {}
            found.append(
                {"kind": "held", "plate": row.get("plate", ""), "transit": str(state.transit),
                 "by": state.held_by}
            )  # fmt: skip
        return found
