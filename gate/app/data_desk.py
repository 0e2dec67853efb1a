"""Legal holds and the erasure of persons, as acts of two persons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from gate.app.clock import Clock
from gate.app.erasure import erase_person
from gate.app.four_eyes import Carried, NotDone
from gate.app.retention import Keeper
from gate.store import legal_holds, transits
from gate.store.pool import Connection, Database
from gate.store.proposals import Proposal
from schemas.plates import normalise_plate, plate_key

LEAST_REASON = 5


class DataDesk:
    """Holds are put by one person, and lifted by two; erasing a person takes two."""

    def __init__(self, database: Database, keeper: Keeper, clock: Clock) -> None:
        self._database = database
        self._keeper = keeper
        self._clock = clock

    async def hold(self, kind: str, value: str, reason: str, by: str) -> None:
        """Keep everything of a transit or a plate until the hold is lifted; raises ``NotDone``."""
        if len(reason.strip()) < LEAST_REASON:
            raise NotDone("reason")
        kept = await self._value(kind, value.strip())
        async with self._database.transaction() as connection:
            await legal_holds.add(
                connection, hold=self._clock.fresh(), kind=kind, value=kept,
                reason=reason.strip()[:500], by=by, at=self._clock.now(),
            )  # fmt: skip

    async def _value(self, kind: str, text: str) -> str:
        if kind == "plate":
            key = plate_key(normalise_plate(text))
            if len(key) < 4:
                raise NotDone("plate_form", text=text)
            return key
        if kind != "transit":
            raise NotDone("kind")
        try:
            found = await transits.one(self._database, UUID(text))
        except ValueError:
            found = None
        if found is None:
            raise NotDone("no_transit")
        return str(found["id"])

    async def prepare_end(self, hold: UUID) -> dict[str, Any]:
        """A hold that stands; raises ``NotDone``."""
        for row in await legal_holds.standing(self._database):
            if row["id"] == hold:
                return {"hold": str(hold), "kind": row["kind"], "value": row["value"]}
        raise NotDone("no_hold")

    async def end_hold(self, connection: Connection, proposal: Proposal) -> Carried:
        """Lift a hold."""
        done = await legal_holds.end(
            connection, UUID(proposal.data["hold"]), proposal.proposed_by, proposal.second,
            self._clock.now(),
        )  # fmt: skip
        if not done:
            raise NotDone("no_hold")
        return Carried()

    @staticmethod
    def prepare_erase(driver: UUID, reason: str) -> dict[str, Any]:
        """Check a request to erase a person; raises ``NotDone``."""
        if len(reason.strip()) < LEAST_REASON:
            raise NotDone("reason")
        return {"driver": str(driver), "reason": reason.strip()[:500]}

    async def erase(self, connection: Connection, proposal: Proposal) -> Carried:
        """Erase a person; the pictures' files go when the act is committed."""
        await erase_person(
            connection, UUID(proposal.data["driver"]), at=self._clock.now(),
            by=proposal.proposed_by,
            facts={"why": proposal.data["reason"], "second": proposal.second},
        )  # fmt: skip
        return Carried(after=self._remove)

    async def _remove(self) -> None:
        await self._keeper.remove_files()
