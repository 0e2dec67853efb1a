"""Acts of two persons: one proposes, another confirms, and only then it is carried out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from gate.app.clock import Clock
from gate.core.four_eyes import OPEN_FOR, ActKind, may_confirm, may_propose
from gate.core.own_person import is_own_person
from gate.store import audit, people, proposals
from gate.store.pool import Connection, Database
from gate.store.proposals import Proposal
from gate.store.users import UserRow


class NotDone(Exception):
    """The act is not possible; ``code`` says why, ``facts`` fill the words of the page."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What an act brought: ``once`` is shown once and kept nowhere in clear; ``after`` runs
    when the transaction is committed.
    """

    once: str = ""
    after: Callable[[], Awaitable[None]] | None = None


async def must_count(connection: Connection, person: UserRow) -> None:
    """Raises ``NotDone`` for an account that somebody gave keys to and nobody confirmed since."""
    if not is_own_person(await people.givers_of(connection, person.name)):
        raise NotDone("unconfirmed", name=person.name)


Carry = Callable[[Connection, Proposal], Awaitable[Carried]]
"""Carries an act out inside the transaction; ``second`` of the proposal is set."""


class FourEyes:
    """Keeps proposals and carries out those that a second person confirms."""

    def __init__(self, database: Database, clock: Clock, carry: dict[ActKind, Carry]) -> None:
        self._database = database
        self._clock = clock
        self._carry = carry

    async def propose(self, act: ActKind, data: dict[str, Any], by: UserRow) -> Proposal:
        """Keep what one person wants; raises ``NotDone`` where they may not."""
        if not may_propose(by.role, act):
            raise NotDone("not_yours")
        now = self._clock.now()
        proposal = Proposal(
            id=self._clock.fresh(), act=act.value, data=data, proposed_by=by.name, at=now,
            until=now + OPEN_FOR,
        )  # fmt: skip
        async with self._database.transaction() as connection:
            await must_count(connection, by)
            await proposals.add(connection, proposal)
        return proposal

    async def confirm(self, wanted: UUID, second: UserRow) -> tuple[Proposal, Carried]:
        """Carry the act out in one transaction with its confirmation; raises ``NotDone``."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            found = await self._open(connection, wanted)
            if not may_confirm(second.role, second.name, ActKind(found.act), found.proposed_by):
                same = second.name == found.proposed_by
                raise NotDone("same_person" if same else "not_second")
            await must_count(connection, second)
            proposal = replace(found, second=second.name)
            carried = await self._carry[ActKind(found.act)](connection, proposal)
            await proposals.decide(connection, wanted, "done", second.name, now)
        if carried.after is not None:
            await carried.after()
        return proposal, carried

    async def refuse(self, wanted: UUID, by: UserRow) -> Proposal:
        """Reject another's proposal, or withdraw one's own; raises ``NotDone``."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            found = await self._open(connection, wanted)
            own = by.name == found.proposed_by
            if not own and not may_confirm(by.role, by.name, ActKind(found.act), found.proposed_by):
                raise NotDone("not_second")
            state = "withdrawn" if own else "rejected"
            await proposals.decide(connection, wanted, state, "" if own else by.name, now)
            await audit.administer(
                connection, at=now, actor=by.name, action=f"proposal_{state}", subject=str(wanted),
                data={"act": found.act, "proposed_by": found.proposed_by},
            )  # fmt: skip
        return found

    async def _open(self, connection: Connection, wanted: UUID) -> Proposal:
        found = await proposals.one(connection, wanted)
        if found is None or found.state != "open" or found.until <= self._clock.now():
            raise NotDone("no_proposal")
        return found
