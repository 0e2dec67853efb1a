"""The people of a firm, as its administrators keep them."""

from __future__ import annotations

from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms.errors import Invalid, NotAllowedNow, Taken, TooMany, UnknownRecord
from gate.app.firms.registration import check_person
from gate.app.firms.standing import must_be_approved
from gate.core.filing.problems import error
from gate.core.permissions import FIRM_ROLES
from gate.store import audit, members
from gate.store.members import MemberRow
from gate.store.pool import Database

MOST = 200
"""People of one firm."""


class People:
    """Adds and changes the people of one's own firm."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def members(self, firm: UUID) -> list[MemberRow]:
        """All people of the firm by sign-in name."""
        return await members.of_firm(self._database, firm)

    async def add_member(
        self,
        firm: UUID,
        *,
        name: str,
        full_name: str,
        email: str,
        role: str,
        password_hash: str,
        actor: str,
        language: str = "",
    ) -> UUID:
        """Add a person who can sign in at once; raises ``Invalid`` or ``Taken``."""
        problems = list(check_person(name, full_name, email, ""))
        if role not in FIRM_ROLES:
            problems.append(
                error("role", "not_a_choice", value=role, choices=", ".join(sorted(FIRM_ROLES)))
            )
        if problems:
            raise Invalid(problems)
        user = self._clock.fresh()
        async with self._database.transaction() as connection:
            await must_be_approved(connection, firm)
            if len(await members.of_firm(self._database, firm)) >= MOST:
                raise TooMany(f"A firm has at most {MOST} people.")
            added = await members.add(
                connection, user=user, firm=firm, name=name, full_name=full_name.strip(),
                role=role, email=email.strip(), language=language, password_hash=password_hash,
                active=True,
            )  # fmt: skip
            if not added:
                raise Taken("name", "This sign-in name is taken: choose another one.")
            await audit.administer(
                connection, at=self._clock.now(), actor=actor, action="member.added",
                subject=name, data={"firm": str(firm), "role": role},
            )  # fmt: skip
        return user

    async def set_member(
        self,
        firm: UUID,
        user: UUID,
        *,
        actor: str,
        role: str | None = None,
        active: bool | None = None,
    ) -> None:
        """Change a person's role or standing; a firm keeps an active administrator.

        Raises:
            Invalid: no role of a firm.
            UnknownRecord: nobody of this firm.
            NotAllowedNow: nobody would be left to administer the firm.
        """
        if role is not None and role not in FIRM_ROLES:
            raise Invalid([error("role", "not_a_choice", value=role, choices="")])
        async with self._database.transaction() as connection:
            await members.lock_firm(connection, firm)
            if not await members.change(connection, firm, user, role=role, active=active):
                raise UnknownRecord("person")
            if await members.administrators(connection, firm) == 0:
                raise NotAllowedNow("the last one", "A firm keeps an administrator")
            await audit.administer(
                connection, at=self._clock.now(), actor=actor, action="member.changed",
                subject=str(user), data={"firm": str(firm), "role": role, "active": active},
            )  # fmt: skip
