"""People of the pages: added, changed, helped back in. Each act is audited."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gate.app.clock import Clock
from gate.app.four_eyes import NotDone
from gate.app.passwords import first_password, hash_password, matches
from gate.core import own_person, passwords
from gate.core.permissions import FIRM_ROLES, Role
from gate.store import audit, people, second_factor, sessions, users
from gate.store.pool import Connection, Database
from gate.store.users import UserRow

NAME = re.compile(r"^[a-z0-9][a-z0-9.@_+-]{1,79}$")
STAFF = tuple(role for role in Role if role not in FIRM_ROLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Who is added. ``lanes`` empty means all lanes."""

    name: str
    full_name: str
    role: str
    lanes: tuple[str, ...] = ()


class People:
    """What administrators do with people. ``by`` is the name of who does it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self, new: NewPerson, by: str, password: str = "", *, on_machine: bool = False
    ) -> str:
        """Add staff; returns the password, drawn here unless one is given. Raises ``NotDone``.

        A drawn password must be changed at the first sign-in. The account waits to be confirmed,
        unless it is added ``on_machine``: who is there has the database too.
        """
        _check_person(new.full_name, new.role)
        if new.role not in set(STAFF):
            raise NotDone("role")
        if not NAME.match(new.name):
            raise NotDone("name_form")
        if password and (wrong := passwords.problem(password, new.name, new.full_name)):
            raise NotDone(f"password_{wrong}")
        given = password or first_password()
        hashed = await asyncio.to_thread(hash_password, given)
        async with self._database.transaction() as connection:
            await self._must_count(connection, by)
            if await people.name_taken(connection, new.name):
                raise NotDone("name_taken", name=new.name)
            user = self._clock.fresh()
            await users.add_user(
                connection, user=user, name=new.name, full_name=new.full_name, role=new.role,
                lanes=new.lanes, password_hash=hashed, demo=False,
                must_change=not password, made_by=by, given_by=() if on_machine else (by,),
            )  # fmt: skip
            facts = {"name": new.name, "role": new.role, "lanes": list(new.lanes)}
            await self._audit(connection, by, "user_add", user, facts)
        return given

    async def change(
        self, user: UUID, by: str, *, full_name: str, role: str, lanes: tuple[str, ...],
        active: bool,
    ) -> UserRow:  # fmt: skip
        """Change name, role, lanes or whether they may sign in; raises ``NotDone``."""
        _check_person(full_name, role)
        async with self._database.transaction() as connection:
            row = await self._row(connection, user)
            _check_kind(row, role)
            loses = row.role == Role.ADMINISTRATOR and (role != row.role or not active)
            if loses and row.name == by:
                raise NotDone("own_role")
            if loses and row.active and not await people.other_administrators(connection, user):
                raise NotDone("last_administrator")
            await people.change(
                connection, user, full_name=full_name, role=role, lanes=lanes, active=active
            )
            before = {"role": row.role, "lanes": list(row.lanes), "active": row.active}
            after = {"role": role, "lanes": list(lanes), "active": active}
            if before != after:
                await sessions.end_all(connection, user)
            facts = {"name": row.name, "before": before, "after": after}
            await self._audit(connection, by, "user_change", user, facts)
        return row

    async def new_password(self, user: UUID, by: str) -> tuple[UserRow, str]:
        """Draw a password to hand over; open sessions end. Raises ``NotDone``."""
        given = first_password()
        hashed = await asyncio.to_thread(hash_password, given)
        async with self._database.transaction() as connection:
            await self._must_count(connection, by)
            row = await self._row(connection, user)
            now = self._clock.now()
            await people.set_password(connection, user, hashed, now, must_change=True)
            await self._gave(connection, row, by)
            await sessions.end_all(connection, user)
            await self._audit(connection, by, "user_password", user, {"name": row.name})
        return row, given

    async def reset_second_factor(self, user: UUID, by: str) -> UserRow:
        """Forget the second factor of another person; raises ``NotDone``."""
        async with self._database.transaction() as connection:
            await self._must_count(connection, by)
            row = await self._row(connection, user)
            if row.name == by:
                raise NotDone("own_factor")
            await second_factor.reset(connection, user)
            await self._gave(connection, row, by)
            await sessions.end_all(connection, user)
            await self._audit(connection, by, "second_factor_reset", user, {"name": row.name})
        return row

    async def confirm(
        self, user: UUID, by: UserRow, needs_code: Callable[[UserRow], bool]
    ) -> UserRow:
        """Say that the account is in its holder's hands; raises ``NotDone``.

        ``needs_code`` tells whose sign-in asks for a second factor.
        """
        async with self._database.transaction() as connection:
            row = await self._row(connection, user)
            problem = own_person.problem_of_confirming(
                by=by.name, by_role=by.role, by_givers=await people.givers_of(connection, by.name),
                name=row.name, givers=row.given_by, taken=is_taken(row, needs_code(row)),
            )  # fmt: skip
            if problem is not None:
                raise NotDone(problem.value, name=row.name)
            await people.confirm(connection, user, by.name, self._clock.now())
            facts = {"name": row.name, "given_by": list(row.given_by)}
            await self._audit(connection, by.name, "user_confirm", user, facts)
        return row

    async def end_sessions(self, user: UUID, by: str) -> tuple[UserRow, int]:
        """End all open sessions; raises ``NotDone``."""
        async with self._database.transaction() as connection:
            row = await self._row(connection, user)
            ended = await sessions.end_all(connection, user)
            facts = {"name": row.name, "ended": ended}
            await self._audit(connection, by, "user_sessions_end", user, facts)
        return row, ended

    async def own_password(self, row: UserRow, password: str, keep: UUID) -> int:
        """Change one's own password and end one's other sessions; returns how many ended.

        Raises ``NotDone``.
        """
        if wrong := passwords.problem(password, row.name, row.full_name):
            raise NotDone(f"password_{wrong}")
        if await asyncio.to_thread(matches, row.password_hash, password):
            raise NotDone("password_same")
        hashed = await asyncio.to_thread(hash_password, password)
        async with self._database.transaction() as connection:
            now = self._clock.now()
            await people.set_password(connection, row.id, hashed, now, must_change=False)
            ended = await sessions.end_all(connection, row.id, keep)
            await self._audit(connection, row.name, "password_change", row.id, {"name": row.name})
        return ended

    async def _must_count(self, connection: Connection, by: str) -> None:
        """An account that waits itself would wash others: it makes and helps none."""
        if not own_person.is_own_person(await people.givers_of(connection, by)):
            raise NotDone(own_person.Barred.UNCONFIRMED.value, name=by)

    async def _gave(self, connection: Connection, row: UserRow, by: str) -> None:
        """The keys of staff went through these hands."""
        if row.firm_id is None:
            givers = own_person.given(row.given_by, row.name, by)
            await people.give(connection, row.id, givers, self._clock.now())

    async def _row(self, connection: Connection, user: UUID) -> UserRow:
        row = await people.locked_row(connection, user)
        if row is None:
            raise NotDone("no_person")
        return row

    async def _audit(
        self, connection: Connection, by: str, action: str, user: UUID, facts: dict[str, Any]
    ) -> None:
        await audit.administer(
            connection, at=self._clock.now(), actor=by, action=action, subject=str(user), data=facts
        )


def is_taken(row: UserRow, needs_code: bool) -> bool:
    """Whether the holder chose the password, and set up the second factor where one is asked."""
    return not row.must_change and (row.has_code or not needs_code)


def _check_person(full_name: str, role: str) -> None:
    if not full_name.strip() or len(full_name) > 120:
        raise NotDone("full_name")
    if role not in set(Role):
        raise NotDone("role")


def _check_kind(row: UserRow, role: str) -> None:
    """A firm's person stays one, staff stays staff."""
    if (row.firm_id is None) != (Role(role) not in FIRM_ROLES):
        raise NotDone("role")
