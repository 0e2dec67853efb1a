"""Sign-in: argon2id passwords, codes, lockout by account and address, sessions in the database."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import defaultdict, deque
from datetime import timedelta

from config.settings import Web
from gate.app.clock import Clock
from gate.app.passwords import hash_password as hash_password
from gate.app.passwords import matches
from gate.app.second_factor import SecondFactors
from gate.app.vault import Vault
from gate.core.permissions import NEEDS_SECOND_FACTOR
from gate.store import sessions, users
from gate.store.pool import Database
from gate.store.users import SessionRow, UserRow
from gate.web.language import _

MOST_ADDRESSES = 10_000
ADDRESS_FACTOR = 4
"""An address may fail this many times as often as an account: an office shares one."""
SAME_TIME = 2
"""Password checks at once: each takes 64 MiB and a core for a tenth of a second."""
STRONG_FOR = timedelta(minutes=10)
"""So long a code counts for what needs a fresh one."""
CODE_WITHIN = timedelta(minutes=5)
"""So long a session may wait for its code."""

_NOBODY = hash_password(secrets.token_hex(16))
"""Checked for unknown names, so that they take as long as known ones."""


class SignInRefused(Exception):
    """Name, password or code is wrong, or sign-in is locked for a while; the text says which."""


class SignIn:
    """Signs users in and out, recognises their sessions, and asks them who they are again."""

    def __init__(
        self,
        database: Database,
        settings: Web,
        clock: Clock,
        vault: Vault,
        *,
        demo: bool,
        site: str = "gate",
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._demo = demo
        self._slots = asyncio.Semaphore(SAME_TIME)
        self._one_code = asyncio.Lock()
        self._failures: defaultdict[str, deque[float]] = defaultdict(deque)
        self.codes = SecondFactors(database, clock, vault, issuer=f"gate {site}")

    async def verify(self, name: str, password: str, address: str) -> UserRow:
        """The user, if the password is right; raises ``SignInRefused``."""
        self._check_address(address)
        user = await users.by_name(self._database, name)
        self._check_lock(user)
        async with self._slots:
            hashed = _NOBODY if user is None else user.password_hash
            right = await asyncio.to_thread(matches, hashed, password)
        if not right or user is None or not user.active or (user.demo and not self._demo):
            await self._note_failure(user, address)
            raise SignInRefused(_("the name or the password is wrong"))
        if not user.has_code:
            await users.note_success(self._database, user.id)
        return user

    async def verify_code(self, user: UserRow, code: str, address: str) -> None:
        """Check a code of the second factor; wrong ones count as wrong passwords do."""
        async with self._one_code:  # Each failure is counted before the next try is looked at.
            self._check_address(address)
            now = await users.by_name(self._database, user.name)
            self._check_lock(now)
            if now is None or not await self.codes.right(now, code):
                await self._note_failure(now, address)
                raise SignInRefused(
                    _("the code is wrong, or was used before: wait for the next one")
                )
            await users.note_success(self._database, user.id)

    async def verify_person(self, name: str, password: str, code: str, address: str) -> UserRow:
        """Somebody beside the one signed in: password, and the code where they have one."""
        user = await self.verify(name, password, address)
        if user.must_change:
            raise SignInRefused(_("this person must sign in once and choose a password"))
        if user.has_code:
            await self.verify_code(user, code, address)
        elif self.needs_code(user):
            raise SignInRefused(_("this person has no second factor yet: they must sign in once"))
        return user

    def needs_code(self, user: UserRow) -> bool:
        """Whether this person must have a second factor."""
        required = self._settings.second_factor == "required"
        return required and user.role in {role.value for role in NEEDS_SECOND_FACTOR}

    def first_stage(self, user: UserRow, *, code_given: bool = False) -> str:
        """What is left to do before the person is signed in; empty for nothing."""
        if user.has_code and not code_given:
            return "code"
        if user.must_change:
            return "password"
        return "enrol" if self.needs_code(user) and not user.has_code else ""

    async def open(
        self, user: UserRow, address: str = "", agent: str = "", *, code_given: bool = False
    ) -> str:
        """Open a session and return its token, which is kept nowhere but in the cookie."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        await self.codes.withdraw(user)
        stage = self.first_stage(user, code_given=code_given)
        until = now + timedelta(hours=self._settings.session_hours)
        await users.add_session(
            self._database, _hash(token), user.id, secrets.token_urlsafe(24), now,
            now + CODE_WITHIN if stage == "code" else until, address=address, agent=agent,
            strong_at=None if stage == "code" else now, stage=stage,
        )  # fmt: skip
        return token

    async def recognise(self, token: str) -> SessionRow | None:
        """The live session of a token."""
        now = self._clock.now()
        idle = now - timedelta(minutes=self._settings.idle_minutes)
        row = await users.session(self._database, _hash(token), now, idle)
        return None if row is None or (row.user.demo and not self._demo) else row

    async def close(self, token: str) -> None:
        """End the session of a token."""
        await users.end_session(self._database, _hash(token))

    def is_fresh(self, session: SessionRow) -> bool:
        """Whether the person has proved to be there within the last minutes."""
        at = session.strong_at
        return at is not None and self._clock.now() - at < STRONG_FOR

    async def prove(self, session: SessionRow, proof: str, address: str) -> None:
        """Take a code (or the password, where the person has no code) as fresh proof.

        Raises ``SignInRefused``.
        """
        if session.user.has_code:
            await self.verify_code(session.user, proof, address)
        else:
            await self.verify(session.user.name, proof, address)
        async with self._database.transaction() as connection:
            await sessions.proved(connection, session.id, self._clock.now())

    def _check_lock(self, user: UserRow | None) -> None:
        now = self._clock.now()
        if user is not None and user.locked_until is not None and user.locked_until > now:
            raise SignInRefused(_("too many wrong passwords: this account is locked for a while"))

    def _check_address(self, address: str) -> None:
        failures, now = self._failures[address], self._clock.monotonic()
        while failures and now - failures[0] > self._settings.lockout_s:
            failures.popleft()
        if len(failures) >= self._settings.sign_in_attempts * ADDRESS_FACTOR:
            raise SignInRefused(_("too many wrong passwords from your address: wait a few minutes"))

    async def _note_failure(self, user: UserRow | None, address: str) -> None:
        if len(self._failures) > MOST_ADDRESSES:
            self._failures.clear()
        self._failures[address].append(self._clock.monotonic())
        if user is not None:
            until = self._clock.now() + timedelta(seconds=self._settings.lockout_s)
            await users.note_failure(
                self._database, user.id, self._settings.sign_in_attempts, until
            )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
