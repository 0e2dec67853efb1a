"""Keys with which programs of firms and of other systems use the API.

A key reads ``gk_<prefix>_<secret>``; the secret has 256 random bits and is shown once. Only its
SHA-256 is stored: with so much randomness a slow hash protects nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from datetime import datetime, timedelta
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms.errors import Invalid, TooMany, UnknownRecord
from gate.app.firms.standing import must_be_approved
from gate.core.filing.problems import Problem, error
from gate.store import api_keys, audit
from gate.store.api_keys import KeyRow, UsageRow
from gate.store.pool import Connection, Database
from schemas.ids import check_name
from schemas.protocol_errors import BadName

FIRM_SCOPES: tuple[str, ...] = (
    "declarations.read", "declarations.write", "fleet.read", "fleet.write", "slots.write",
    "passes.read", "transits.read", "statistics.read", "webhooks.write",
)  # fmt: skip
"""What a firm's key may do: with the firm's own data only."""
SYSTEM_SCOPES: tuple[str, ...] = (
    "declarations.read", "transits.read", "statistics.read", "passes.read", "clearances.write",
    "sightings.exchange",
)  # fmt: skip
"""What a key of another system of the gate may do: with the data of all firms."""
EXCHANGE = "sightings.exchange"
"""For keys of other gates: each speaks for its site."""
MOST = 25
_FORM = re.compile(r"gk_([a-z0-9]{8})_([A-Za-z0-9]{43})")
_ALPHABET = string.ascii_letters + string.digits


class ApiKeys:
    """Makes, lists, ends and recognises keys. ``firm`` None is for keys of systems."""

    SCOPES = FIRM_SCOPES

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, firm: UUID | None) -> list[KeyRow]:
        """All keys of the firm, the newest first, also those that have ended."""
        return await api_keys.of_firm(self._database, firm)

    async def make(
        self,
        firm: UUID | None,
        *,
        name: str,
        scopes: list[str] | tuple[str, ...],
        actor: str,
        expires_at: datetime | None = None,
        site: str = "",
    ) -> tuple[KeyRow, str]:
        """Make a key; returns it with the text that is shown once and kept nowhere. ``site`` is
        the other gate that it speaks for: with the scope to exchange sightings, and only then.

        Raises:
            Invalid, TooMany, FirmNotApproved.
        """
        async with self._database.transaction() as connection:
            return await self.make_in(
                connection, firm, name=name, scopes=scopes, actor=actor, expires_at=expires_at,
                site=site,
            )  # fmt: skip

    async def make_in(
        self,
        connection: Connection,
        firm: UUID | None,
        *,
        name: str,
        scopes: list[str] | tuple[str, ...],
        actor: str,
        expires_at: datetime | None = None,
        site: str = "",
        second: str = "",
    ) -> tuple[KeyRow, str]:
        """As ``make``, inside a transaction; ``second`` is who confirmed it, for the audit."""
        now, name = self._clock.now(), name.strip()
        await api_keys.one_after_the_other(connection, firm)
        await self.check(
            connection, firm, name=name, scopes=scopes, expires_at=expires_at, site=site
        )
        prefix = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(8))
        secret = "".join(secrets.choice(_ALPHABET) for _ in range(43))
        row = KeyRow(
            id=self._clock.fresh(), firm_id=firm, name=name, prefix=prefix,
            scopes=tuple(dict.fromkeys(scopes)), created_at=now, created_by=actor,
            expires_at=expires_at, last_used_at=None, ended_at=None, site=site,
        )  # fmt: skip
        await api_keys.add(connection, row, _hash(secret))
        facts = {"firm": str(firm or ""), "name": name, "scopes": list(row.scopes), "site": site}
        await audit.administer(
            connection, at=now, actor=actor, action="key.made", subject=prefix,
            data={**facts, "second": second} if second else facts,
        )  # fmt: skip
        return row, f"gk_{prefix}_{secret}"

    async def check(
        self,
        connection: Connection,
        firm: UUID | None,
        *,
        name: str,
        scopes: list[str] | tuple[str, ...],
        expires_at: datetime | None = None,
        site: str = "",
    ) -> None:
        """Raises what ``make`` raises where such a key could not be made now."""
        now = self._clock.now()
        problems = _check(firm, name.strip(), tuple(scopes), expires_at, now, site)
        if problems:
            raise Invalid(problems)
        if firm is not None:
            await must_be_approved(connection, firm)
        if await api_keys.living(connection, firm, now) >= MOST:
            raise TooMany(f"There are {MOST} keys: end one that is not used any more.")

    async def end(self, firm: UUID | None, key: UUID, *, actor: str, reason: str = "") -> None:
        """End a key at once, for a reason that the audit keeps; raises ``UnknownRecord``."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            if not await api_keys.end(connection, firm, key, actor, now):
                raise UnknownRecord("key")
            await audit.administer(
                connection, at=now, actor=actor, action="key.ended", subject=str(key),
                data={"firm": str(firm or ""), "reason": reason},
            )  # fmt: skip

    async def usage(self, firm: UUID | None, days: int = 30) -> list[UsageRow]:
        """How the keys were used in the last days, the newest day first."""
        since = (self._clock.now() - timedelta(days=days)).date()
        return await api_keys.usage(self._database, firm, since)

    async def recognise(self, text: str) -> KeyRow | None:
        """The key that this text is, if it works now and its firm may act; else None."""
        form = _FORM.fullmatch(text)
        if form is None:
            return None
        found = await api_keys.by_prefix(self._database, form[1], self._clock.now())
        if found is None:
            return None
        row, secret_hash, standing = found
        right = hmac.compare_digest(_hash(form[2]), secret_hash)
        return row if right and (row.firm_id is None or standing == "approved") else None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _check(
    firm: UUID | None,
    name: str,
    scopes: tuple[str, ...],
    expires_at: datetime | None,
    now: datetime,
    site: str,
) -> tuple[Problem, ...]:
    allowed = SYSTEM_SCOPES if firm is None else FIRM_SCOPES
    found = []
    if not name:
        found.append(error("name", "required"))
    elif len(name) > 80 or not name.isprintable():
        found.append(error("name", "too_long", longest=80))
    if not scopes:
        found.append(error("scopes", "required"))
    found += [
        error("scopes", "not_a_choice", value=scope, choices=", ".join(allowed))
        for scope in scopes if scope not in allowed
    ]  # fmt: skip
    if EXCHANGE in scopes and not site:
        found.append(error("site", "required"))
    elif site and (EXCHANGE not in scopes or not _is_name(site)):
        found.append(error("site", "not_a_choice", value=site,
                           choices=f"a gate's name, with the scope {EXCHANGE}"))  # fmt: skip
    if expires_at is not None and expires_at <= now:
        found.append(error("expires_at", "window_past"))
    return tuple(found)


def _is_name(text: str) -> bool:
    """Whether a gate may be called so."""
    try:
        check_name(text)
    except BadName:
        return False
    return True
