"""Hours that firms book for their trucks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms import steps
from gate.app.firms.errors import Invalid, NotAllowedNow, SlotClosed, SlotFull
from gate.app.firms.passes import Passes
from gate.app.firms.standing import must_be_approved
from gate.core.filing.life import BOOKABLE
from gate.core.filing.problems import error
from gate.store import audit, filing, gate_passes, slots
from gate.store.filing import FiledRow
from gate.store.pool import Database
from gate.store.slots import LENGTH, SlotRow

AHEAD = timedelta(days=30)
"""Hours farther away can't be booked yet. [k]"""


class Slots:
    """Books hours. ``usual`` is the capacity of an hour for which none is set."""

    def __init__(
        self, database: Database, clock: Clock, site: str, passes: Passes, usual: int
    ) -> None:
        self._database = database
        self._clock = clock
        self._site = site
        self._passes = passes
        self._usual = usual

    async def day(self, direction: str, day: date, zone: object = UTC) -> list[SlotRow]:
        """The hours of a day from midnight of ``zone`` (a tzinfo) on."""
        begin = datetime.combine(day, time.min, zone)  # type: ignore[arg-type]
        return await self.between(direction, begin, begin + timedelta(days=1))

    async def between(self, direction: str, begin: datetime, end: datetime) -> list[SlotRow]:
        """The hours that begin from ``begin`` on and before ``end``; at most a week."""
        first = begin.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if first < begin:
            first += LENGTH
        last = min(end.astimezone(UTC), first + timedelta(days=7))
        return await slots.between(self._database, self._site, direction, first, last, self._usual)

    async def book(
        self, firm: UUID, declaration: UUID, starts_at: datetime, *, actor: str
    ) -> FiledRow:
        """Book an hour in place of the one before; the window becomes it, and a pass is made.

        Raises:
            UnknownRecord, FirmNotApproved.
            NotAllowedNow: the declaration is not accepted, or its truck is here already.
            SlotFull, SlotClosed: and nothing was changed.
        """
        now = self._clock.now()
        start = starts_at.astimezone(UTC)
        async with self._database.transaction() as connection:
            # Whose declaration it is comes first: nobody learns about hours by another's id.
            await must_be_approved(connection, firm)
            row = await steps.locked(connection, firm, declaration)
            if start != start.replace(minute=0, second=0, microsecond=0):
                raise SlotClosed("An hour begins at the full hour.")
            if not now < start + LENGTH or start > now + AHEAD:
                raise SlotClosed("This hour is over, or too far ahead.")
            if row.status not in BOOKABLE:
                raise NotAllowedNow(row.status, "An hour is booked for an accepted declaration")
            if row.slot_at == start:
                return row
            both = [start] if row.slot_at is None else [row.slot_at, start]
            await slots.hold(connection, row.gate, row.direction, both, self._usual)
            await slots.give_back(connection, row.id, actor, now)
            refused = await slots.take(connection, row.gate, row.direction, start, self._usual)
            if refused:
                raise SlotClosed if refused == "closed" else SlotFull
            await slots.book(
                connection, booking=self._clock.fresh(), declaration=row.id, gate=row.gate,
                direction=row.direction, starts_at=start, by=actor, at=now,
            )  # fmt: skip
            await filing.set_slot(connection, row.id, start, start + LENGTH, now)
            await steps.note(
                connection, row, "slot", actor=actor, at=now, done="booked",
                starts_at=start.isoformat(),
            )  # fmt: skip
            row = await steps.locked(connection, firm, declaration)
            await self._passes.renew(connection, row, actor=actor, at=now)
            return await steps.locked(connection, firm, declaration)

    async def give_back(self, firm: UUID, declaration: UUID, *, actor: str) -> FiledRow:
        """Free the booked hour; the pass ends with it.

        Raises:
            UnknownRecord: no such declaration.
            NotAllowedNow: no hour is booked, or the truck is here already.
        """
        now = self._clock.now()
        async with self._database.transaction() as connection:
            row = await steps.locked(connection, firm, declaration)
            if row.status not in BOOKABLE or row.slot_at is None:
                raise NotAllowedNow(row.status, "There is no booked hour to give back")
            await slots.give_back(connection, row.id, actor, now)
            await filing.set_slot(connection, row.id, None, None, now)
            await gate_passes.revoke_all(
                connection, row.id, by=actor, reason="the hour was given back", at=now
            )
            await steps.note(connection, row, "slot", actor=actor, at=now, done="given_back")
            return await steps.locked(connection, firm, declaration)

    async def set_capacity(self, direction: str, hour: int, capacity: int, *, actor: str) -> None:
        """How many trucks an hour of the day (UTC) takes from now on; raises ``Invalid``."""
        if (
            direction not in ("export", "import")
            or not 0 <= hour <= 23
            or not 0 <= capacity <= 9999
        ):
            raise Invalid([error("capacity", "out_of_range", value=capacity, low=0, high=9999)])
        now = self._clock.now()
        async with self._database.transaction() as connection:
            await slots.set_capacity(connection, self._site, direction, hour, capacity, now)
            await audit.administer(
                connection, at=now, actor=actor, action="slots.capacity",
                subject=f"{direction} {hour:02d}", data={"capacity": capacity},
            )  # fmt: skip

    async def close(self, direction: str, starts_at: datetime, closed: bool, *, actor: str) -> None:
        """Close an hour for bookings, or open it again; bookings that were made stay."""
        start, now = starts_at.astimezone(UTC), self._clock.now()
        if start != start.replace(minute=0, second=0, microsecond=0):
            raise SlotClosed("An hour begins at the full hour.")
        async with self._database.transaction() as connection:
            await slots.set_closed(
                connection, self._site, direction, start, closed=closed, usual=self._usual
            )
            await audit.administer(
                connection, at=now, actor=actor, action="slots.closed",
                subject=f"{direction} {start.isoformat()}", data={"closed": closed},
            )  # fmt: skip
