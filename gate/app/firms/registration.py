"""Firms apply with their first user; staff approves, refuses, suspends."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms.errors import Invalid, NotAllowedNow, Taken, UnknownRecord
from gate.core.filing.numbers import (
    email_form,
    phone_form,
    tax_digit,
    tax_form,
    tidy_tax_number,
)
from gate.core.filing.problems import Problem, error
from gate.store import audit, firms, members
from gate.store.firms import FirmRow
from gate.store.pool import Connection, Database

LANGUAGES = ("vi", "zh", "en")
_SIGN_IN = re.compile(r"[a-z0-9][a-z0-9.@_+-]{1,79}")
_LONGEST = {"name": 200, "contact_name": 100, "contact_phone": 30, "email": 200,
            "user_full_name": 100}  # fmt: skip
Told = Callable[[Connection, UUID, str, dict[str, str]], Awaitable[None]]
"""Writes letters to a firm: (connection, firm, what happened, facts)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a firm writes to be registered. ``country`` is VN or CN, ``language`` vi, zh or en."""

    name: str
    tax_number: str
    country: str
    contact_name: str
    contact_phone: str
    email: str
    language: str
    user_name: str
    user_full_name: str


def check_contact(values: dict[str, str]) -> Iterator[Problem]:
    """Problems of contact name, phone, e-mail and language."""
    for name in ("contact_name", "contact_phone", "email"):
        yield from _text(name, values[name])
    if values["contact_phone"].strip() and not phone_form(values["contact_phone"].strip()):
        yield error("contact_phone", "phone_form", value=values["contact_phone"])
    if values["email"].strip() and not email_form(values["email"].strip()):
        yield error("email", "email_form", value=values["email"])
    if values["language"] not in LANGUAGES:
        yield error("language", "not_a_choice", value=values["language"], choices="vi, zh, en")


def check_person(name: str, full_name: str, email: str, prefix: str = "user_") -> Iterator[Problem]:
    """Problems of a person's sign-in name, full name and e-mail."""
    if _SIGN_IN.fullmatch(name) is None:
        yield error(f"{prefix}name", "sign_in_form")
    yield from _text(f"{prefix}full_name", full_name)
    if email and not email_form(email):
        yield error(f"{prefix}email", "email_form", value=email)


class Registration:
    """The register of firms."""

    def __init__(self, database: Database, clock: Clock, tell: Told) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell

    def check(self, application: Application) -> tuple[Problem, ...]:
        """Everything that is wrong with an application."""
        a = application
        found = list(_text("name", a.name))
        tax = tidy_tax_number(a.tax_number)
        if a.country not in ("VN", "CN"):
            found.append(error("country", "not_a_choice", value=a.country, choices="VN, CN"))
        elif not tax:
            found.append(error("tax_number", "required"))
        elif not tax_form(tax, a.country):
            found.append(error("tax_number", "tax_form", value=a.tax_number))
        elif not tax_digit(tax, a.country):
            found.append(error("tax_number", "tax_digit", value=a.tax_number))
        contact = {"contact_name": a.contact_name, "contact_phone": a.contact_phone,
                   "email": a.email, "language": a.language}  # fmt: skip
        return (*found, *check_contact(contact), *check_person(a.user_name, a.user_full_name, ""))

    async def apply(self, application: Application, password_hash: str, *, address: str) -> UUID:
        """Register a firm with its administrator, who can sign in once it is approved.

        Raises:
            Invalid: with every problem.
            Taken: the tax number is registered, or the sign-in name is somebody's.
        """
        problems = self.check(application)
        if problems:
            raise Invalid(problems)
        a, now = application, self._clock.now()
        tax = tidy_tax_number(a.tax_number)
        values = {"name": a.name.strip(), "tax_number": tax, "country": a.country,
                  "contact_name": a.contact_name.strip(), "email": a.email.strip(),
                  "contact_phone": a.contact_phone.strip(), "language": a.language}  # fmt: skip
        async with self._database.transaction() as connection:
            try:
                firm = await firms.add(connection, firm=self._clock.fresh(), values=values, at=now)
            except LookupError as error_:
                why = "This firm is registered: ask its administrator, or the gate's office."
                raise Taken("tax_number", why) from error_
            added = await members.add(
                connection, user=self._clock.fresh(), firm=firm, name=a.user_name,
                full_name=a.user_full_name.strip(), role="firm_administrator",
                email=a.email.strip(), language=a.language, password_hash=password_hash,
                active=False,
            )  # fmt: skip
            if not added:
                raise Taken("user_name", "This sign-in name is taken: choose another one.")
            await audit.administer(
                connection, at=now, actor=a.user_name, action="firm.applied", subject=str(firm),
                data={"tax_number": tax, "name": values["name"], "address": address},
            )  # fmt: skip
            await self._tell(connection, firm, "firm.registered", {"name": values["name"]})
        return firm

    async def pending(self) -> list[FirmRow]:
        """Applications that nobody has decided, the oldest first."""
        return await firms.waiting(self._database)

    async def listing(
        self, status: str = "", text: str = "", after: str = "", most: int = 50
    ) -> list[FirmRow]:
        """Firms by name; the next page goes on after the last one's name."""
        return await firms.listing(
            self._database, status=status, text=text.strip(), after=after, most=most
        )

    async def one(self, firm: UUID) -> FirmRow:
        """The firm; raises ``UnknownRecord``."""
        found = await firms.one(self._database, firm)
        if found is None:
            raise UnknownRecord("firm")
        return found

    async def approve(self, firm: UUID, *, actor: str) -> None:
        """Let the firm file, and its administrators sign in."""
        await self._decide(firm, ("registered",), "approved", actor, "", active=True)

    async def refuse(self, firm: UUID, reason: str, *, actor: str) -> None:
        """Refuse an application, with the reason that the firm is told."""
        await self._decide(firm, ("registered",), "refused", actor, reason, active=False)

    async def suspend(self, firm: UUID, reason: str, *, actor: str) -> None:
        """Keep the firm from filing and signing in; its declarations go on."""
        await self._decide(firm, ("approved",), "suspended", actor, reason, active=False)

    async def resume(self, firm: UUID, *, actor: str) -> None:
        """End a suspension; the administrators let the other people in again."""
        await self._decide(firm, ("suspended",), "approved", actor, "", active=True)

    async def update_contact(
        self,
        firm: UUID,
        *,
        contact_name: str,
        contact_phone: str,
        email: str,
        language: str,
        actor: str,
    ) -> None:
        """Change how the firm is reached; raises ``Invalid``."""
        values = {"contact_name": contact_name, "contact_phone": contact_phone, "email": email,
                  "language": language}  # fmt: skip
        problems = tuple(check_contact(values))
        if problems:
            raise Invalid(problems)
        async with self._database.transaction() as connection:
            tidy = {name: value.strip() for name, value in values.items()}
            if not await firms.set_contact(connection, firm, tidy):
                raise UnknownRecord("firm")
            await audit.administer(
                connection, at=self._clock.now(), actor=actor, action="firm.contact",
                subject=str(firm), data=dict(tidy),
            )  # fmt: skip

    async def _decide(
        self,
        firm: UUID,
        before: tuple[str, ...],
        to: str,
        actor: str,
        reason: str,
        *,
        active: bool,
    ) -> None:
        reason, now = reason.strip()[:1000], self._clock.now()
        if to in ("refused", "suspended") and not reason:
            raise Invalid([error("reason", "required")])
        async with self._database.transaction() as connection:
            done = await firms.set_status(
                connection, firm, before=before, to=to, at=now, by=actor, reason=reason
            )
            if not done:
                found = await firms.one(self._database, firm)
                if found is None:
                    raise UnknownRecord("firm")
                raise NotAllowedNow(found.status, f"A firm becomes {to} from {before[0]} only")
            await members.set_active(connection, firm, active=active)
            await audit.administer(
                connection, at=now, actor=actor, action=f"firm.{to}", subject=str(firm),
                data={"reason": reason},
            )  # fmt: skip
            await self._tell(connection, firm, f"firm.{to}", {"reason": reason})


def _text(name: str, value: str) -> Iterator[Problem]:
    longest = _LONGEST.get(name, 100)
    if not value.strip():
        yield error(name, "required")
    elif len(value) > longest:
        yield error(name, "too_long", longest=longest)
    elif not value.isprintable():
        yield error(name, "unprintable")
