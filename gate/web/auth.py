"""Sign-in: argon2id passwords, lockout by account and by address, sessions in the database."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import defaultdict, deque
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from config.settings import Web
from gate.app.clock import Clock
from gate.store import users
from gate.store.pool import Database
from gate.store.users import SessionRow, UserRow
from gate.web.language import _

MOST_ADDRESSES = 10_000
ADDRESS_FACTOR = 4
"""An address may fail this many times as often as an account: an office shares one."""
SAME_TIME = 2
"""Password checks at once: each takes 64 MiB and a core for a tenth of a second."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Checked for unknown names, so that they take as long as known ones."""


class SignInRefused(Exception):
    """Name or password is wrong, or sign-in is locked for a while; the text says which wait."""


def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    return _hasher.hash(password)


class SignIn:
    """Signs users in and out and recognises their sessions."""

    def __init__(self, database: Database, settings: Web, clock: Clock, *, demo: bool) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._demo = demo
        self._slots = asyncio.Semaphore(SAME_TIME)
        self._failures: defaultdict[str, deque[float]] = defaultdict(deque)

    async def verify(self, name: str, password: str, address: str) -> UserRow:
        """The user, if the password is right; raises ``SignInRefused``."""
        self._check_address(address)
        user = await users.by_name(self._database, name)
        now = self._clock.now()
        if user is not None and user.locked_until is not None and user.locked_until > now:
            raise SignInRefused(_("too many wrong passwords: this account is locked for a while"))
        async with self._slots:
            right = await asyncio.to_thread(_matches, user, password)
        if not right or user is None or not user.active or (user.demo and not self._demo):
            await self._note_failure(user, address)
            raise SignInRefused(_("the name or the password is wrong"))
        await users.note_success(self._database, user.id)
        return user

    async def open(self, user: UserRow, address: str = "", agent: str = "") -> str:
        """Open a session and return its token, which is kept nowhere but in the cookie."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        until = now + timedelta(hours=self._settings.session_hours)
        await users.add_session(
            self._database, _hash(token), user.id, secrets.token_urlsafe(24), now, until,
            address=address, agent=agent,
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


def _matches(user: UserRow | None, password: str) -> bool:
    try:
        return _hasher.verify(_NOBODY if user is None else user.password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
