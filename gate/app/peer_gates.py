"""What gates tell each other: where a plate was seen, so that no two trucks share one unnoticed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gate.app.clock import Clock
from gate.app.metrics import Metrics
from gate.store import audit, sightings
from gate.store.paging import Cursor
from gate.store.pool import Database
from gate.store.sightings import OwnSighting, Told
from schemas.plates import parse_plate

KEPT = timedelta(days=7)
"""How long sightings are kept; decisions look back a day (``sightings.LOOK_BACK``)."""
AHEAD = timedelta(minutes=5)
"""A moment may lie this far in our future: clocks of gates differ."""
SETTLED = timedelta(seconds=10)
"""Own sightings are told this long after their end: a page that was read stays complete, also
where a transaction wrote its moment first and was committed last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A sighting that was not taken. ``at``: its place in the list; ``code``: plate_form,
    in_future or too_old.
    """

    at: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a list: how many are new, how many were known, and what was refused."""

    noted: int
    known: int
    refused: tuple[Refused, ...]


class PeerGates:
    """Takes and gives sightings."""

    def __init__(self, database: Database, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics

    async def tell(
        self, site: str, seen: list[tuple[str, datetime]], *, actor: str, prefix: str
    ) -> Taken:
        """Another gate saw these plates at these moments (with a zone).

        What can't be right is refused by itself, the rest is taken. Telling it twice changes
        nothing. What was taken or refused stands in the audit, as numbers.
        """
        now = self._clock.now()
        good: list[Told] = []
        refused = []
        for n, (text, at) in enumerate(seen):
            plate = parse_plate(text)
            if plate is None:
                refused.append(Refused(at=n, code="plate_form"))
            elif at > now + AHEAD:
                refused.append(Refused(at=n, code="in_future"))
            elif at < now - KEPT:
                refused.append(Refused(at=n, code="too_old"))
            else:
                good.append(Told(plate=plate.text, at=at))
        async with self._database.transaction() as connection:
            noted = await sightings.note_many(connection, site, good, prefix)
            if noted or refused:
                await audit.administer(
                    connection, at=now, actor=actor, action="sightings.told", subject=site,
                    data={"noted": noted, "refused": len(refused)},
                )  # fmt: skip
        made = Taken(noted=noted, known=len(good) - noted, refused=tuple(refused))
        for result, count in (("noted", noted), ("known", made.known), ("refused", len(refused))):
            self._metrics.sightings.labels(site=site, result=result).inc(count)
        return made

    async def own(
        self, *, since: datetime | None, after: Cursor | None, most: int
    ) -> list[OwnSighting]:
        """Where this gate saw plates: its ended transits since a moment (at most a week back, at
        first a day), the oldest first.
        """
        now = self._clock.now()
        begin = min(max(since or now - sightings.LOOK_BACK, now - KEPT), now)
        place = after or Cursor(at=begin, id=UUID(int=0))
        return await sightings.own(self._database, place, now - SETTLED, most)
