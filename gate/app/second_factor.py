"""The second factor: time-based codes (RFC 6238: SHA-1, six digits, 30 s), and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from datetime import timedelta

import pyotp

from gate.app.clock import Clock
from gate.app.vault import Vault, VaultBroken
from gate.store import audit, second_factor
from gate.store.pool import Database
from gate.store.users import UserRow
from gate.store.vaulted import place_of_recovery, place_of_user

log = logging.getLogger(__name__)

STEP_S = 30
DRIFT = 1
"""Steps before and after now that are accepted: a phone's clock may be half a minute off."""
RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
_RECOVERY = "abcdefghjkmnpqrstuvwxyz23456789"


class SecondFactors:
    """Checks codes, sets second factors up and takes them away."""

    def __init__(self, database: Database, clock: Clock, vault: Vault, issuer: str) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._issuer = issuer

    async def right(self, user: UserRow, code: str) -> bool:
        """Whether the code is one of this moment, or an unused recovery code; it works once."""
        text = re.sub(r"[\s-]", "", code).lower()
        if re.fullmatch(r"[0-9]{6}", text):
            step = self._step_of(self._clear(user, user.totp_secret), text)
            if step is not None:
                return await second_factor.use_step(self._database, user.id, step)
        if len(text) != RECOVERY_LENGTH or not user.totp_secret:
            return False
        return await self._use_recovery(user, _hash(text))

    async def begin(self, user: UserRow) -> tuple[str, str]:
        """The secret that is being set up, and its address for the QR code (otpauth)."""
        secret = self._clear(user, user.totp_pending)
        if not secret:
            secret = pyotp.random_base32()
            locked = self._vault.lock_text(place_of_user(user.id), secret)
            await second_factor.offer(self._database, user.id, locked)
        totp = pyotp.TOTP(secret)
        return secret, totp.provisioning_uri(name=user.name, issuer_name=self._issuer)

    async def withdraw(self, user: UserRow) -> None:
        """Forget a secret that was only offered: who saw it in an earlier session has none."""
        if user.totp_pending:
            await second_factor.offer(self._database, user.id, "")

    async def finish(self, user: UserRow, code: str) -> tuple[str, ...] | None:
        """Put the offered secret in use; the recovery codes, or None where the code is wrong."""
        text = re.sub(r"\s", "", code)
        step = self._step_of(self._clear(user, user.totp_pending), text)
        if step is None:
            return None
        codes = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
        async with self._database.transaction() as connection:
            await second_factor.put_in_use(
                connection, user.id, user.totp_pending, step,
                (self._locked_hash(user, one.replace("-", "")) for one in codes),
            )  # fmt: skip
            await audit.administer(
                connection, at=self._clock.now(), actor=user.name, action="second_factor_set",
                subject=str(user.id), data={"user": user.name},
            )  # fmt: skip
        return codes

    async def take_away(self, user: UserRow) -> None:
        """Forget one's own second factor."""
        async with self._database.transaction() as connection:
            await second_factor.reset(connection, user.id)
            await audit.administer(
                connection, at=self._clock.now(), actor=user.name, action="second_factor_removed",
                subject=str(user.id), data={"user": user.name},
            )  # fmt: skip

    async def _use_recovery(self, user: UserRow, wanted: str) -> bool:
        """Use the code of this hash up; all are compared, always."""
        found, place = None, place_of_recovery(user.id)
        for kept in await second_factor.unused_recovery(self._database, user.id):
            if hmac.compare_digest(self._clear(user, kept, place), wanted):
                found = kept
        now = self._clock.now()
        return found is not None and await second_factor.use_recovery(
            self._database, user.id, found, now
        )

    def _locked_hash(self, user: UserRow, code: str) -> str:
        """Locked, since 49 bits are found again from a plain hash within a day."""
        return self._vault.lock_text(place_of_recovery(user.id), _hash(code))

    def _clear(self, user: UserRow, locked: str, place: str = "") -> str:
        """The secret in clear; empty where there is none, or where it can't be unlocked: then no
        code is right.
        """
        if not locked:
            return ""
        try:
            return self._vault.unlock_text(place or place_of_user(user.id), locked)
        except VaultBroken as error:
            log.error("the second factor of %s can't be checked: %s", user.name, error)
            return ""

    def _step_of(self, secret: str, code: str) -> int | None:
        """The time step whose code this is, within the drift; all are compared, always.

        None without a secret.
        """
        if not secret:
            return None
        totp, now = pyotp.TOTP(secret), self._clock.now()
        found = None
        for drift in range(-DRIFT, DRIFT + 1):
            at = now + timedelta(seconds=drift * STEP_S)
            if hmac.compare_digest(totp.at(at).encode(), code.encode()):
                found = int(at.timestamp()) // STEP_S
        return found


def _recovery_code() -> str:
    text = "".join(secrets.choice(_RECOVERY) for _ in range(RECOVERY_LENGTH))
    return f"{text[:5]}-{text[5:]}"


def _hash(code: str) -> str:
    """What is kept of a code, locked."""
    return hashlib.sha256(code.encode()).hexdigest()
