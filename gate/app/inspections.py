"""Refer a truck to inspection with what is to be inspected, and tick the tasks off."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from gate.app.clock import Clock
from gate.app.officer import Act, Officers, Person
from gate.app.refusals import ActRefused, Refusal
from gate.store import inspections
from gate.store.pool import Database

TASKS: dict[str, str] = {
    "identity": "compare chassis number, papers and plates of the vehicle",
    "plates": "look at both plates by hand: form, fixing, embossing",
    "trailer": "compare trailer and its papers with the declaration",
    "container": "read the container numbers on all sides",
    "seal": "check the seals: numbers, whole, not moved",
    "cargo": "open and compare the cargo with the declaration",
    "weight": "weigh again, standing still",
    "driver": "compare the driver with document and declaration",
    "dangerous": "check marks, papers and equipment for dangerous goods",
    "papers": "check permit and insurance of the vehicle",
    "declaration": "clear up the declaration with the firm",
    "supervisor": "follow the supervisor's instruction",
    "other": "something else",
}
"""What can be asked for; ``other`` is in the officer's own words."""

BY_REASON: dict[str, tuple[str, ...]] = {
    "PLATE_UNREADABLE": ("plates", "identity"),
    "PLATE_DOUBTFUL": ("plates",),
    "READERS_DISAGREE": ("plates",),
    "FRONT_REAR_DIFFER": ("plates", "identity"),
    "NO_DECLARATION": ("declaration", "cargo"),
    "SEVERAL_DECLARATIONS": ("declaration",),
    "TRAILER_MISMATCH": ("trailer",),
    "CONTAINER_MISMATCH": ("container", "seal"),
    "DRIVER_MISMATCH": ("driver",),
    "SEAL_MISMATCH": ("seal", "cargo"),
    "SEAL_MISSING": ("seal", "cargo"),
    "DOC_EXPIRED": ("driver",),
    "DOC_UNREADABLE": ("driver",),
    "DOC_CHECKDIGIT": ("driver",),
    "PERMIT_EXPIRED": ("papers",),
    "INSURANCE_EXPIRED": ("papers",),
    "OVERWEIGHT_LEGAL": ("weight",),
    "WEIGHT_DIFFERS": ("weight", "cargo"),
    "WEIGHT_UNSTABLE": ("weight",),
    "DANGEROUS_GOODS": ("dangerous",),
    "WATCHLIST_PLATE": ("supervisor",),
    "WATCHLIST_PERSON": ("supervisor",),
    "WATCHLIST_FIRM": ("supervisor",),
    "WATCHLIST_CONTAINER": ("supervisor",),
    "REFERRED": ("supervisor",),
    "RANDOM_INSPECTION": ("seal", "cargo"),
    "INSPECTION_OPEN": ("seal", "cargo"),
    "CLONE_SUSPECTED": ("identity", "plates"),
    "PASS_FORGED": ("identity",),
    "PASS_MISMATCH": ("identity",),
    "RETURN_OVERDUE": ("declaration",),
}
"""Tasks that a reason suggests (general practice of inspections); a page proposes them."""


def suggested(codes: Iterable[str]) -> tuple[str, ...]:
    """Tasks for these reason codes, each once; a look at the vehicle where none suggests any."""
    found = tuple(dict.fromkeys(task for code in codes for task in BY_REASON.get(code, ())))
    return found or ("identity",)


class Inspections:
    """Referrals with tasks, and their results."""

    def __init__(self, database: Database, officers: Officers, clock: Clock) -> None:
        self._database = database
        self._officers = officers
        self._clock = clock

    async def refer(
        self, lane: str, person: Person, act: Act, tasks: Iterable[str], words: str
    ) -> None:
        """Carry out the act ``refer``; its tasks are kept before the truck may drive on.

        ``words`` say what ``other`` means. Raises ``ActRefused``; then no task stays.
        """
        asked = self._asked(tasks, words.strip())
        async with self._database.transaction() as connection:
            added = await inspections.add(
                connection, lane, act.transit, asked, person.name, self._clock.now()
            )
        try:
            await self._officers.act(lane, person, act)
        except ActRefused:
            async with self._database.transaction() as connection:
                await inspections.withdraw(connection, added)
            raise

    def _asked(self, tasks: Iterable[str], words: str) -> list[tuple[UUID, str, str]]:
        known = [code for code in dict.fromkeys(tasks) if code in TASKS and code != "other"]
        asked = [(self._clock.fresh(), code, "") for code in known]
        if words:
            asked.append((self._clock.fresh(), "other", words))
        if not asked:
            raise ActRefused(Refusal.NOTHING_TO_INSPECT)
        return asked

    async def finish(self, task: UUID, person: Person, *, passed: bool, note: str) -> str | None:
        """Tick a task off; the lane, or None where it is done already or not this person's."""
        async with self._database.transaction() as connection:
            return await inspections.finish(
                connection, task, passed=passed, note=note.strip(), by=person.name,
                at=self._clock.now(), lanes=person.lanes or None,
            )  # fmt: skip
