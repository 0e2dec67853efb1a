"""Webhooks of a firm: addresses that are called when something happens to its declarations."""

from __future__ import annotations

import secrets
from uuid import UUID

from gate.app.clock import Clock
from gate.app.firms import events
from gate.app.firms.errors import Invalid, TooMany, UnknownRecord
from gate.app.firms.events import EVENTS, PING
from gate.app.firms.standing import must_be_approved
from gate.app.firms.targets import check_url
from gate.app.vault import Vault
from gate.core.audit import moment
from gate.core.filing.problems import Problem, error
from gate.store import audit, deliveries, webhooks
from gate.store.deliveries import AttemptRow, DeliveryRow
from gate.store.paging import Cursor
from gate.store.pool import Database
from gate.store.vaulted import place_of_webhook
from gate.store.webhooks import WebhookRow

MOST = 20
"""Webhooks of one firm."""
ALL = "*"
"""Stands for every event, those of later versions too."""


class Webhooks:
    """Keeps a firm's webhooks. ``loopback`` as in ``gate.app.firms.targets``."""

    EVENTS = EVENTS

    def __init__(self, database: Database, clock: Clock, vault: Vault, *, loopback: bool) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._loopback = loopback

    async def of(self, firm: UUID) -> list[WebhookRow]:
        """The firm's webhooks, the oldest first."""
        return await webhooks.of_firm(self._database, firm)

    async def one(self, firm: UUID, webhook: UUID) -> WebhookRow:
        """One webhook; raises ``UnknownRecord``."""
        async with self._database.connection() as connection:
            return _there(await webhooks.one(connection, firm, webhook))

    async def make(
        self, firm: UUID, *, url: str, events: list[str] | tuple[str, ...], actor: str
    ) -> tuple[WebhookRow, str]:
        """Add a webhook; returns it with its secret, which signs every call.

        Raises:
            Invalid, TooMany, FirmNotApproved.
        """
        problems = self._check(url, tuple(events))
        if problems:
            raise Invalid(problems)
        webhook, secret = self._clock.fresh(), f"whsec_{secrets.token_urlsafe(32)}"
        row = WebhookRow(
            id=webhook, firm_id=firm, url=url,
            secret=self._vault.lock_text(place_of_webhook(webhook), secret),
            events=tuple(dict.fromkeys(events)),
            active=True, created_at=self._clock.now(), created_by=actor, ended_at=None,
        )  # fmt: skip
        async with self._database.transaction() as connection:
            await must_be_approved(connection, firm)
            if len(await webhooks.of_firm(self._database, firm)) >= MOST:
                raise TooMany(f"A firm has at most {MOST} webhooks.")
            await webhooks.add(connection, row)
            await audit.administer(
                connection, at=row.created_at, actor=actor, action="webhook.added",
                subject=str(row.id), data={"firm": str(firm), "url": url},
            )  # fmt: skip
        return row, secret

    async def change(
        self,
        firm: UUID,
        webhook: UUID,
        *,
        actor: str,
        url: str | None = None,
        events: list[str] | tuple[str, ...] | None = None,
        active: bool | None = None,
    ) -> WebhookRow:
        """Change a webhook; raises ``Invalid`` or ``UnknownRecord``."""
        wanted = None if events is None else tuple(dict.fromkeys(events))
        problems = self._check(url, wanted)
        if problems:
            raise Invalid(problems)
        async with self._database.transaction() as connection:
            row = _there(
                await webhooks.change(
                    connection, firm, webhook, url=url, events=wanted, active=active
                )
            )
            await audit.administer(
                connection, at=self._clock.now(), actor=actor, action="webhook.changed",
                subject=str(webhook), data={"url": row.url, "active": row.active},
            )  # fmt: skip
        return row

    async def end(self, firm: UUID, webhook: UUID, *, actor: str) -> None:
        """End a webhook; raises ``UnknownRecord``."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            if not await webhooks.end(connection, firm, webhook, now):
                raise UnknownRecord("webhook")
            await audit.administer(
                connection, at=now, actor=actor, action="webhook.ended", subject=str(webhook),
                data={"firm": str(firm)},
            )  # fmt: skip

    async def test(self, firm: UUID, webhook: UUID) -> UUID:
        """Send a ``ping`` there; returns the delivery, whose attempts tell how it went."""
        delivery, now = self._clock.fresh(), self._clock.now()
        async with self._database.transaction() as connection:
            _there(await webhooks.one(connection, firm, webhook))
            await deliveries.add(
                connection, delivery=delivery, webhook=webhook, firm=firm, event=PING,
                body=events.ping_body(delivery, moment(now)), at=now,
            )  # fmt: skip
        return delivery

    async def deliveries(
        self, firm: UUID, webhook: UUID, *, after: Cursor | None = None, most: int = 50
    ) -> list[DeliveryRow]:
        """The webhook's deliveries, the newest first."""
        return await deliveries.listing(self._database, firm, webhook, after=after, most=most)

    async def attempts(self, firm: UUID, delivery: UUID) -> list[AttemptRow]:
        """Every attempt at a delivery, in order; raises ``UnknownRecord``."""
        if not await deliveries.exists(self._database, firm, delivery):
            raise UnknownRecord("delivery")
        return await deliveries.attempts(self._database, firm, delivery)

    def _check(self, url: str | None, wanted: tuple[str, ...] | None) -> tuple[Problem, ...]:
        found = []
        if url is not None and check_url(url, loopback=self._loopback):
            found.append(error("url", "url_form", value=url))
        if wanted is not None:
            if not wanted:
                found.append(error("events", "required"))
            found += [
                error("events", "not_a_choice", value=name, choices=", ".join((*EVENTS, ALL)))
                for name in wanted if name not in EVENTS and name != ALL
            ]  # fmt: skip
        return tuple(found)


def _there(row: WebhookRow | None) -> WebhookRow:
    if row is None:
        raise UnknownRecord("webhook")
    return row
