"""Keys of other systems and gates as administrators make them: two persons, and audited.

Such a key acts on the data of all firms: one that clears declarations is worth a device's key.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gate.app.clock import Clock
from gate.app.firms.errors import TooMany
from gate.app.firms.keys import MOST, ApiKeys
from gate.app.four_eyes import Carried, NotDone
from gate.store.pool import Connection, Database
from gate.store.proposals import Proposal

LIFETIMES = (30, 90, 365)
"""Days that a key can be made for; 0 beside them: until it is ended."""


class SystemKeyDesk:
    """Checks what one person wants, and makes the key when another has confirmed it."""

    def __init__(self, database: Database, clock: Clock, keys: ApiKeys, own_site: str) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._own_site = own_site

    async def prepare(
        self, name: str, scopes: list[str], site: str, days: int = 0
    ) -> dict[str, Any]:
        """Check a key before anybody is asked to confirm it; raises ``NotDone``, ``Invalid``."""
        self._must_be_another(site)
        if days not in (0, *LIFETIMES):
            raise NotDone("key_days")
        async with self._database.connection() as connection:
            try:
                await self._keys.check(connection, None, name=name, scopes=scopes, site=site)
            except TooMany:
                raise NotDone("keys_full", n=MOST) from None
        return {"name": name.strip(), "scopes": scopes, "site": site, "days": days}

    async def make(self, connection: Connection, proposal: Proposal) -> Carried:
        """The key, its secret shown once; its days count from now."""
        data = proposal.data
        self._must_be_another(data["site"])
        lasts = timedelta(days=data["days"])
        try:
            _row, secret = await self._keys.make_in(
                connection, None, name=data["name"], scopes=data["scopes"], site=data["site"],
                expires_at=self._clock.now() + lasts if lasts else None,
                actor=proposal.proposed_by, second=proposal.second,
            )  # fmt: skip
        except TooMany:
            raise NotDone("keys_full", n=MOST) from None
        return Carried(once=secret)

    def _must_be_another(self, site: str) -> None:
        if site == self._own_site:
            raise NotDone("own_site", site=site)
